/** Watching a dataset that another program appends to. C: `H5LD`, what h5watch is made of. */
import { product } from "../base/bits.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { nativeTypeOf } from "../engine/conversion/native-type.ts";
import type { CompoundType, Datatype } from "../format/datatype.ts";
import { compound } from "../format/predefined-datatypes.ts";
import { plainError, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Size, toSizesOfRank } from "./arguments.ts";
import { DatasetID } from "./dataset-id.ts";
import { elementContextOf } from "./element-context.ts";
import { createSimple, SELECT_NOTB, SELECT_SET } from "./h5s.ts";
import { bytesOf } from "./memory-type.ts";
import type { SpaceID } from "./space-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** Current dimensions. C: `H5LDget_dset_dims`. */
export function getDsetDims(dset: DatasetID): number[] {
  expectInstance(dset, DatasetID, "dset");
  return dset.shape ?? [];
}

/** A member of a member, and so on, alone in compounds as deep. */
interface Field {
  /** As it was asked for. */
  readonly name: string;
  /** Names from the outermost compound inwards. */
  readonly path: readonly string[];
  readonly type: Datatype;
}

function fieldOf(type: Datatype, name: string): Field {
  const path = splitAt(name, ".").map((part) => part.replace(/\\([,.])/g, "$1"));
  let found = type;
  for (const part of path) {
    const member = found.class === "compound" ? found.members.find((one) => one.name === part) : undefined;
    if (member === undefined) throw plainError("ValueError", `no field "${name}"`);
    found = member.type;
  }
  return { name, path, type: found };
}

/** The parts between separators; a backslash takes their meaning from commas and dots. */
function splitAt(text: string, separator: "." | ","): string[] {
  return text.split(separator === "," ? /(?<!\\),/ : /(?<!\\)\./);
}

function fieldsIn(type: Datatype, fields: string): Field[] {
  return splitAt(fields, ",").map((name) => fieldOf(type, name));
}

/** Compounds around a field, each of it alone. */
function aloneIn({ path, type }: Field): CompoundType {
  let wrapped = type;
  for (const name of [...path].reverse()) wrapped = compound([{ name, byteOffset: 0, type: wrapped }]);
  return wrapped as CompoundType;
}

/**
 * Bytes of an element in memory, in native types.
 *
 * @param fields - Names separated by commas, with dots for members of members: their sizes added up. A backslash makes a comma
 *   or dot part of a name. Default: the element.
 * @throws ValueError for a field that is not there, where C gives 0. C: `H5LDget_dset_type_size`.
 */
export function getDsetTypeSize(dset: DatasetID, fields: string | null = null): number {
  expectInstance(dset, DatasetID, "dset");
  const type = nativeTypeOf(dset.getType().datatype());
  if (fields === null) return type.size;
  return fieldsIn(type, fields).reduce((sum, field) => sum + field.type.size, 0);
}

/** What lies in the box of `curDims` and not in that of `prevDims`. */
function newElements(dset: DatasetID, prevDims: readonly number[], curDims: readonly number[]): SpaceID {
  const space = dset.getSpace();
  const start = curDims.map(() => 0);
  const one = curDims.map(() => 1);
  if (product(curDims) === 0) throw unspecifiedError("H5LDget_dset_elmts");
  space.selectHyperslab(start, one, null, curDims, SELECT_SET);
  if (product(prevDims) > 0) space.selectHyperslab(start, one, null, prevDims, SELECT_NOTB);
  if (space.getSelectNpoints() === 0 || !space.selectValid()) throw unspecifiedError("H5LDget_dset_elmts");
  return space;
}

/**
 * The elements that are in `curDims` but were not in `prevDims`, as values in row-major order: records of the fields asked
 * for, under their names as given. With `into` they are read into memory, the fields of each packed one after the other in
 * native types, and the list is empty.
 *
 * @param fields - As for {@link getDsetTypeSize}.
 * @throws RuntimeError when there are none. C: `H5LDget_dset_elmts`.
 */
export function getDsetElmts(
  dset: DatasetID,
  prevDims: readonly Size[],
  curDims: readonly Size[],
  fields: string | null = null,
  into?: ArrayBufferView,
): unknown[] {
  expectInstance(dset, DatasetID, "dset");
  const [before, now] = [toSizesOfRank(prevDims, dset.rank, "prevDims"), toSizesOfRank(curDims, dset.rank, "curDims")];
  const type = nativeTypeOf(dset.getType().datatype());
  const space = newElements(dset, before, now);
  const count = space.getSelectNpoints();
  const memory = createSimple([count]);
  const wanted: Field[] = fields === null ? [{ name: "", path: [], type }] : fieldsIn(type, fields);
  const columns = wanted.map((field) => {
    const bytes = new Uint8Array(count * field.type.size);
    dset.read(memory, space, bytes, typeIdOf(field.path.length === 0 ? field.type : aloneIn(field)));
    return bytes;
  });
  if (into !== undefined) {
    interleave(columns, wanted, count, bytesOf(into));
    return [];
  }
  const context = elementContextOf(dset.location().object.file);
  const values = wanted.map((field, i) => decodeElements(field.type, columns[i] as Uint8Array, count, context));
  if (fields === null) return values[0] as unknown[];
  return Array.from({ length: count }, (_, n) =>
    Object.fromEntries(wanted.map((field, i) => [field.name, values[i]?.[n]])),
  );
}

function interleave(columns: readonly Uint8Array[], fields: readonly Field[], count: number, into: Uint8Array): void {
  const size = fields.reduce((sum, field) => sum + field.type.size, 0);
  if (into.length < count * size) {
    throw plainError("ValueError", `${into.length} bytes for ${count} elements of ${size}`);
  }
  let offset = 0;
  for (const [i, { type }] of fields.entries()) {
    const column = columns[i] as Uint8Array;
    for (let n = 0; n < count; n++) into.set(column.subarray(n * type.size, (n + 1) * type.size), offset + n * size);
    offset += type.size;
  }
}
