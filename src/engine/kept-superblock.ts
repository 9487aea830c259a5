/**
 * The superblock of an open file: as it is now, as it was at the last flush, and as readers of the file may have seen it.
 *
 * Specification: II.A. Reference implementation: H5Fsuper.c.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { Superblock } from "../format/superblock.ts";
import type { FileStorage } from "./file-storage.ts";
import type { GroupObject } from "./group-object.ts";
import { encodeCurrentSuperblock } from "./superblock-access.ts";
import type { WriteBytes } from "./write-out.ts";

export class KeptSuperblock {
  current: Superblock;
  /** As it is in the file; undefined while a new file has none. */
  flushed: Superblock | undefined;
  /** The superblock in the file, while others read it. */
  private shown: { readonly superblock: Superblock; readonly end: Address } | undefined;

  constructor(current: Superblock) {
    this.current = current;
  }

  /** @param extension - Address of the superblock extension; undefined address where there is none. */
  setRoot(root: GroupObject, extension: Address): void {
    const superblock = this.current;
    if (superblock.version >= 2) {
      this.current = {
        ...superblock,
        superblockExtensionAddress: extension,
        rootGroupObjectHeaderAddress: root.address,
      } as Superblock;
      return;
    }
    const table = root.symbolTableMessage;
    const entry =
      table === undefined
        ? { cacheType: 0, linkNameOffset: 0, objectHeaderAddress: root.address }
        : {
            cacheType: 1,
            linkNameOffset: 0,
            objectHeaderAddress: root.address,
            bTreeAddress: table.bTreeAddress,
            nameHeapAddress: table.localHeapAddress,
          };
    this.current = { ...superblock, rootGroupSymbolTableEntry: entry } as Superblock;
  }

  /** Writes it where it lies, unless readers have this very one. */
  write(storage: FileStorage, write: WriteBytes): void {
    const { current: superblock, shown } = this;
    const end = storage.allocator.endOfAllocation;
    if (shown?.superblock === superblock && shown.end === end) return;
    write(0, encodeCurrentSuperblock(superblock, storage));
    if (storage.servesReaders) this.shown = { superblock, end };
  }

  /**
   * The last flush failed: its file stays, without what was written behind its end, and open for others. What readers may
   * have seen of that flush stays, too.
   */
  leaveAsFlushed(storage: FileStorage): void {
    const { shown } = this;
    const superblock = shown?.superblock ?? this.flushed;
    if (superblock === undefined) return;
    try {
      const closed = { ...superblock, fileConsistencyFlags: 0 };
      const hasFlags = superblock.version === 3;
      const bytesFor = (end: Address) => encodeCurrentSuperblock(closed, storage, shown?.end ?? end);
      storage.dropUnflushed(hasFlags ? bytesFor : undefined);
    } catch (error) {
      // What made closing fail is what the caller gets to know of.
      if (!isHdf5Error(error)) throw error;
    }
  }
}
