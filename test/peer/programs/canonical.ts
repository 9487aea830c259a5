/** What h5ts gives, in the form in which values.py tells what h5py gives. */

import { dtypeText } from "../../../src/engine/conversion/dtype-text.ts";
import { isReferenceValue } from "../../../src/highlevel/infer-type.ts";
import {
  Dataset,
  Empty,
  ExternalLink,
  type File,
  Group,
  HardLink,
  type Link,
  type Member,
  type ReferenceValue,
  type Slice,
  SoftLink,
} from "../../../src/index.ts";

const CODES: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [Int8Array, "i1"],
  [Int16Array, "i2"],
  [Int32Array, "i4"],
  [BigInt64Array, "i8"],
  [Uint8Array, "u1"],
  [Uint16Array, "u2"],
  [Uint32Array, "u4"],
  [BigUint64Array, "u8"],
  [Float32Array, "f4"],
  [Float64Array, "f8"],
]);

/** One element, or any value within one. */
export function plain(value: unknown, f: File): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : printed(value);
  if (typeof value !== "object" || value === null) return value;
  if (isReferenceValue(value)) return referred(value, f);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, (item) => plain(item, f));
  if (Array.isArray(value)) return value.map((item) => plain(item, f));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, f)]));
}

function printed(value: number): string {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

function referred(reference: ReferenceValue, f: File): unknown {
  const isNull = reference.bytes.every((byte) => byte === 0);
  if (reference.kind === "object") return { object: isNull ? null : f.get(reference).name };
  if (isNull) return { region: null };
  const target = f.get(reference);
  return { region: target.name, selected: target.regionref.selection(reference) ?? [] };
}

/** An array as shape, code and elements; a single element bare. */
export function readValue(value: unknown, f: File): unknown {
  if (value instanceof Empty) return { empty: dtypeText(value.datatype) };
  if (typeof value !== "object" || value === null || !("data" in value && "shape" in value)) return plain(value, f);
  const data = value.data as ArrayLike<unknown>;
  const items = Array.from(data, (item) => plain(item, f));
  if ((value.shape as readonly number[]).length === 0) return items[0];
  return { code: CODES.get(data.constructor) ?? null, shape: value.shape, items };
}

export function classOf(thing: unknown): string {
  if (thing === undefined) return "NoneType";
  return thing instanceof Dataset ? "Dataset" : thing instanceof Group ? "Group" : "Datatype";
}

export function info(thing: Member, f: File): Record<string, unknown> {
  const found = { class: classOf(thing), name: thing.name, attrs: thing.attrs.length, text: String(thing) };
  if (thing instanceof Group) return { ...found, keys: thing.keys() };
  if (!(thing instanceof Dataset)) return { ...found, dtype: thing.dtype };
  const { dtype, shape, maxshape, ndim, size, chunks, compression, shuffle, fletcher32, scaleoffset } = thing;
  const isSimple = /^[<>|][iufSb]\d+$/.test(dtype);
  return {
    ...found,
    dtype,
    shape,
    maxshape,
    ndim,
    size,
    nbytes: isSimple && size !== null ? thing.nbytes : null,
    chunks,
    compression,
    opts: thing.compressionOpts,
    shuffle,
    fletcher32,
    scaleoffset,
    fillvalue: fillValue(thing, f),
    isVirtual: thing.isVirtual,
    isScale: thing.isScale,
  };
}

function fillValue(thing: Dataset, f: File): unknown {
  return thing.dtype.includes("O") ? null : plain(thing.fillvalue, f);
}

export function linkOf(link: Link): unknown {
  const path = link instanceof SoftLink || link instanceof ExternalLink ? link.path : null;
  return { link: linkClass(link), path, file: link instanceof ExternalLink ? link.filename : null };
}

export function linkClass(link: Link): string {
  return link instanceof HardLink ? "HardLink" : link instanceof SoftLink ? "SoftLink" : "ExternalLink";
}

export function slicesOf(part: readonly Slice[]): unknown {
  return part.map(({ start, stop, step }) => [start ?? null, stop ?? null, step ?? null]);
}

/** Everything that is in a file: objects once each, in the order of names. */
export function describeFile(f: File): unknown[] {
  const found: unknown[] = [];
  const seen = new Set<string>();
  const queue: Member[] = [f.getGroup("/")];
  for (let thing = queue.shift(); thing !== undefined; thing = queue.shift()) {
    const hash = thing.hash();
    if (seen.has(hash)) continue;
    seen.add(hash);
    found.push(described(thing, f));
    if (!(thing instanceof Group)) continue;
    for (const name of thing.keys()) {
      if (thing.get(name, { getlink: true }) instanceof HardLink) queue.push(thing.get<Member>(name));
    }
  }
  return found;
}

function described(thing: Member, f: File): unknown {
  const attributes = thing.attrs.keys().map((name) => [name, attempt(() => readValue(thing.attrs.get(name), f))]);
  const facts = { ...info(thing, f), attributes: Object.fromEntries(attributes) };
  if (thing instanceof Group) {
    return { ...facts, links: thing.keys().map((name) => linkOf(thing.get(name, { getlink: true }) as Link)) };
  }
  if (!(thing instanceof Dataset)) return facts;
  return { ...facts, elements: attempt(() => readValue(thing.read<unknown>(), f)) };
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    throw error;
  }
}
