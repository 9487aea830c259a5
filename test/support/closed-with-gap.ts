/** Files from which much goes right before they are closed. */
import { File } from "../../src/index.ts";
import type { MemoryTarget } from "../../src/io/memory-source.ts";

/** Least bytes of what goes. */
export const GONE_BYTES = 40_000;

export interface Made {
  readonly target: MemoryTarget;
  readonly file: File;
}

/** Deletes the object "gone", and closes. @returns The file, read again. */
export function end({ target, file }: Made): File {
  file.delete("gone");
  file.close();
  return new File(target.toBytes(), "r");
}

/** Bytes of the file. */
export const sizeOf = ({ target }: Made): number => target.toBytes().length;
