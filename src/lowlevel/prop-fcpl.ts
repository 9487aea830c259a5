/** File creation property list. C: `H5P_FILE_CREATE`. */
import { isPowerOfTwo } from "../base/bits.ts";
import { MESSAGE } from "../format/message-types.ts";
import { type Size, toSize, toUnsigned } from "./arguments.ts";
import { FILE_CREATE } from "./prop-classes.ts";
import { GROUP_CREATION_DEFAULTS, type GroupCreation, PropGCID } from "./prop-gcpl.ts";
import { badValue } from "./property-list.ts";

/** How free file space is managed. C: `H5F_fspace_strategy_t`. */
export const FSPACE_STRATEGY_FSM_AGGR = 0;
export const FSPACE_STRATEGY_PAGE = 1;
export const FSPACE_STRATEGY_AGGR = 2;
export const FSPACE_STRATEGY_NONE = 3;

/** Kinds of messages that a file may keep once for all objects that have them, as bits. C: `H5O_SHMESG_…_FLAG`. */
export const SHMESG_NONE_FLAG = 0;
export const SHMESG_SDSPACE_FLAG = 1 << MESSAGE.DATASPACE;
export const SHMESG_DTYPE_FLAG = 1 << MESSAGE.DATATYPE;
export const SHMESG_FILL_FLAG = 1 << MESSAGE.FILL_VALUE;
export const SHMESG_PLINE_FLAG = 1 << MESSAGE.FILTER_PIPELINE;
export const SHMESG_ATTR_FLAG = 1 << MESSAGE.ATTRIBUTE;
export const SHMESG_ALL_FLAG =
  SHMESG_SDSPACE_FLAG | SHMESG_DTYPE_FLAG | SHMESG_FILL_FLAG | SHMESG_PLINE_FLAG | SHMESG_ATTR_FLAG;

/** C: `H5O_SHMESG_MAX_NINDEXES`, `H5O_SHMESG_MAX_LIST_SIZE`. */
const MAX_SHARED_INDEXES = 8;
const MAX_SHARED_LIST = 5000;
/** C: `H5F_CRT_SHMSG_INDEX_MINSIZE_DEF`. */
const NEW_SHARED_INDEX: SharedIndex = { typeFlags: SHMESG_NONE_FLAG, minimumSize: 250 };
/** The C library's defaults name the first six alone. */
const NAMED_INDEXES = 6;
const LATE_SHARED_INDEX: SharedIndex = { typeFlags: SHMESG_NONE_FLAG, minimumSize: 0 };

export interface SharedIndex {
  /** `SHMESG_…_FLAG` bits. */
  readonly typeFlags: number;
  /** Bytes of the smallest message that is shared. */
  readonly minimumSize: number;
}

export interface FileCreation extends GroupCreation {
  /** Of the file that the list was asked of; files are made with what their bounds ask for. */
  readonly superblockVersion: number;
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
  readonly sharedIndexes: readonly SharedIndex[];
  /** Messages up to which an index is a list, and below which its B-tree becomes one again. */
  readonly sharedListMax: number;
  readonly sharedTreeMin: number;
}

export const FILE_CREATION_DEFAULTS: FileCreation = {
  ...GROUP_CREATION_DEFAULTS,
  superblockVersion: 0,
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
  sharedIndexes: [],
  sharedListMax: 50,
  sharedTreeMin: 40,
};

const WIDTHS = [2, 4, 8, 16];
const MAX_PAGE_SIZE = 2 ** 30;

/** How a file is made, and its root group. C: `H5P_FILE_CREATE`. h5py: `PropFCID`. */
export class PropFCID extends PropGCID<FileCreation> {
  protected override readonly propClass = FILE_CREATE;

  /**
   * Versions of superblock, free list, symbol table and shared header messages: of the file that the list was asked of. C:
   * `H5Pget_version`.
   */
  getVersion(): [number, number, number, number] {
    return [this.values().superblockVersion, 0, 0, 0];
  }

  /**
   * Bytes before the superblock: 0, or a power of two from 512 on.
   *
   * @throws ValueError for another number. C: `H5Pset_userblock`.
   */
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

  /** Bytes; 0 by default. C: `H5Pget_userblock`. */
  getUserblock(): number {
    return this.values().userblockSize;
  }

  /**
   * Bytes of addresses and of lengths: 2, 4, 8, or 0 to keep what is set.
   *
   * @throws ValueError for others. C: `H5Pset_sizes`.
   */
  setSizes(sizeOfOffsets: Size, sizeOfLengths: Size): void {
    const offsets = toSize(sizeOfOffsets, "size_t");
    const lengths = toSize(sizeOfLengths, "size_t");
    if (offsets !== 0 && !WIDTHS.includes(offsets)) throw badValue("H5Pset_sizes", "file haddr_t size is not valid");
    if (lengths !== 0 && !WIDTHS.includes(lengths)) throw badValue("H5Pset_sizes", "file size_t size is not valid");
    this.change({
      ...(offsets === 0 ? {} : { sizeOfOffsets: offsets }),
      ...(lengths === 0 ? {} : { sizeOfLengths: lengths }),
    });
  }

  /** `[sizeOfOffsets, sizeOfLengths]`; 8 bytes each by default. C: `H5Pget_sizes`. */
  getSizes(): [number, number] {
    const { sizeOfOffsets, sizeOfLengths } = this.values();
    return [sizeOfOffsets, sizeOfLengths];
  }

  /** Half rank of group B-trees and of symbol table nodes; 0 keeps what is set. C: `H5Pset_sym_k`. */
  setSymK(internalK: Size, leafK: Size): void {
    const internal = toUnsigned(internalK);
    const leaf = toUnsigned(leafK);
    if (internal > 0x7fff) throw badValue("H5Pset_sym_k", "istore IK value exceeds maximum B-tree entries");
    this.change({
      ...(internal === 0 ? {} : { groupInternalK: internal }),
      ...(leaf === 0 ? {} : { groupLeafK: leaf }),
    });
  }

  /** `[internalK, leafK]`; 16 and 4 by default. C: `H5Pget_sym_k`. */
  getSymK(): [number, number] {
    const { groupInternalK, groupLeafK } = this.values();
    return [groupInternalK, groupLeafK];
  }

  /** Half rank of chunk B-trees. @throws ValueError for 0. C: `H5Pset_istore_k`. */
  setIstoreK(k: Size): void {
    const chunkK = toUnsigned(k);
    if (chunkK === 0) throw badValue("H5Pset_istore_k", "istore IK value must be positive");
    if (chunkK > 0x7fff) throw badValue("H5Pset_istore_k", "istore IK value exceeds maximum B-tree entries");
    this.change({ chunkK });
  }

  /** 32 by default. C: `H5Pget_istore_k`. */
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

  /**
   * The strategies of HDF5 1.10.0, 1 to 4, and a threshold; 0 keeps what is set. 1 persists free space, 2 does not; 3 is
   * `FSPACE_STRATEGY_AGGR`, 4 `FSPACE_STRATEGY_NONE`. C: `H5Pset_file_space`.
   */
  setFileSpace(strategy: Size, threshold: Size): void {
    const old = toUnsigned(strategy);
    const least = toSize(threshold);
    const [current, persist, currentThreshold] = this.getFileSpaceStrategy();
    if (old > 4) throw badValue("H5Pset_file_space", "invalid file space strategy");
    const strategies = [
      current,
      FSPACE_STRATEGY_FSM_AGGR,
      FSPACE_STRATEGY_FSM_AGGR,
      FSPACE_STRATEGY_AGGR,
      FSPACE_STRATEGY_NONE,
    ];
    this.setFileSpaceStrategy(strategies[old] as number, old === 0 ? persist : old === 1, least || currentThreshold);
  }

  /** `[strategy, threshold]` with the strategies of HDF5 1.10.0. C: `H5Pget_file_space`. */
  getFileSpace(): [number, number] {
    const [strategy, persist, threshold] = this.getFileSpaceStrategy();
    const old = strategy === FSPACE_STRATEGY_AGGR ? 3 : strategy === FSPACE_STRATEGY_NONE ? 4 : persist ? 1 : 2;
    return [old, threshold];
  }

  /**
   * `[strategy, persist, threshold]`; `h5f.FSPACE_STRATEGY_FSM_AGGR`, false and 1 byte by default. C:
   * `H5Pget_file_space_strategy`.
   */
  getFileSpaceStrategy(): [number, boolean, number] {
    const { fileSpaceStrategy, persistFreeSpace, freeSpaceThreshold } = this.values();
    return [fileSpaceStrategy, persistFreeSpace, freeSpaceThreshold];
  }

  /**
   * Bytes of a page for `FSPACE_STRATEGY_PAGE`: 512 to 1 GiB.
   *
   * @throws ValueError for others. C: `H5Pset_file_space_page_size`.
   */
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

  /**
   * Into how many indexes, at most 8, messages go that objects share; 0, the default, shares none. Each is then told by
   * {@link setSharedMesgIndex} what it takes. C: `H5Pset_shared_mesg_nindexes`.
   */
  setSharedMesgNindexes(count: Size): void {
    const indexes = toUnsigned(count);
    if (indexes > MAX_SHARED_INDEXES) {
      throw badValue("H5Pset_shared_mesg_nindexes", "number of indexes is greater than H5O_SHMESG_MAX_NINDEXES");
    }
    const { sharedIndexes } = this.values();
    const length = { length: indexes };
    const next = Array.from(
      length,
      (_, i) => sharedIndexes[i] ?? (i < NAMED_INDEXES ? NEW_SHARED_INDEX : LATE_SHARED_INDEX),
    );
    this.change({ sharedIndexes: next }, ["num_shmsg_indexes"]);
  }

  /** Number of indexes; 0 by default. C: `H5Pget_shared_mesg_nindexes`. */
  getSharedMesgNindexes(): number {
    return this.values().sharedIndexes.length;
  }

  /**
   * What an index, counted from 0, takes: kinds of messages, `h5o.SHMESG_…_FLAG` bits, of at least `minimumSize` bytes.
   *
   * @throws ValueError for an index that there is none of. C: `H5Pset_shared_mesg_index`.
   */
  setSharedMesgIndex(index: Size, typeFlags: Size, minimumSize: Size): void {
    const where = "H5Pset_shared_mesg_index";
    const flags = toUnsigned(typeFlags);
    if (flags > SHMESG_ALL_FLAG) throw badValue(where, "unrecognized flags in mesg_type_flags");
    const { sharedIndexes } = this.values();
    const position = toUnsigned(index);
    if (position >= sharedIndexes.length) throw badValue(where, "index_num is too large; no such index");
    const changed = { typeFlags: flags, minimumSize: toUnsigned(minimumSize) };
    const next = sharedIndexes.map((other, i) => (i === position ? changed : other));
    this.change({ sharedIndexes: next }, ["shmsg_message_types", "shmsg_message_minsize"]);
  }

  /** `[typeFlags, minimumSize]`. C: `H5Pget_shared_mesg_index`. */
  getSharedMesgIndex(index: Size): [number, number] {
    const found = this.values().sharedIndexes[toUnsigned(index)];
    if (found === undefined) {
      throw badValue("H5Pget_shared_mesg_index", "index_num is greater than number of indexes in property list");
    }
    return [found.typeFlags, found.minimumSize];
  }

  /** Messages up to which indexes are lists, and below which their B-trees become lists again. C: `H5Pset_shared_mesg_phase_change`. */
  setSharedMesgPhaseChange(maxList: Size, minBtree: Size): void {
    const where = "H5Pset_shared_mesg_phase_change";
    const sharedListMax = toUnsigned(maxList);
    const least = toUnsigned(minBtree);
    if (sharedListMax + 1 < least) throw badValue(where, "minimum B-tree value is greater than maximum list value");
    if (sharedListMax > MAX_SHARED_LIST) {
      throw badValue(where, "max list value is larger than H5O_SHMESG_MAX_LIST_SIZE");
    }
    // Else the B-tree of an index without lists would become one with its first removal.
    this.change({ sharedListMax, sharedTreeMin: sharedListMax === 0 ? 0 : least });
  }

  /** `[maxList, minBtree]`, numbers of messages; 50 and 40 by default. C: `H5Pget_shared_mesg_phase_change`. */
  getSharedMesgPhaseChange(): [number, number] {
    const { sharedListMax, sharedTreeMin } = this.values();
    return [sharedListMax, sharedTreeMin];
  }

  /** Bytes; 4096 by default. C: `H5Pget_file_space_page_size`. */
  getFileSpacePageSize(): number {
    return this.values().fileSpacePageSize;
  }
}
