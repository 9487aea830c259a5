/**
 * Tables: one-dimensional datasets of compounds that can grow, with attributes that describe them. C: `H5TB`.
 *
 * Records are in memory, where a {@link RecordLayout} says, or values: objects with the fields.
 */

import { decodeElement } from "../engine/conversion/element-decoder.ts";
import { nativeTypeOf } from "../engine/conversion/native-type.ts";
import type { CompoundMember, CompoundType } from "../format/datatype.ts";
import { unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toInt, toName, toSize } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { withElements } from "./element-buffer.ts";
import { elementContextOf } from "./element-context.ts";
import { create } from "./h5d.ts";
import { createSimple, UNLIMITED } from "./h5s.ts";
import type { LocationID } from "./location-id.ts";
import { DATASET_CREATION_DEFAULTS, PropDCID } from "./prop-dcpl.ts";
import {
  appendRecordsTo,
  countOf,
  layoutOf,
  memoryTypeOf,
  type RecordMemory,
  type Records,
  readIntoMemory,
  readValues,
  recordTotal,
  requireRange,
  writeRecordsAt,
} from "./record-memory.ts";
import { attachAttributes, type FieldFills, fillsOf, titleOf, updateRowCount } from "./table-attributes.ts";
import { fieldsOf, namesIn, tableType } from "./table-fields.ts";
import { TypeCompoundID } from "./type-composite.ts";
import { withDataset } from "./with-dataset.ts";

export type { RecordLayout, RecordMemory, Records } from "./record-memory.ts";
export { deleteField, type FieldOptions, insertField } from "./table-fields.ts";
export { addRecordsFrom, combineTables, deleteRecord, insertRecord } from "./table-records.ts";

const DEFLATE_LEVEL = 6;

/** What a new table is made with. */
export interface TableOptions {
  /** Records of a chunk. */
  readonly chunkSize: Size;
  /** Records that a table without data begins with. Default 0. */
  readonly nrecords?: Size;
  /** The fill value: one record in memory, packed as the type given, or as a value. Default: none. */
  readonly fillData?: ArrayBufferView | object | null;
  /** Whether to deflate, at level 6. Default false. */
  readonly compress?: boolean;
  /** The records, packed as the type given, or values. Default: none. */
  readonly data?: ArrayBufferView | readonly unknown[] | null;
}

/**
 * Makes a table.
 *
 * @param type - Names, offsets and types of the fields, both in memory and in the file. C: `type_size`, `field_names`, `field_offset`, `field_types`.
 * @throws ValueError when there is something of that name. C: `H5TBmake_table`.
 */
export function makeTable(
  tableTitle: string,
  loc: LocationID,
  name: Name,
  type: TypeCompoundID,
  options: TableOptions,
): void {
  expectInstance(type, TypeCompoundID, "type");
  const compound = type.datatype();
  const data = options.data ?? null;
  const records: Records = data === null ? [] : ArrayBuffer.isView(data) ? { bytes: data } : data;
  const count = data === null ? toSize(options.nrecords ?? 0) : countOf(records, compound);
  const fill = fillBytes(loc, compound, options.fillData ?? null);
  const dcpl = new PropDCID(DATASET_CREATION_DEFAULTS);
  dcpl.setChunk([options.chunkSize]);
  if (fill !== null) dcpl.setFillValue(fill, type);
  if (options.compress === true) dcpl.setDeflate(DEFLATE_LEVEL);
  const table = create(loc, name, type, createSimple([count], [UNLIMITED]), dcpl);
  try {
    if (data !== null) writeRecordsAt(table, 0, records, compound);
    attachAttributes(table, tableTitle, compound, fill === null ? new Map() : fieldBytes(compound, fill));
  } finally {
    table.close();
  }
}

function fillBytes(loc: LocationID, type: CompoundType, fill: ArrayBufferView | object | null): Uint8Array | null {
  if (fill === null) return null;
  const given = ArrayBuffer.isView(fill) ? fill : [fill];
  return withElements(loc.location().file.engine, type, given, (bytes) => bytes.slice(0, type.size));
}

function fieldBytes(type: CompoundType, record: Uint8Array): FieldFills {
  return new Map(
    type.members.map((member) => [member.name, record.slice(member.byteOffset, member.byteOffset + member.type.size)]),
  );
}

/** Writes records over those from `start` on. @throws RuntimeError when there are not so many. C: `H5TBwrite_records`. */
export function writeRecords(loc: LocationID, name: Name, start: Size, records: Records): void {
  withDataset(loc, name, (table) => writeFields("H5TBwrite_records", table, tableType(table).members, start, records));
}

function writeFields(
  where: string,
  table: DatasetID,
  fields: readonly CompoundMember[],
  start: Size,
  records: Records,
): void {
  const type = memoryTypeOf(fields, layoutOf(records));
  const first = toSize(start);
  requireRange(where, table, first, countOf(records, type));
  writeRecordsAt(table, first, records, type);
}

/**
 * Writes some fields, the others stay.
 *
 * @param fieldNames - Separated by commas. Fields are in memory in the order that they have in the table.
 * @throws KeyError for a name that no field has. C: `H5TBwrite_fields_name`.
 */
export function writeFieldsName(loc: LocationID, name: Name, fieldNames: Name, start: Size, records: Records): void {
  withDataset(loc, name, (table) =>
    writeFields("H5TBwrite_fields_name", table, fieldsNamed(table, fieldNames), start, records),
  );
}

/** As {@link writeFieldsName}, of fields by their numbers, in the order given. C: `H5TBwrite_fields_index`. */
export function writeFieldsIndex(
  loc: LocationID,
  name: Name,
  fieldIndex: readonly Size[],
  start: Size,
  records: Records,
): void {
  withDataset(loc, name, (table) =>
    writeFields("H5TBwrite_fields_index", table, fieldsAt(table, fieldIndex), start, records),
  );
}

/** Adds records at the end. C: `H5TBappend_records`. */
export function appendRecords(loc: LocationID, name: Name, records: Records): void {
  withDataset(loc, name, (table) => {
    appendRecordsTo(table, records, memoryTypeOf(tableType(table).members, layoutOf(records)));
    updateRowCount(table, recordTotal(table));
  });
}

function fieldsNamed(table: DatasetID, fieldNames: Name): CompoundMember[] {
  return fieldsOf(tableType(table), namesIn(toName(fieldNames)));
}

function fieldsAt(table: DatasetID, fieldIndex: readonly Size[]): CompoundMember[] {
  const { members } = tableType(table);
  return fieldIndex.map((index) => {
    const member = members[toInt(index)];
    if (member === undefined) throw unspecifiedError("H5Tget_member_name");
    return member;
  });
}

function readFields(
  where: string,
  table: DatasetID,
  fields: readonly CompoundMember[],
  start: Size,
  nrecords: Size,
  into: RecordMemory | undefined,
): unknown[] {
  const [first, count] = [toSize(start), toSize(nrecords)];
  const type = memoryTypeOf(fields, into?.layout);
  requireRange(where, table, first, count);
  if (into === undefined) return readValues(table, first, count, type);
  readIntoMemory(table, first, count, type, into.bytes);
  return [];
}

/** All records, as values; with `into`, they are read into memory and the list is empty. C: `H5TBread_table`. */
export function readTable(loc: LocationID, name: Name, into?: RecordMemory): unknown[] {
  return withDataset(loc, name, (table) =>
    readFields("H5TBread_table", table, tableType(table).members, 0, recordTotal(table), into),
  );
}

/** `nrecords` records from `start` on, as {@link readTable}. @throws RuntimeError when there are not so many. C: `H5TBread_records`. */
export function readRecords(loc: LocationID, name: Name, start: Size, nrecords: Size, into?: RecordMemory): unknown[] {
  return withDataset(loc, name, (table) =>
    readFields("H5TBread_records", table, tableType(table).members, start, nrecords, into),
  );
}

/** Some fields, named with commas between; otherwise as {@link readRecords}. C: `H5TBread_fields_name`. */
export function readFieldsName(
  loc: LocationID,
  name: Name,
  fieldNames: Name,
  start: Size,
  nrecords: Size,
  into?: RecordMemory,
): unknown[] {
  return withDataset(loc, name, (table) =>
    readFields("H5TBread_fields_name", table, fieldsNamed(table, fieldNames), start, nrecords, into),
  );
}

/** Some fields by their numbers, in the order given; otherwise as {@link readRecords}. C: `H5TBread_fields_index`. */
export function readFieldsIndex(
  loc: LocationID,
  name: Name,
  fieldIndex: readonly Size[],
  start: Size,
  nrecords: Size,
  into?: RecordMemory,
): unknown[] {
  return withDataset(loc, name, (table) =>
    readFields("H5TBread_fields_index", table, fieldsAt(table, fieldIndex), start, nrecords, into),
  );
}

/** How large a table is. */
export interface TableInfo {
  /** Number of fields. */
  readonly nfields: number;
  /** Number of records. */
  readonly nrecords: number;
}

/**
 * Numbers of fields and records of a table.
 *
 * @throws KeyError when there is no dataset, TypeError for one of something else. C: `H5TBget_table_info`.
 */
export function getTableInfo(loc: LocationID, name: Name): TableInfo {
  return withDataset(loc, name, (table) => ({
    nfields: tableType(table).members.length,
    nrecords: recordTotal(table),
  }));
}

/** The fields of a table as they are in memory when nothing else is asked for. */
export interface FieldInfo {
  /** Names of the fields, in the table's order. */
  readonly fieldNames: readonly string[];
  /** Bytes of each field. */
  readonly fieldSizes: readonly number[];
  /** Bytes from the start of a record to each field. */
  readonly fieldOffsets: readonly number[];
  /** Bytes of a record. */
  readonly typeSize: number;
}

/**
 * The fields of a table as a C program has them in memory.
 *
 * @throws as {@link getTableInfo}. C: `H5TBget_field_info`.
 */
export function getFieldInfo(loc: LocationID, name: Name): FieldInfo {
  return withDataset(loc, name, (table) => {
    const { members, size } = nativeTypeOf(tableType(table)) as CompoundType;
    return {
      fieldNames: members.map((member) => member.name),
      fieldSizes: members.map((member) => member.type.size),
      fieldOffsets: members.map((member) => member.byteOffset),
      typeSize: size,
    };
  });
}

/** The title of a table. @throws KeyError when it has none. C: `H5TBAget_title`. */
export function getTitle(table: DatasetID): string {
  return titleOf(table);
}

/** The fill value of a table, as a value; null unless every field has one. C: `H5TBAget_fill`. */
export function getFill(loc: LocationID, name: Name): unknown {
  return withDataset(loc, name, (table) => {
    const type = tableType(table);
    const fills = fillsOf(table, type);
    if (fills.size < type.members.length) return null;
    const record = new Uint8Array(type.size);
    for (const { name: field, byteOffset } of type.members) record.set(fills.get(field) as Uint8Array, byteOffset);
    return decodeElement(type, record, elementContextOf(table.location().object.file));
  });
}
