import type { Plugin } from "esbuild";

/** Text of a module, with marks in front of the calls that make its constants, and the classes that its classes extend. */
export function marked(text: string): string;

/** A plugin for esbuild that marks so the sources in a folder. */
export function pureModules(folder: string): Plugin;

/** @param dist - The folder of the package as it was built, whose files are changed. */
export function markBuilt(dist: string): void;
