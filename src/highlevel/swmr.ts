/** Writing while others read. h5py: `File.swmr_mode`. */
import { plainError } from "../lowlevel/api-error.ts";
import type { FileID } from "../lowlevel/file-id.ts";

const LEAST_SUPERBLOCK = 3;

/**
 * Begins to write so that others can read.
 *
 * @throws RuntimeError "Unable to start swmr writing (…)" for a file that cannot be written so; NotImplementedError for one
 *   that could: changes are flushed as a whole and not in an order that a reader may meet half way.
 */
export function startSwmrWriting(id: FileID): void {
  const { engine } = id.openFile;
  const refusal = (reason: string) => plainError("RuntimeError", `Unable to start swmr writing (${reason})`);
  if (!engine.writable) throw refusal("no write intent on file");
  if (engine.superblock.version < LEAST_SUPERBLOCK) throw refusal("file superblock version - should be at least 3");
  throw plainError(
    "NotImplementedError",
    "Unable to start swmr writing (single-writer/multiple-reader is not supported)",
  );
}
