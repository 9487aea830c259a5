/** Records of one-dimensional datasets: how they lie in memory, and ranges of them read and written. */

import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { nativeTypeOf } from "../engine/conversion/native-type.ts";
import type { CompoundMember, CompoundType, Datatype } from "../format/datatype.ts";
import { compound, packedCompound } from "../format/predefined-datatypes.ts";
import { plainError, unspecifiedError } from "./api-error.ts";
import { type Size, toSize, toSizes } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { withElements } from "./element-buffer.ts";
import { elementContextOf } from "./element-context.ts";
import { createSimple } from "./h5s.ts";
import { bytesOf } from "./memory-type.ts";
import type { SpaceID } from "./space-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** Where the fields of a record are in memory. C: `type_size`, `field_offset`, `field_sizes` of `H5TB` functions. */
export interface RecordLayout {
  /** Bytes from one record to the next. */
  readonly typeSize: Size;
  /** Bytes from the start of a record to each field. */
  readonly fieldOffset: readonly Size[];
  /** Bytes of each field. Default: those of its native type. */
  readonly fieldSizes?: readonly Size[];
}

/** Records in memory, all of them: `bytes` is a whole number of records long. */
export interface RecordMemory {
  /** The records, one behind the other. */
  readonly bytes: ArrayBufferView;
  /** Default: the fields in native types, aligned as a C compiler does it. */
  readonly layout?: RecordLayout;
}

/** Records to be written: in memory, or as values. */
export type Records = RecordMemory | readonly unknown[];

const BLOCK_BYTES = 1 << 20;

function isMemory(records: Records): records is RecordMemory {
  return !Array.isArray(records);
}

/** The compound that a layout makes of some fields of a table. Without a layout, what a C compiler makes of them. */
export function memoryTypeOf(members: readonly CompoundMember[], layout: RecordLayout | undefined): CompoundType {
  if (layout === undefined) return nativeTypeOf(packedCompound(members)) as CompoundType;
  const size = toSize(layout.typeSize);
  const offsets = toSizes(layout.fieldOffset, "fieldOffset");
  const sizes = layout.fieldSizes === undefined ? undefined : toSizes(layout.fieldSizes, "fieldSizes");
  if (offsets.length !== members.length || (sizes ?? offsets).length !== members.length) {
    throw plainError("ValueError", `a layout for ${members.length} fields has as many offsets and sizes`);
  }
  return compound(
    members.map(({ name, type }, i) => {
      const byteOffset = offsets[i] as number;
      const field = resized(nativeTypeOf(type), sizes?.[i]);
      if (byteOffset + field.size > size) {
        throw plainError("ValueError", `field "${name}" extends past the end of a record of ${size} bytes`);
      }
      return { name, byteOffset, type: field };
    }),
    size,
  );
}

function resized(type: Datatype, size: number | undefined): Datatype {
  if (size === undefined || size === type.size) return type;
  const id = typeIdOf(type);
  id.setSize(size);
  return id.datatype();
}

/** How many records `records` are, of a memory type. */
export function countOf(records: Records, type: Datatype): number {
  if (!isMemory(records)) return records.length;
  const count = records.bytes.byteLength / type.size;
  if (!Number.isInteger(count)) {
    throw plainError("ValueError", `${records.bytes.byteLength} bytes are no whole number of records of ${type.size}`);
  }
  return count;
}

/** The layout that goes with records. */
export function layoutOf(records: Records): RecordLayout | undefined {
  return isMemory(records) ? records.layout : undefined;
}

/** Records of a one-dimensional dataset. */
export function recordTotal(dataset: DatasetID): number {
  return dataset.shape?.[0] ?? 0;
}

/** The dataspaces of a range in the file and in memory. */
function spacesOf(dataset: DatasetID, start: number, count: number): { file: SpaceID; memory: SpaceID } {
  const file = dataset.getSpace();
  file.selectHyperslab([start], [count]);
  return { file, memory: createSimple([count]) };
}

/** @throws RuntimeError when not all of a range is there. */
export function requireRange(where: string, dataset: DatasetID, start: number, count: number): void {
  if (start + count > recordTotal(dataset)) throw unspecifiedError(where);
}

function readRange(dataset: DatasetID, start: number, count: number, type: Datatype, bytes: Uint8Array): void {
  if (count === 0) return;
  const { file, memory } = spacesOf(dataset, start, count);
  dataset.read(memory, file, bytes, typeIdOf(type));
}

function writeRange(dataset: DatasetID, start: number, count: number, type: Datatype, bytes: Uint8Array): void {
  if (count === 0) return;
  const { file, memory } = spacesOf(dataset, start, count);
  dataset.write(memory, file, bytes, typeIdOf(type));
}

/** Reads a range into memory. @throws ValueError when `into` has not the room. */
export function readIntoMemory(
  dataset: DatasetID,
  start: number,
  count: number,
  type: Datatype,
  into: ArrayBufferView,
): void {
  const bytes = bytesOf(into);
  if (bytes.length < count * type.size) {
    throw plainError("ValueError", `${bytes.length} bytes for ${count} records of ${type.size}`);
  }
  readRange(dataset, start, count, type, bytes);
}

/** A range as values. */
export function readValues(dataset: DatasetID, start: number, count: number, type: Datatype): unknown[] {
  const bytes = new Uint8Array(count * type.size);
  readRange(dataset, start, count, type, bytes);
  return decodeElements(type, bytes, count, elementContextOf(dataset.location().object.file));
}

/** Writes records from `start` on, which are there already. */
export function writeRecordsAt(dataset: DatasetID, start: number, records: Records, type: Datatype): void {
  const count = countOf(records, type);
  const { file } = dataset.location().object;
  withElements(file, type, isMemory(records) ? records.bytes : records, (bytes) =>
    writeRange(dataset, start, count, type, bytes),
  );
}

/** Makes a dataset longer and writes records at its end. */
export function appendRecordsTo(dataset: DatasetID, records: Records, type: Datatype): void {
  const total = recordTotal(dataset);
  const count = countOf(records, type);
  const { file } = dataset.location().object;
  file.requireWritable();
  withElements(file, type, isMemory(records) ? records.bytes : records, (bytes) => {
    dataset.setExtent([total + count]);
    writeRange(dataset, total, count, type, bytes);
  });
}

/** Copies a range of one dataset to a place in another, or in the same one, a block at a time. Ranges may overlap. */
export function copyRecords(
  source: DatasetID,
  sourceStart: number,
  target: DatasetID,
  targetStart: number,
  count: number,
  type: Datatype,
): void {
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / type.size));
  const bytes = new Uint8Array(Math.min(perBlock, count) * type.size);
  const backwards = targetStart > sourceStart;
  for (let done = 0; done < count; done += perBlock) {
    const length = Math.min(perBlock, count - done);
    const at = backwards ? count - done - length : done;
    readRange(source, sourceStart + at, length, type, bytes);
    writeRange(target, targetStart + at, length, type, bytes);
  }
}
