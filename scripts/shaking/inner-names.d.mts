import type { Program } from "typescript";

/** Names of members that nobody outside a program can know. */
export class InnerNames {
  constructor(
    program: Program,
    isOurs: (fileName: string) => boolean,
    options?: {
      readonly isHidden?: (fileName: string) => boolean;
      readonly isAdapter?: (fileName: string) => boolean;
      readonly withheld?: readonly string[];
    },
  );
  of(entries: readonly string[]): string[];
}
