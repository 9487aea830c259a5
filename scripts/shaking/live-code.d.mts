import type { Node, Program } from "typescript";

/** Which code a program can reach, members of classes included. */
export class LiveCode {
  constructor(options: {
    readonly program: Program;
    readonly isOurs: (fileName: string) => boolean;
    readonly assumptions?: object;
    readonly withheld?: readonly string[];
  });
  readonly unusedAssumptions: readonly string[];
  addEntry(fileName: string): void;
  isLive(node: Node): boolean;
  reasonsOf(node: Node): Node[];
  textOf(fileName: string): string;
}
