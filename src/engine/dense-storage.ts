/**
 * Dense storage of links or attributes: messages in a fractal heap, an index of their names and, if asked for, one of the
 * order in which they were created.
 *
 * Reference implementation: H5Gdense.c, H5Adense.c, H5Gbtree2.c, H5Abtree2.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { lookup3 } from "../base/checksum.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import { BTreeV2, type RecordOrder } from "./b-tree-v2.ts";
import type { PreparedEdit } from "./b-tree-v2-edit.ts";
import type { EncodedOrder } from "./b-tree-v2-search.ts";
import type { FileStorage } from "./file-storage.ts";
import { FractalHeap, type FractalHeapParameters } from "./fractal-heap.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import { compareNames } from "./names.ts";

const INDEX_PARAMETERS = { nodeSize: 512, splitPercent: 100, mergePercent: 40 } as const;

/** The name that was hashed last: a change looks for one name again and again. */
let hashedName: string | undefined;
let lastHash = 0;

/** The hash of a name in the indexes of dense links and attributes. */
export function nameHash(name: string): number {
  if (name !== hashedName) {
    lastHash = lookup3(encodeUtf8(name));
    hashedName = name;
  }
  return lastHash;
}

interface NameRecord {
  readonly hash: number;
  readonly heapId: Uint8Array;
  /** Of attributes: which heap the ID is of. */
  readonly messageFlags?: number;
}

interface OrderRecord {
  readonly creationOrder: number;
}

/** What link info and attribute info messages say of dense storage. */
export interface DenseAddresses {
  readonly fractalHeapAddress: Address;
  readonly nameIndexAddress: Address;
  /** Absent when creation order is not indexed. */
  readonly creationOrderIndexAddress: Address | undefined;
}

/** What tells links and attributes apart. */
export interface DenseKind<N extends NameRecord, O extends OrderRecord> {
  readonly heap: FractalHeapParameters;
  readonly nameRecords: RecordCodec<N>;
  readonly orderRecords: RecordCodec<O>;
  /** Where the hash stands in a record of the name index. */
  readonly hashOffset: number;
}

/** A record in each index. */
export interface DenseRecords<N, O> {
  readonly byName: N;
  readonly byOrder: O;
}

function orderOf(creationOrder: number): RecordOrder<OrderRecord> {
  return (record) => record.creationOrder - creationOrder;
}

/** Records before it have lesser hashes; among those of the same one the names decide, so the bytes do not tell. */
function encodedOrderOf(hash: number, hashOffset: number): EncodedOrder {
  return (bytes, start) => {
    const at = start + hashOffset;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const other = (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
    return other === hash ? Number.NaN : other - hash;
  };
}

function isSame(a: NameRecord, b: NameRecord): boolean {
  const { length } = a.heapId;
  if (a.hash !== b.hash || a.messageFlags !== b.messageFlags || length !== b.heapId.length) return false;
  for (let i = 0; i < length; i++) if (a.heapId[i] !== b.heapId[i]) return false;
  return true;
}

/** What a name was found to stand for. */
interface Found<N> {
  readonly name: string;
  readonly record: N | undefined;
  /** It holds until structures change. */
  readonly changes: number;
}

export class DenseStorage<N extends NameRecord, O extends OrderRecord> {
  readonly heap: FractalHeap;
  readonly byName: BTreeV2<N>;
  private readonly byOrder: BTreeV2<O> | undefined;
  private readonly storage: FileStorage;
  /** Bytes of a heap ID in the records. */
  private readonly idLength: number;
  private readonly hashOffset: number;
  private readonly nameOf: (record: N) => string;
  /** Who changes something has looked for it before. */
  private found: Found<N> | undefined;

  /** @param nameOf - The name that a record of the name index stands for: asked only where hashes are equal. */
  constructor(storage: FileStorage, kind: DenseKind<N, O>, addresses: DenseAddresses, nameOf: (record: N) => string) {
    const { fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress } = addresses;
    this.storage = storage;
    this.idLength = kind.heap.idLength;
    this.hashOffset = kind.hashOffset;
    this.nameOf = nameOf;
    this.heap = new FractalHeap(storage, fractalHeapAddress);
    this.byName = new BTreeV2(storage, nameIndexAddress, kind.nameRecords);
    this.byOrder =
      creationOrderIndexAddress !== undefined && isDefined(creationOrderIndexAddress)
        ? new BTreeV2(storage, creationOrderIndexAddress, kind.orderRecords)
        : undefined;
  }

  /**
   * A new heap and new indexes, all empty.
   *
   * @param isOrderIndexed - Whether there is to be an index of the order of creation.
   */
  static create<N extends NameRecord, O extends OrderRecord>(
    storage: FileStorage,
    kind: DenseKind<N, O>,
    isOrderIndexed: boolean,
    pipeline?: FilterPipeline,
  ): DenseAddresses {
    const heap = FractalHeap.create(storage, kind.heap, pipeline);
    const byName = BTreeV2.create(storage, kind.nameRecords, INDEX_PARAMETERS);
    const byOrder = isOrderIndexed ? BTreeV2.create(storage, kind.orderRecords, INDEX_PARAMETERS) : undefined;
    return {
      fractalHeapAddress: heap.address,
      nameIndexAddress: byName.address,
      creationOrderIndexAddress: byOrder?.address,
    };
  }

  /** What the message says of an object without dense storage. */
  static none(isOrderIndexed: boolean): DenseAddresses {
    return {
      fractalHeapAddress: UNDEFINED_ADDRESS,
      nameIndexAddress: UNDEFINED_ADDRESS,
      creationOrderIndexAddress: isOrderIndexed ? UNDEFINED_ADDRESS : undefined,
    };
  }

  get count(): number {
    return this.byName.count;
  }

  /** They must reach the file before whatever points at them. */
  get addresses(): readonly Address[] {
    const { heap, byName, byOrder } = this;
    return byOrder === undefined ? [heap.address, byName.address] : [heap.address, byName.address, byOrder.address];
  }

  /** By hash, and where hashes are equal by the names themselves. */
  private order(name: string): RecordOrder<N> {
    const hash = nameHash(name);
    return (record) => (record.hash === hash ? compareNames(this.nameOf(record), name) : record.hash - hash);
  }

  /** The place of a record that is there, without reading the names of those with other hashes, nor its own. */
  private placeOf(name: string, record: N): RecordOrder<N> {
    const { hash } = record;
    return (other) => {
      if (other.hash !== hash) return other.hash - hash;
      return isSame(other, record) ? 0 : compareNames(this.nameOf(other), name);
    };
  }

  find(name: string): N | undefined {
    const { found, storage } = this;
    if (found?.name === name && found.changes === storage.changes) return found.record;
    const order = this.order(name);
    // The one that was decoded to be compared need not be decoded again.
    let met: N | undefined;
    const place = this.byName.locate(
      (record) => {
        met = record;
        return order(record);
      },
      encodedOrderOf(nameHash(name), this.hashOffset),
    );
    const record = place === undefined ? undefined : met;
    if (!storage.isChanging) this.found = { name, record, changes: storage.changes };
    return record;
  }

  /**
   * Puts something into the heap, under a name that is not taken.
   *
   * @param recordsOf - Its records, given its heap ID.
   */
  insert(name: string, data: Uint8Array, recordsOf: (heapId: Uint8Array) => DenseRecords<N, O>): void {
    this.heap.requireIdLength(this.idLength);
    this.rehearseInsert(name, recordsOf);
    const heapId = this.heap.insert(data);
    try {
      this.index(name, recordsOf(heapId));
    } catch (cause) {
      this.heap.remove(heapId);
      throw cause;
    }
  }

  /** Puts something into the heap that gets its records later. */
  put(data: Uint8Array): Uint8Array {
    this.heap.requireIdLength(this.idLength);
    return this.heap.insert(data);
  }

  private rehearseInsert(name: string, recordsOf: (heapId: Uint8Array) => DenseRecords<N, O>): void {
    if (!this.storage.answersLate) return;
    const { byName, byOrder } = recordsOf(new Uint8Array(this.heap.header.idLength));
    this.byName.rehearseInsert(byName, this.order(name));
    this.byOrder?.rehearseInsert(byOrder, orderOf(byOrder.creationOrder));
  }

  /** Makes what is in a heap already known by name and by order of creation: both or neither. */
  index(name: string, { byName, byOrder }: DenseRecords<N, O>): void {
    const order = this.order(name);
    this.byName.insert(byName, order);
    this.insertOrder(byOrder, order);
  }

  private insertOrder(record: O, nameOrder: RecordOrder<N>): void {
    try {
      this.byOrder?.insert(record, orderOf(record.creationOrder));
    } catch (cause) {
      this.byName.remove(nameOrder);
      throw cause;
    }
  }

  /**
   * Takes a name out of the indexes, and what its record pointed at out of the heap: all or nothing of it.
   *
   * @param creationOrder - Of what has the name.
   * @param heapId - Undefined for what lies elsewhere.
   */
  remove(name: string, creationOrder: number | undefined, heapId: Uint8Array | undefined): void {
    const record = this.find(name);
    const edits = [
      record && this.byName.prepareKnownRemoval(this.placeOf(name, record)),
      creationOrder === undefined ? undefined : this.byOrder?.prepareRemoval(orderOf(creationOrder)),
    ];
    if (heapId !== undefined) this.heap.remove(heapId);
    for (const edit of edits) edit?.commit();
  }

  /**
   * Gives what is in a heap already a name in the place of another, or of the same one, which loses what its record pointed at:
   * all or nothing of it.
   *
   * @param gone - What that record pointed at; undefined for what lies elsewhere.
   */
  rename(from: string, to: string, { byName, byOrder }: DenseRecords<N, O>, gone: Uint8Array | undefined): void {
    const old = this.find(from);
    const edits = [
      old && this.prepareRename(from, old, to, byName),
      this.byOrder?.prepareReplacement(byOrder, orderOf(byOrder.creationOrder)),
    ];
    try {
      if (gone !== undefined) this.heap.remove(gone);
    } catch (cause) {
      for (const edit of edits) edit?.abandon();
      throw cause;
    }
    for (const edit of edits) edit?.commit();
  }

  private prepareRename(from: string, old: N, to: string, record: N): PreparedEdit | undefined {
    const place = this.placeOf(from, old);
    if (from === to) return this.byName.prepareReplacement(record, place);
    return this.byName.prepareMove(place, record, this.order(to));
  }

  /** The heap and the indexes go. */
  deleteAll(freed: FreedBlocks): void {
    this.heap.deleteAll(freed);
    this.byName.deleteAll(freed);
    this.byOrder?.deleteAll(freed);
  }
}
