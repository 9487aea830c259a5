import type { Plugin } from "esbuild";
import type { LiveCode } from "./live-code.mjs";

/** The entry of `h5ts/read`, a path. */
export const READER_ENTRY: string;

/** The code that the reader reaches. */
export function readerCode(): LiveCode;

/** Leaves out of each source what the reader does not reach. */
export function readerPlugin(code?: () => LiveCode): Plugin;
