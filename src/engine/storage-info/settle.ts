/** Storage is measured in the file itself. */
import type { H5File } from "../h5-file.ts";

/** Flushes what was changed, so that the bytes in the file tell how much space things take. */
export function settle(file: H5File): void {
  if (file.writable) file.flush();
}
