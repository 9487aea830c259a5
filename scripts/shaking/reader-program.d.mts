import type { Plugin } from "esbuild";

/** The entry of `h5ts/read`, a path. */
export const READER_ENTRY: string;

/** Leaves out of each source what the reader does not reach. */
export function readerPlugin(): Plugin;
