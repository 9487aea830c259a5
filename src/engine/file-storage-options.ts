/** What an open file is made of, as the engine's storage is given it. */
import type { FileWidths } from "../base/address.ts";
import type { Limits } from "../base/limits.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import type { ReadAttempts } from "./read-attempts.ts";
import type { SpaceAllocator } from "./space/space-allocator.ts";

export interface FileStorageOptions {
  readonly source: ByteSource;
  /** Bytes of the source, which is asked for them where that is not said: to ask is a system call. */
  readonly sourceEnd?: number | undefined;
  /** The same object as `source` when the file is open for writing. */
  readonly target: ByteTarget | undefined;
  /** Absolute position of address 0. */
  readonly baseAddress: number;
  readonly widths: FileWidths;
  readonly limits: Limits;
  readonly allocator: SpaceAllocator;
  /** Addresses are those of several member files, each with an end of its own (multi and split drivers). Default false. */
  readonly addressesOfMembers?: boolean;
  /** Bound of clean decoded structures, in bytes on disk. */
  readonly metadataCacheBytes: number;
  /** Bytes of the block cache below the decoded structures. */
  readonly blockCacheBytes: number;
  /** Bytes of a block. Default 8192. */
  readonly blockByteLength?: number | undefined;
  /** Whether another process writes to the file meanwhile. Default false. */
  readonly isChanging?: boolean;
  /** How often a structure is read until its checksum fits. Default once. */
  readonly attempts?: ReadAttempts;
}
