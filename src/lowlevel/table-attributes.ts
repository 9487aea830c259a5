/**
 * The attributes that make a dataset a table.
 *
 * Specification: "HDF5 Table Specification", version 1.0; the high-level library calls what it writes 3.0.
 *
 * | attribute    | value                                                       |
 * | ------------ | ----------------------------------------------------------- |
 * | CLASS        | "TABLE"                                                     |
 * | VERSION      | "3.0"                                                       |
 * | TITLE        | any text                                                    |
 * | FIELD_i_NAME | name of field i                                             |
 * | FIELD_i_FILL | fill value of field i, in its type; may be missing          |
 * | NROWS        | number of records; kept by PyTables, not by the C library   |
 */
import type { CompoundType } from "../format/datatype.ts";
import type { DatasetID } from "./dataset-id.ts";
import { open as openAttribute } from "./h5a.ts";
import { SCALAR } from "./h5s.ts";
import { findAttribute, getAttributeString, putAttribute, setAttributeString } from "./lite-attributes.ts";
import { extentOfClass } from "./space-extent.ts";
import { typeIdOf } from "./type-wrap.ts";

const ROWS = "NROWS";

/** Fill values of fields by name, each in the field's type in the file. */
export type FieldFills = ReadonlyMap<string, Uint8Array>;

function fillName(field: number): string {
  return `FIELD_${field}_FILL`;
}

/** Gives a new table its attributes. */
export function attachAttributes(table: DatasetID, title: string, type: CompoundType, fills: FieldFills): void {
  setAttributeString(table, ".", "CLASS", "TABLE");
  setAttributeString(table, ".", "VERSION", "3.0");
  setAttributeString(table, ".", "TITLE", title);
  for (const [i, member] of type.members.entries()) {
    setAttributeString(table, ".", `FIELD_${i}_NAME`, member.name);
    const fill = fills.get(member.name);
    if (fill !== undefined) putAttribute(table, ".", fillName(i), extentOfClass(SCALAR), member.type, fill);
  }
}

/** The title of a table. @throws KeyError when it has none. */
export function titleOf(table: DatasetID): string {
  return getAttributeString(table, ".", "TITLE");
}

/** The fill values that a table has. */
export function fillsOf(table: DatasetID, type: CompoundType): FieldFills {
  const fills = new Map<string, Uint8Array>();
  for (const [i, member] of type.members.entries()) {
    if (!findAttribute(table, fillName(i))) continue;
    const attribute = openAttribute(table, fillName(i));
    const bytes = new Uint8Array(member.type.size);
    try {
      attribute.read(bytes, typeIdOf(member.type));
    } finally {
      attribute.close();
    }
    fills.set(member.name, bytes);
  }
  return fills;
}

/** Keeps the number of records of a table that PyTables made. */
export function updateRowCount(table: DatasetID, total: number): void {
  if (!findAttribute(table, ROWS)) return;
  const attribute = openAttribute(table, ROWS);
  try {
    attribute.write(BigInt64Array.of(BigInt(total)));
  } finally {
    attribute.close();
  }
}
