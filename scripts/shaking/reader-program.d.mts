import type { Plugin } from "esbuild";
import type { Program } from "typescript";
import type { LiveCode } from "./live-code.mjs";

/** The entry of `h5ts/read`, a path. */
export const READER_ENTRY: string;

/** The code that the reader reaches. */
export function readerCode(program?: Program): LiveCode;

/** Leaves out of each source what the reader does not reach, and gives short names to members that nobody outside knows. */
export function readerPlugin(code?: (program: Program) => LiveCode): Plugin;
