/** Datatypes, values and selections of calls.ts for h5ts. */
import {
  arrayDtype,
  complexCompatDtype,
  compoundDtype,
  Dataset,
  type DtypeLike,
  Empty,
  enumDtype,
  type File,
  type IndexArgument,
  MultiBlockSlice,
  mask,
  refDtype,
  regionrefDtype,
  type SelectionArguments,
  slice,
  stringDtype,
  vlenDtype,
} from "../../../src/index.ts";
import type { NumericArray } from "../../../src/lowlevel/memory-type.ts";
import type { ElementSpec, IndexSpec, SelectionSpec, TypeSpec, ValueSpec } from "./calls.ts";

export function dtypeOf(spec: TypeSpec): Exclude<DtypeLike, string> | string {
  switch (spec.kind) {
    case "number":
      return spec.code;
    case "bool":
      return "|b1";
    case "complex":
      return complexCompatDtype(spec.part);
    case "enum":
      return enumDtype(spec.members, { basetype: spec.base });
    case "string":
      return stringDtype({ encoding: spec.encoding, length: spec.length });
    case "opaque":
      return `V${spec.size}`;
    case "compound":
      return compoundDtype(Object.fromEntries(spec.fields.map(([name, type]) => [name, dtypeOf(type)])));
    case "vlen":
      return vlenDtype(dtypeOf(spec.base));
    case "array":
      return arrayDtype(dtypeOf(spec.base), spec.dims);
    case "reference":
      return spec.region ? regionrefDtype : refDtype;
  }
}

const ARRAYS: Readonly<Record<string, new (length: number) => { [n: number]: number | bigint }>> = {
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};

/** Numbers in an array for a code, without its byte order. */
export function numbersOf(code: string, items: readonly ElementSpec[]): NumericArray {
  const array = new (ARRAYS[code.slice(1)] as NonNullable<(typeof ARRAYS)[string]>)(items.length);
  items.forEach((item, i) => {
    array[i] = numberOf(code, item);
  });
  return array as NumericArray;
}

function numberOf(code: string, item: ElementSpec): number | bigint {
  if (code.includes("f")) return item === "nan" ? Number.NaN : Number(String(item).replace("inf", "Infinity"));
  return code.endsWith("8") ? BigInt(item as number | string) : Number(item);
}

function elementOf(spec: TypeSpec, item: ElementSpec, f: File): unknown {
  switch (spec.kind) {
    case "number":
      return numberOf(spec.code, item);
    case "complex": {
      const [r, i] = (item as readonly ElementSpec[]).map((part) => numberOf("f8", part));
      return { r, i };
    }
    case "opaque":
      return Uint8Array.from(Buffer.from(item as string, "hex"));
    case "compound": {
      const values = item as readonly ElementSpec[];
      return Object.fromEntries(
        spec.fields.map(([name, type], i) => [name, elementOf(type, values[i] as ElementSpec, f)]),
      );
    }
    case "vlen":
      return (item as readonly ElementSpec[]).map((each) => elementOf(spec.base, each, f));
    case "array":
      return nested(
        spec.dims,
        (item as readonly ElementSpec[]).map((each) => elementOf(spec.base, each, f)),
      );
    case "reference":
      return referenceOf(item as { object: string; selection?: SelectionSpec }, f);
    default:
      return item;
  }
}

/** In h5py's words; here such a target has no method to call. */
class NoRegions extends Error {
  override readonly name = "TypeError";

  constructor() {
    super("Region references can only be made to datasets");
  }
}

function referenceOf({ object, selection }: { object: string; selection?: SelectionSpec }, f: File): unknown {
  const target = f.get(object);
  if (selection !== undefined && !(target instanceof Dataset)) throw new NoRegions();
  return selection === undefined ? target.ref : target.regionRef(selectionOf(selection, f));
}

function nested(shape: readonly number[], items: readonly unknown[]): unknown {
  const [length, ...inner] = shape;
  if (length === undefined) return items[0];
  const step = length === 0 ? 0 : items.length / length;
  return Array.from({ length }, (_, i) => nested(inner, items.slice(i * step, (i + 1) * step)));
}

/** The type's own elements, flat, and its dimensions. */
function flattened(spec: ValueSpec): { type: TypeSpec; shape: readonly number[]; items: readonly ElementSpec[] } {
  let { type, items } = spec;
  let shape = spec.shape ?? [];
  while (type.kind === "array") {
    items = items.flatMap((item) => item as readonly ElementSpec[]);
    shape = [...shape, ...type.dims];
    type = type.base;
  }
  return { type, shape, items };
}

export function givenValue(spec: ValueSpec, f: File): unknown {
  if (spec.shape === null) return new Empty(dtypeOf(spec.type));
  if (spec.form === "list") {
    const items = spec.items.map((item) => elementOf(spec.type, item, f));
    return nested(spec.shape, items);
  }
  const { type, shape, items } = flattened(spec);
  if (shape.length === 0 && type.kind !== "number") return elementOf(type, items[0] as ElementSpec, f);
  const typed = type.kind === "number" ? ARRAYS[type.code.slice(1)] : undefined;
  if (typed === undefined) return { data: items.map((item) => elementOf(type, item, f)), shape };
  const data = new typed(items.length);
  items.forEach((item, i) => {
    data[i] = elementOf(type, item, f) as number | bigint;
  });
  return { data, shape };
}

function indexOf(arg: IndexSpec): IndexArgument {
  if (typeof arg !== "object" || arg === null) return arg;
  if ("slice" in arg) return slice(...(arg.slice as [number, number, number]));
  if ("list" in arg) {
    if (arg.code === undefined) return arg.list;
    const array = new (ARRAYS[arg.code] as new (length: number) => BigInt64Array)(arg.list.length);
    arg.list.forEach((item, i) => {
      array[i] = (arg.code?.endsWith("8") ? BigInt(item) : item) as bigint;
    });
    return array;
  }
  if ("mask" in arg) return arg.mask;
  if ("field" in arg) return arg.field;
  const [start, stride, count, block] = arg.blocks;
  return new MultiBlockSlice({ start, stride, block, ...(count === null ? {} : { count }) });
}

export function selectionOf(spec: SelectionSpec, f: File): SelectionArguments {
  if ("mask" in spec) return mask(spec.mask, spec.shape);
  if ("region" in spec) return f.get(spec.region).regionRef(selectionOf(spec.of, f));
  const args = spec.args.map(indexOf);
  const [only] = args;
  return spec.bare && !Array.isArray(only) ? only : args;
}
