/** Fields of tables: which there are, and tables with one more or one less. */
import type { CompoundMember, CompoundType } from "../format/datatype.ts";
import { compound } from "../format/predefined-datatypes.ts";
import { libraryError, record, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName, toSize } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { withElements } from "./element-buffer.ts";
import { create } from "./h5d.ts";
import { link } from "./h5o.ts";
import { createSimple, UNLIMITED } from "./h5s.ts";
import { unlink } from "./link-operations.ts";
import type { LocationID } from "./location-id.ts";
import { DATASET_CREATION_DEFAULTS, PropDCID } from "./prop-dcpl.ts";
import { copyRecords, recordTotal, writeRecordsAt } from "./record-memory.ts";
import { attachAttributes, type FieldFills, fillsOf, titleOf } from "./table-attributes.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";
import { withDataset } from "./with-dataset.ts";

/** The compound of a table in the file. @throws TypeError for a dataset of something else. */
export function tableType(table: DatasetID): CompoundType {
  const type = table.getType().datatype();
  if (type.class === "compound") return type;
  throw libraryError([
    record("H5Tget_nmembers", "DATATYPE", "CANTINIT", "cannot return member number"),
    record("H5T_get_nmembers", "ARGS", "BADTYPE", "operation not supported for type class"),
  ]);
}

/** The names in a list with commas. */
export function namesIn(list: string): string[] {
  return list.split(",");
}

/** The fields of some names, in their order in the table. @throws KeyError for a name that none has. */
export function fieldsOf(type: CompoundType, names: readonly string[]): CompoundMember[] {
  for (const name of names) requireField(type, name);
  return type.members.filter((member) => names.includes(member.name));
}

function requireField(type: CompoundType, name: string): CompoundMember {
  const member = type.members.find((one) => one.name === name);
  if (member !== undefined) return member;
  throw libraryError([
    record("H5TBget_field_info", "DATATYPE", "NOTFOUND", "unable to find field"),
    record("H5Tget_member_index", "DATATYPE", "NOTFOUND", `no field "${name}"`),
  ]);
}

/** A dataset for a table; `name` null for one without a link. */
export function newTable(
  loc: LocationID,
  name: Name | null,
  type: CompoundType,
  dcpl: PropDCID,
  count: number,
): DatasetID {
  return create(loc, name, typeIdOf(type), createSimple([count], [UNLIMITED]), dcpl);
}

/** Fields one after the other from the start, in an element of `size` bytes. */
function inSequence(members: readonly Pick<CompoundMember, "name" | "type">[], size: number): CompoundType {
  let byteOffset = 0;
  const placed = members.map(({ name, type }) => {
    const member = { name, byteOffset, type };
    byteOffset += type.size;
    return member;
  });
  return compound(placed, size);
}

/** Puts a table of other fields in the place of one: the records' common fields, the chunks and the title are the same. */
function replaceTable(
  loc: LocationID,
  name: Name,
  table: DatasetID,
  type: CompoundType,
  fills: FieldFills,
  finish: (table: DatasetID) => void,
): void {
  const count = recordTotal(table);
  const old = tableType(table);
  const common = compound(
    old.members.filter(({ name: field }) => type.members.some((member) => member.name === field)),
    old.size,
  );
  const title = titleOf(table);
  const dcpl = new PropDCID(DATASET_CREATION_DEFAULTS);
  dcpl.setChunk(table.getCreatePlist().getChunk());
  const replacement = newTable(loc, null, type, dcpl, count);
  try {
    copyRecords(table, 0, replacement, 0, count, common);
    finish(replacement);
    attachAttributes(replacement, title, type, fills);
    unlink(loc.location(), toName(name));
    link(replacement, loc, name);
  } finally {
    replacement.close();
  }
}

/** What a new field begins with. */
export interface FieldOptions {
  /** The fill value, kept as an attribute: one element of the field's type in memory, or a value. Default: none. */
  readonly fillData?: ArrayBufferView | { readonly value: unknown } | null;
  /** An element for each record: packed elements of the field's type, or values. Default: zeros. */
  readonly data?: ArrayBufferView | readonly unknown[] | null;
}

/**
 * Adds a field before that of number `position`. As with the C library the table is made anew: it keeps its chunks, title and
 * fill values of fields, but neither filters nor attributes of the user's.
 *
 * @throws RuntimeError when `position` is behind the last field, or there is a field of that name. C: `H5TBinsert_field`.
 */
export function insertField(
  loc: LocationID,
  name: Name,
  fieldName: Name,
  fieldType: TypeID,
  position: Size,
  options: FieldOptions = {},
): void {
  expectInstance(fieldType, TypeID, "fieldType");
  const [text, index] = [toName(fieldName), toSize(position)];
  withDataset(loc, name, (table) => {
    table.requireWriteIntent();
    const old = tableType(table);
    if (index > old.members.length || old.members.some((member) => member.name === text)) {
      throw unspecifiedError("H5TBinsert_field");
    }
    const field = { name: text, type: fieldType.datatype() };
    const members = [...old.members.slice(0, index), field, ...old.members.slice(index)];
    const type = inSequence(members, old.size + field.type.size);
    const fills = new Map(fillsOf(table, old));
    const fill = fillOf(table, fieldType, options.fillData ?? null);
    if (fill !== undefined) fills.set(text, fill);
    const data = options.data ?? null;
    replaceTable(loc, name, table, type, fills, (replacement) => {
      if (data === null || recordTotal(table) === 0) return;
      const only = inSequence([field], field.type.size);
      const records = ArrayBuffer.isView(data) ? { bytes: data } : data.map((value) => [value]);
      writeRecordsAt(replacement, 0, records, only);
    });
  });
}

function fillOf(table: DatasetID, type: TypeID, fill: NonNullable<FieldOptions["fillData"]> | null) {
  if (fill === null) return undefined;
  const elements = ArrayBuffer.isView(fill) ? fill : [fill.value];
  const { file } = table.location().object;
  return withElements(file, type.datatype(), elements, (bytes) => bytes.slice());
}

/**
 * Takes a field out. The table is made anew, as by {@link insertField}.
 *
 * @throws KeyError when there is no such field; RuntimeError for the only one. C: `H5TBdelete_field`.
 */
export function deleteField(loc: LocationID, name: Name, fieldName: Name): void {
  const text = toName(fieldName);
  withDataset(loc, name, (table) => {
    table.requireWriteIntent();
    const old = tableType(table);
    const field = requireField(old, text);
    if (old.members.length === 1) throw unspecifiedError("H5TBdelete_field");
    const members = old.members.filter((member) => member !== field);
    const type = inSequence(members, old.size - field.type.size);
    replaceTable(loc, name, table, type, fillsOf(table, old), () => {});
  });
}
