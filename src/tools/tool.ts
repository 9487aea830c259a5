import type { Platform } from "./platform.ts";

/** Runs with the words behind its name. @returns The exit code. */
export type Tool = (words: readonly string[], platform: Platform) => number;
