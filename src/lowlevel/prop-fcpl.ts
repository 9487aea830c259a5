/** File creation property list. C: `H5P_FILE_CREATE`. */
import { isPowerOfTwo } from "../base/bits.ts";
import { type Size, toSize, toUnsigned } from "./arguments.ts";
import { FILE_CREATE } from "./prop-classes.ts";
import { GROUP_CREATION_DEFAULTS, type GroupCreation, PropGCID } from "./prop-gcpl.ts";
import { badValue } from "./property-list.ts";

/** How free file space is managed. C: `H5F_fspace_strategy_t`. */
export const FSPACE_STRATEGY_FSM_AGGR = 0;
export const FSPACE_STRATEGY_PAGE = 1;
export const FSPACE_STRATEGY_AGGR = 2;
export const FSPACE_STRATEGY_NONE = 3;

export interface FileCreation extends GroupCreation {
  readonly userblockSize: number;
  readonly sizeOfOffsets: number;
  readonly sizeOfLengths: number;
  /** Half rank of group B-trees, and half the entries of a symbol table node. */
  readonly groupInternalK: number;
  readonly groupLeafK: number;
  /** Half rank of chunk B-trees. */
  readonly chunkK: number;
  readonly fileSpaceStrategy: number;
  readonly persistFreeSpace: boolean;
  readonly freeSpaceThreshold: number;
  readonly fileSpacePageSize: number;
}

export const FILE_CREATION_DEFAULTS: FileCreation = {
  ...GROUP_CREATION_DEFAULTS,
  userblockSize: 0,
  sizeOfOffsets: 8,
  sizeOfLengths: 8,
  groupInternalK: 16,
  groupLeafK: 4,
  chunkK: 32,
  fileSpaceStrategy: FSPACE_STRATEGY_FSM_AGGR,
  persistFreeSpace: false,
  freeSpaceThreshold: 1,
  fileSpacePageSize: 4096,
};

const WIDTHS = [2, 4, 8, 16];
const MAX_PAGE_SIZE = 2 ** 30;

export class PropFCID extends PropGCID<FileCreation> {
  protected override readonly propClass = FILE_CREATE;

  /** Versions of superblock, free list, symbol table and shared header messages. C: `H5Pget_version`. */
  getVersion(): [number, number, number, number] {
    this.requireValid();
    return [0, 0, 0, 0];
  }

  /** Bytes before the superblock: 0, or a power of two from 512 on. C: `H5Pset_userblock`. */
  setUserblock(size: Size): void {
    const userblockSize = toSize(size);
    if (userblockSize > 0) {
      if (userblockSize < 512) throw badValue("H5Pset_userblock", "userblock size is non-zero and less than 512");
      if (!isPowerOfTwo(userblockSize)) {
        throw badValue("H5Pset_userblock", "userblock size is non-zero and not a power of two");
      }
    }
    this.change({ userblockSize });
  }

  /** C: `H5Pget_userblock`. */
  getUserblock(): number {
    return this.values().userblockSize;
  }

  /** Bytes of addresses and of lengths; 0 keeps what is set. C: `H5Pset_sizes`. */
  setSizes(sizeOfOffsets: Size, sizeOfLengths: Size): void {
    const offsets = toSize(sizeOfOffsets, "size_t");
    const lengths = toSize(sizeOfLengths, "size_t");
    if (offsets !== 0 && !WIDTHS.includes(offsets)) throw badValue("H5Pset_sizes", "file haddr_t size is not valid");
    if (lengths !== 0 && !WIDTHS.includes(lengths)) throw badValue("H5Pset_sizes", "file size_t size is not valid");
    const before = this.values();
    this.change({
      sizeOfOffsets: offsets === 0 ? before.sizeOfOffsets : offsets,
      sizeOfLengths: lengths === 0 ? before.sizeOfLengths : lengths,
    });
  }

  /** `[sizeOfOffsets, sizeOfLengths]`. C: `H5Pget_sizes`. */
  getSizes(): [number, number] {
    const { sizeOfOffsets, sizeOfLengths } = this.values();
    return [sizeOfOffsets, sizeOfLengths];
  }

  /** Half rank of group B-trees and of symbol table nodes; 0 keeps what is set. C: `H5Pset_sym_k`. */
  setSymK(internalK: Size, leafK: Size): void {
    const internal = toUnsigned(internalK);
    const leaf = toUnsigned(leafK);
    if (internal > 0x7fff) throw badValue("H5Pset_sym_k", "istore IK value exceeds maximum B-tree entries");
    const before = this.values();
    this.change({
      groupInternalK: internal === 0 ? before.groupInternalK : internal,
      groupLeafK: leaf === 0 ? before.groupLeafK : leaf,
    });
  }

  /** `[internalK, leafK]`. C: `H5Pget_sym_k`. */
  getSymK(): [number, number] {
    const { groupInternalK, groupLeafK } = this.values();
    return [groupInternalK, groupLeafK];
  }

  /** Half rank of chunk B-trees. C: `H5Pset_istore_k`. */
  setIstoreK(k: Size): void {
    const chunkK = toUnsigned(k);
    if (chunkK === 0) throw badValue("H5Pset_istore_k", "istore IK value must be positive");
    if (chunkK > 0x7fff) throw badValue("H5Pset_istore_k", "istore IK value exceeds maximum B-tree entries");
    this.change({ chunkK });
  }

  /** C: `H5Pget_istore_k`. */
  getIstoreK(): number {
    return this.values().chunkK;
  }

  /**
   * How free space is handled, whether it is remembered when the file closes, and the smallest section kept.
   *
   * C: `H5Pset_file_space_strategy`.
   */
  setFileSpaceStrategy(strategy: Size, persist: boolean, threshold: Size): void {
    const fileSpaceStrategy = toUnsigned(strategy);
    if (fileSpaceStrategy > FSPACE_STRATEGY_NONE) throw badValue("H5Pset_file_space_strategy", "invalid strategy");
    const freeSpaceThreshold = toSize(threshold);
    const managed = fileSpaceStrategy <= FSPACE_STRATEGY_PAGE;
    this.change({ fileSpaceStrategy, ...(managed ? { persistFreeSpace: Boolean(persist), freeSpaceThreshold } : {}) });
  }

  /** `[strategy, persist, threshold]`. C: `H5Pget_file_space_strategy`. */
  getFileSpaceStrategy(): [number, boolean, number] {
    const { fileSpaceStrategy, persistFreeSpace, freeSpaceThreshold } = this.values();
    return [fileSpaceStrategy, persistFreeSpace, freeSpaceThreshold];
  }

  /** Bytes of a page for `FSPACE_STRATEGY_PAGE`: 512 to 1 GiB. C: `H5Pset_file_space_page_size`. */
  setFileSpacePageSize(byteLength: Size): void {
    const fileSpacePageSize = toSize(byteLength);
    if (fileSpacePageSize < 512) {
      throw badValue("H5Pset_file_space_page_size", "cannot set file space page size to less than 512");
    }
    if (fileSpacePageSize > MAX_PAGE_SIZE) {
      throw badValue("H5Pset_file_space_page_size", "cannot set file space page size to more than 1GB");
    }
    this.change({ fileSpacePageSize });
  }

  /** C: `H5Pget_file_space_page_size`. */
  getFileSpacePageSize(): number {
    return this.values().fileSpacePageSize;
  }
}
