/** What objects are, and what they are made of. C: `H5O_info2_t`, `H5O_native_info_t`. */
import { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { attributeStorageInfo } from "../engine/storage-info/attribute-storage-info.ts";
import { datasetStorageInfo } from "../engine/storage-info/dataset-storage-info.ts";
import { groupStorageInfo } from "../engine/storage-info/group-storage-info.ts";
import { type IndexHeapInfo, NO_INDEX_OR_HEAP } from "../engine/storage-info/index-heap-info.ts";
import { objectHeaderInfo } from "../engine/storage-info/object-header-info.ts";
import { guarded, record } from "./api-error.ts";
import { kindOf } from "./group-id.ts";
import type { Place } from "./location-id.ts";
import { type ObjectToken, tokenOf } from "./object-token.ts";

/** What an object header is made of. Sizes in bytes. C: `H5O_hdr_info_t`. */
export interface HeaderInfo {
  /** Version of the header: 1 or 2. */
  readonly version: number;
  /** Messages, those that hold free space and lead to other blocks included. */
  readonly nmesgs: number;
  /** Blocks: the first one and its continuations. */
  readonly nchunks: number;
  /** The header's flags; of version 1, which has none, 0x20 as the C library says. */
  readonly flags: number;
  /** What its blocks hold. */
  readonly space: {
    readonly total: number;
    /** Of the header itself and of its messages' own headers. */
    readonly meta: number;
    readonly mesg: number;
    readonly free: number;
  };
  /** Bit n is set when there is a message of type n, and when one is shared. */
  readonly mesg: { readonly present: number; readonly shared: number };
}

/** Bytes beside an object header: of what finds things, and of what holds them. C: `H5_ih_info_t`. */
export interface IndexHeapSize {
  /** Bytes of B-trees and of other indexes. */
  readonly indexSize: number;
  /** Bytes of heaps. */
  readonly heapSize: number;
}

/** What the object itself and what its attributes keep outside of the header. */
export interface MetaSize {
  /** Of the object itself: links of a group, the index of chunks of a dataset. */
  readonly obj: IndexHeapSize;
  /** Of its attributes. */
  readonly attr: IndexHeapSize;
}

/** What an object takes in the file. C: `H5O_native_info_t`. */
export interface NativeInfo {
  /** Its object header. */
  readonly hdr: HeaderInfo;
  /** What it keeps outside of its header. */
  readonly metaSize: MetaSize;
}

const CANNOT_GET = record("H5Oget_native_info", "OHDR", "CANTGET", "can't get native file format info for object");

/** What the C library makes of version 1, which has no flags. C: `H5O_HDR_STORE_TIMES`. */
const VERSION_1_FLAGS = 0x20;

function headerFlags({ header: { fields } }: EngineObject): number {
  if (fields.version === 1) return VERSION_1_FLAGS;
  return (
    Math.log2(fields.sizeOfChunk0Width) |
    (fields.attributeCreationOrderTracked ? 0x04 : 0) |
    (fields.attributeCreationOrderIndexed ? 0x08 : 0) |
    (fields.attributePhaseChange === undefined ? 0 : 0x10) |
    (fields.times === undefined ? 0 : 0x20)
  );
}

/** Changes of the file are flushed first: this is about what is in it. */
export function headerInfoOf(object: EngineObject): HeaderInfo {
  return guarded(CANNOT_GET, () => {
    const { version, messageCount, blockCount, space, typesPresent, typesShared } = objectHeaderInfo(object);
    return {
      version,
      nmesgs: messageCount,
      nchunks: blockCount,
      flags: headerFlags(object),
      space: { total: space.total, meta: space.metadata, mesg: space.messages, free: space.free },
      mesg: { present: typesPresent, shared: typesShared },
    };
  });
}

function ownStorage(object: EngineObject): IndexHeapInfo {
  if (object instanceof GroupObject) return groupStorageInfo(object);
  return object instanceof DatasetObject ? datasetStorageInfo(object) : NO_INDEX_OR_HEAP;
}

function sizeOf({ indexByteLength, heapByteLength }: IndexHeapInfo): IndexHeapSize {
  return { indexSize: indexByteLength, heapSize: heapByteLength };
}

/** Changes of the file are flushed first. */
export function metaSizeOf(object: EngineObject): MetaSize {
  return guarded(CANNOT_GET, () => ({ obj: sizeOf(ownStorage(object)), attr: sizeOf(attributeStorageInfo(object)) }));
}

/**
 * What an object is: a record of the moment, but for {@link hdr} and {@link metaSize}. C: `H5O_info_t`. h5py:
 * `ObjInfo`.
 */
export class ObjInfo implements NativeInfo {
  /** Number of the open file, the same for all objects of it. */
  readonly fileno: number;
  /** Address of the object header: the object's identity in its file. */
  readonly addr: number;
  /** One of `h5o.TYPE_…`. */
  readonly type: number;
  /** Hard links that lead to the object. */
  readonly rc: number;
  /** Time of the last access, in seconds since 1970; 0 where the file does not tell. */
  readonly atime: number;
  /** Time of the last change of data, in seconds since 1970; 0 where the file does not tell. */
  readonly mtime: number;
  /** Time of the last change of metadata, in seconds since 1970; 0 where the file does not tell. */
  readonly ctime: number;
  /** Time at which the object was made, in seconds since 1970; 0 where the file does not tell. */
  readonly btime: number;
  /** Number of its attributes. */
  readonly numAttrs: number;
  readonly #object: EngineObject;
  #hdr: HeaderInfo | undefined;
  #metaSize: MetaSize | undefined;

  constructor({ object, file }: Place) {
    const { fields } = object.header;
    const times = fields.version === 2 ? fields.times : undefined;
    this.#object = object;
    this.fileno = file.number;
    this.addr = object.toldAddress;
    this.type = kindOf(object);
    this.rc = object.linkCount;
    this.atime = times?.accessTime ?? 0;
    this.mtime = times?.modificationTime ?? 0;
    this.ctime = object.modificationTime() ?? 0;
    this.btime = times?.birthTime ?? 0;
    this.numAttrs = object.attributeCount;
  }

  /** The same identity as {@link addr}, as HDF5 1.12 has it. */
  get token(): ObjectToken {
    return tokenOf(this.addr);
  }

  /** What the object header is made of when this is first asked for, which flushes the file. C: `H5Oget_native_info`. */
  get hdr(): HeaderInfo {
    this.#hdr ??= headerInfoOf(this.#object);
    return this.#hdr;
  }

  /** Bytes of indexes and heaps when this is first asked for, which flushes the file. C: `H5Oget_native_info`. */
  get metaSize(): MetaSize {
    this.#metaSize ??= metaSizeOf(this.#object);
    return this.#metaSize;
  }

  /** A record of its own, with nothing left to be asked. h5py: `copy.copy`. */
  copy(): Omit<ObjInfo, "copy"> {
    const { fileno, addr, type, rc, atime, mtime, ctime, btime, numAttrs, token, hdr, metaSize } = this;
    return { fileno, addr, type, rc, atime, mtime, ctime, btime, numAttrs, token, hdr, metaSize };
  }
}
