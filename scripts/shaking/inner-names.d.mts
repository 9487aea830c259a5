import type { Program } from "typescript";

/** Names of members that nobody outside a program can know. */
export class InnerNames {
  constructor(program: Program, isOurs: (fileName: string) => boolean, isHidden?: (fileName: string) => boolean);
  of(entries: readonly string[]): string[];
}
