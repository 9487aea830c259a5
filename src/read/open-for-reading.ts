/** Opening a file for reading, without property lists. */
import type { FileOptions } from "../highlevel/file-options.ts";
import { type OptionNames, requireFileOptions, requireMapping } from "../highlevel/known-options.ts";
import { MemorySource } from "../io/memory-source.ts";
import type { ByteSource } from "../io/source.ts";
import { guarded, plainError } from "../lowlevel/api-error.ts";
import { OPENING_DEFAULTS } from "../lowlevel/file-access.ts";
import { CANNOT_OPEN, checkName } from "../lowlevel/file-name.ts";
import type { OpenRoot } from "../lowlevel/open-object.ts";
import { OpenedFile } from "./opened-file.ts";

/** Options of opening a file for reading. */
export type ReadingOptions = Pick<
  FileOptions,
  "rdccNbytes" | "rdccNslots" | "rdccW0" | "externalAccess" | "resolver" | "swmr"
>;

const READING_OPTIONS: OptionNames<ReadingOptions> = {
  rdccNbytes: true,
  rdccNslots: true,
  rdccW0: true,
  externalAccess: true,
  resolver: true,
  swmr: true,
};

/** @throws as `File` of the whole package. */
export function openForReading(name: string | Uint8Array | ByteSource, options: ReadingOptions): OpenRoot {
  if (typeof name !== "string" && (typeof name !== "object" || name === null)) {
    throw plainError("TypeError", `expected str, bytes or a source of bytes, not ${typeof name}`);
  }
  requireMapping(options);
  requireFileOptions(options, READING_OPTIONS);
  const found = name instanceof Uint8Array ? new MemorySource(name) : name;
  checkName("H5Fopen", found);
  const { chunkCacheSlots, chunkCacheBytes, chunkCacheW0 } = OPENING_DEFAULTS;
  const { rdccNslots, rdccNbytes, rdccW0, externalAccess, resolver, swmr } = options;
  const chunkCache = {
    nslots: rdccNslots ?? chunkCacheSlots,
    nbytes: rdccNbytes ?? chunkCacheBytes,
    w0: rdccW0 ?? chunkCacheW0,
  };
  return guarded(CANNOT_OPEN, () => OpenedFile.open(found, { chunkCache, externalAccess, resolver, swmr }).root());
}
