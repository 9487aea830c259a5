/** Opening a file for reading, without property lists. */
import type { FileOptions } from "../highlevel/file-options.ts";
import { MemorySource } from "../io/memory-source.ts";
import type { ByteSource } from "../io/source.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { FileID } from "../lowlevel/file-id.ts";
import * as h5f from "../lowlevel/h5f.ts";
import { FILE_ACCESS_DEFAULTS } from "../lowlevel/prop-fapl.ts";

/** Options of opening a file for reading. */
export type ReadingOptions = Pick<
  FileOptions,
  "rdccNbytes" | "rdccNslots" | "rdccW0" | "externalAccess" | "resolver" | "swmr"
>;

/** @throws as `File` of the whole package. */
export function openForReading(name: string | Uint8Array | ByteSource, options: ReadingOptions): FileID {
  if (typeof name !== "string" && (typeof name !== "object" || name === null)) {
    throw plainError("TypeError", `expected str, bytes or a source of bytes, not ${typeof name}`);
  }
  const defaults = FILE_ACCESS_DEFAULTS;
  const bytes = name instanceof Uint8Array ? new MemorySource(name) : name;
  return h5f.openWith(bytes, options.swmr ? h5f.ACC_RDONLY | h5f.ACC_SWMR_READ : h5f.ACC_RDONLY, {
    ...defaults,
    closeDegree: h5f.CLOSE_STRONG,
    chunkCacheBytes: options.rdccNbytes ?? defaults.chunkCacheBytes,
    chunkCacheSlots: options.rdccNslots ?? defaults.chunkCacheSlots,
    chunkCacheW0: options.rdccW0 ?? defaults.chunkCacheW0,
    externalAccess: options.externalAccess ?? defaults.externalAccess,
    fileResolver: options.resolver ?? defaults.fileResolver,
  });
}
