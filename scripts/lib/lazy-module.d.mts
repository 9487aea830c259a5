import type { Plugin } from "esbuild";

/** Has what is used of a package evaluated at its first use. */
export function lazyModule(name: string, members: readonly string[]): Plugin;
