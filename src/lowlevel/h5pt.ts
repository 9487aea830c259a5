/** Packet tables: one-dimensional datasets of packets that are appended and read in order. C: `H5PT`. */
import type { Datatype } from "../format/datatype.ts";
import { plainError, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toInt, toSize } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { create as createDataset, open as openDataset } from "./h5d.ts";
import { createSimple, UNLIMITED } from "./h5s.ts";
import type { LocationID } from "./location-id.ts";
import { DATASET_CREATION_DEFAULTS, PropDCID } from "./prop-dcpl.ts";
import { appendRecordsTo, readIntoMemory, readValues, recordTotal } from "./record-memory.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** Packets to append: elements in memory, of {@link PacketTable.getType}, or values. */
export type Packets = ArrayBufferView | readonly unknown[];

/** An open packet table: a dataset and a position in it. */
export class PacketTable {
  private readonly dataset: DatasetID;
  private readonly type: Datatype;
  private position = 0;

  constructor(dataset: DatasetID) {
    this.dataset = dataset;
    this.type = dataset.getType().datatype();
  }

  /** Whether the table is open. C: `H5PTis_valid`. */
  isValid(): boolean {
    return this.dataset.valid;
  }

  /** Whether packets are sequences of variable length. C: `H5PTis_varlen`. */
  isVarlen(): boolean {
    const type = this.getType().datatype();
    return type.class === "variable-length" && type.kind === "sequence";
  }

  /** Packets in the table. C: `H5PTget_num_packets`. */
  getNumPackets(): number {
    return recordTotal(this.dataset);
  }

  /** The dataset behind the table, which closes with it. C: `H5PTget_dataset`. */
  getDataset(): DatasetID {
    this.dataset.requireValid();
    return this.dataset;
  }

  /** The type of packets, in memory as in the file. C: `H5PTget_type`. */
  getType(): TypeID {
    this.dataset.requireValid();
    return typeIdOf(this.type);
  }

  /** Adds packets at the end. @throws RuntimeError when the dataset cannot grow. C: `H5PTappend`. */
  append(packets: Packets): void {
    appendRecordsTo(this.dataset, ArrayBuffer.isView(packets) ? { bytes: packets } : packets, this.type);
  }

  /**
   * `count` packets from `start` on, as values. With `into` they are read into memory, and the list is empty.
   *
   * @throws RuntimeError when there are not so many. C: `H5PTread_packets`.
   */
  readPackets(start: Size, count: Size, into?: ArrayBufferView): unknown[] {
    return this.read("H5PTread_packets", toSize(start), toSize(count), into);
  }

  private read(where: string, start: number, count: number, into: ArrayBufferView | undefined): unknown[] {
    const { dataset, type } = this;
    if (start + count > this.getNumPackets()) throw unspecifiedError(where);
    if (into === undefined) return readValues(dataset, start, count, type);
    readIntoMemory(dataset, start, count, type, into);
    return [];
  }

  /**
   * The next `count` packets, as {@link readPackets}; the position moves behind them.
   *
   * @throws RuntimeError when there are not so many. C: `H5PTget_next`.
   */
  getNext(count: Size, into?: ArrayBufferView): unknown[] {
    const packets = toSize(count);
    const result = this.read("H5PTget_next", this.position, packets, into);
    this.position += packets;
    return result;
  }

  /** Moves the position to the first packet. C: `H5PTcreate_index`. */
  createIndex(): void {
    this.dataset.requireValid();
    this.position = 0;
  }

  /** Moves the position. @throws RuntimeError when there is no packet. C: `H5PTset_index`. */
  setIndex(index: Size): void {
    const position = toSize(index);
    if (position >= this.getNumPackets()) throw unspecifiedError("H5PTset_index");
    this.position = position;
  }

  /** The number of the packet that is read next. C: `H5PTget_index`. */
  getIndex(): number {
    this.dataset.requireValid();
    return this.position;
  }

  /** The packets from the position on, one after the other. */
  *[Symbol.iterator](): Generator<unknown> {
    while (this.position < this.getNumPackets()) yield this.getNext(1)[0];
  }

  /** Closes the table with its dataset; members throw ValueError `"closed"` from then on. C: `H5PTclose`. */
  close(): void {
    this.dataset.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Makes an empty packet table.
 *
 * @param chunkSize - Packets of a chunk, from 1 on.
 * @param dcpl - Filters and other properties; its chunks are replaced. Default: none.
 * @throws ValueError when there is something of that name. C: `H5PTcreate`.
 */
export function create(
  loc: LocationID,
  name: Name,
  type: TypeID,
  chunkSize: Size,
  dcpl: PropDCID | null = null,
): PacketTable {
  expectInstance(type, TypeID, "type");
  const list = dcpl?.copy() ?? new PropDCID(DATASET_CREATION_DEFAULTS);
  list.setChunk([chunkSize]);
  return new PacketTable(createDataset(loc, name, type, createSimple([0], [UNLIMITED]), list));
}

/** As {@link create}, deflated at level `compression` if that is 0 to 9. C: `H5PTcreate_fl`. */
export function createFl(
  loc: LocationID,
  name: Name,
  type: TypeID,
  chunkSize: Size,
  compression: Size = -1,
): PacketTable {
  const level = toInt(compression);
  const dcpl = new PropDCID(DATASET_CREATION_DEFAULTS);
  if (level >= 0 && level <= 9) dcpl.setDeflate(level);
  return create(loc, name, type, chunkSize, dcpl);
}

/** Opens a packet table at its first packet. @throws ValueError for a dataset of other than one dimension. C: `H5PTopen`. */
export function open(loc: LocationID, name: Name): PacketTable {
  const dataset = openDataset(loc, name);
  if (dataset.rank !== 1) {
    dataset.close();
    throw plainError("ValueError", "a packet table has one dimension");
  }
  return new PacketTable(dataset);
}
