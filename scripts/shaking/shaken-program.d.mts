import type { Plugin } from "esbuild";
import type { Program } from "typescript";
import type { LiveCode } from "./live-code.mjs";

/** An entry that is built of the code which it reaches. */
export class ShakenProgram {
  /** What the package exports, a path. */
  readonly entry: string;
  /** The code that is reached. */
  code(program?: Program): LiveCode;
  /** Leaves out of each source what is not reached, and gives short names to members that nobody outside knows. */
  plugin(codeOf?: (program: Program) => LiveCode): Plugin;
}
