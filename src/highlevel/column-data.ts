/** Records given as columns: what is written without an object a row. */
import { allocateBytes } from "../base/memory.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { copyRuns } from "../engine/dataset-io/copy-runs.ts";
import { printedShape } from "../engine/selection/index-errors.ts";
import type { CompoundType, Datatype } from "../format/datatype.ts";
import { arrayOf, packedCompound } from "../format/predefined-datatypes.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { requireRecord } from "./argument-checks.ts";
import type { EncodedValue, TypedValue } from "./encode-value.ts";

/** Values of each member of a compound, an array each. */
export class ColumnData {
  /** Values by the names of the members. */
  readonly columns: ReadonlyMap<string, unknown>;
  /** Dimensions of the records; undefined for one dimension, as long as the columns are. */
  readonly shape: readonly number[] | undefined;

  /** As {@link fromColumns}. */
  constructor(columns: ReadonlyMap<string, unknown>, shape?: readonly number[]) {
    this.columns = columns;
    this.shape = shape;
  }
}

/**
 * Records to be written, given as an array of values for each member: typed arrays, arrays of strings, `{ data, shape }`
 * where members are arrays.
 *
 * ```ts
 * f.set("table", fromColumns({ x: Float64Array.of(1, 2), name: ["a", "b"] }));
 * ```
 *
 * @param shape - Of the records. Default: one dimension.
 * @throws TypeError for columns that have no names.
 */
export function fromColumns(
  columns: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>,
  shape?: readonly number[],
): ColumnData {
  requireRecord(columns);
  return new ColumnData(columns instanceof Map ? columns : new Map(Object.entries(columns)), shape);
}

/** How values are typed and encoded; the functions of encode-value.ts, which calls this. */
export interface ColumnEncoding {
  typedValueOf(value: unknown, datatype?: Datatype): TypedValue;
  encodeValue(type: Datatype, value: unknown, context: ElementContext): EncodedValue;
}

/** The compound that columns are stored as when no datatype is named: members in their order, without gaps. */
export function inferColumns({ columns }: ColumnData, { typedValueOf }: ColumnEncoding): CompoundType {
  return packedCompound(
    [...columns].map(([name, values]) => {
      const { datatype, shape } = typedValueOf(values);
      return { name, type: shape.length > 1 ? arrayOf(datatype, shape.slice(1)) : datatype };
    }),
  );
}

/**
 * The elements of a compound from columns of its members.
 *
 * @throws ValueError when a member has no column, a column is of another length or has no member, or the shape does not
 *   fit; TypeError for a datatype that is no compound.
 */
export function encodeColumns(
  type: Datatype,
  { columns, shape }: ColumnData,
  context: ElementContext,
  { encodeValue }: ColumnEncoding,
): EncodedValue {
  if (type.class !== "compound") throw plainError("TypeError", "columns are for compound types");
  for (const name of columns.keys()) {
    if (!type.members.some((member) => member.name === name))
      throw plainError("ValueError", `no field of name ${name}`);
  }
  const encoded = type.members.map((member) => {
    if (!columns.has(member.name)) throw plainError("ValueError", `no column for field ${member.name}`);
    return { name: member.name, ...encodeValue(member.type, columns.get(member.name), context) };
  });
  const count = rowCountOf(encoded);
  if (shape !== undefined && shape.reduce((size, dim) => size * dim, 1) !== count) {
    throw plainError("ValueError", `cannot reshape array of size ${count} into shape ${printedShape(shape)}`);
  }
  const memoryType = packedCompound(encoded.map(({ name, memoryType: inner }) => ({ name, type: inner })));
  return { bytes: interleaved(encoded, memoryType, count), memoryType, shape: shape ?? [count] };
}

function rowCountOf(encoded: readonly (EncodedValue & { readonly name: string })[]): number {
  const [first] = encoded;
  const count = first?.shape[0] ?? 0;
  for (const { name, shape } of encoded) {
    if (shape.length === 1 && shape[0] === count) continue;
    throw plainError("ValueError", `column ${name} has shape ${printedShape(shape)}, not ${printedShape([count])}`);
  }
  return count;
}

function interleaved(encoded: readonly EncodedValue[], type: CompoundType, count: number): Uint8Array {
  const bytes = allocateBytes(count * type.size);
  encoded.forEach((column, i) => {
    const { size } = column.memoryType;
    const byteOffset = type.members[i]?.byteOffset ?? 0;
    copyRuns(bytes, byteOffset, type.size, column.bytes, 0, size, size, count);
  });
  return bytes;
}
