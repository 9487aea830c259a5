/**
 * Values of many elements in one loop: numbers, booleans and pairs of numbers, of which there may be millions.
 *
 * A loop that knows the datatype reads an element in a few nanoseconds; a call of a function for each costs several times as
 * much, since whatever else was read before made that call one of many (Node 20).
 */
import type { CompoundType, Datatype } from "../../format/datatype.ts";
import { numberReader, SharedView } from "./numeric-access.ts";
import { type NumericLayout, numericLayoutOf } from "./numeric-layout.ts";

/**
 * Puts the values of `count` elements into `values`, from `start` on. The first element is at `offset`, each other `stride`
 * bytes behind the one before. The caller sees to it that all bytes of all elements are there.
 */
export type BlockReader<Values = unknown[]> = (
  values: Values,
  start: number,
  count: number,
  bytes: Uint8Array,
  offset: number,
  stride: number,
) => void;

/** The value of one element, whose bytes are all there. */
export type ElementReader = (bytes: Uint8Array, offset: number) => unknown;

/** Elements that a reader of parts of them takes at a time, so that both stay in the cache. */
export const BLOCK_ELEMENTS = 128;

/** Elements that are read one by one. */
export function blockOf(read: ElementReader): BlockReader {
  return (values, start, count, bytes, offset, stride) => {
    for (let i = 0; i < count; i++) values[start + i] = read(bytes, offset + i * stride);
  };
}

/** @returns undefined for what {@link numberReader} does not read. */
export function numberBlock(layout: NumericLayout): BlockReader | undefined {
  if (layout.kind === "float32" || layout.kind === "float64") return floatBlock(layout);
  const read = numberReader(layout);
  return read && blockOf(read);
}

type FloatBlock = BlockReader<unknown[] | Float64Array>;

function floatBlock({ kind, byteOrder }: NumericLayout): FloatBlock {
  const shared = new SharedView();
  const little = byteOrder === "little-endian";
  if (kind === "float32") {
    return (values, start, count, bytes, offset, stride) => {
      const view = shared.of(bytes);
      for (let i = 0; i < count; i++) values[start + i] = view.getFloat32(offset + i * stride, little);
    };
  }
  return (values, start, count, bytes, offset, stride) => {
    const view = shared.of(bytes);
    for (let i = 0; i < count; i++) values[start + i] = view.getFloat64(offset + i * stride, little);
  };
}

/** Whether the number of each element is 0. @param base - Of the enumeration. */
export function booleanBlock(base: Datatype, readBase: BlockReader): BlockReader {
  if (numericLayoutOf(base)?.size === 1) {
    return (values, start, count, bytes, offset, stride) => {
      for (let i = 0; i < count; i++) values[start + i] = bytes[offset + i * stride] !== 0;
    };
  }
  return (values, start, count, bytes, offset, stride) => {
    readBase(values, start, count, bytes, offset, stride);
    for (let i = 0; i < count; i++) values[start + i] = Boolean(values[start + i]);
  };
}

/**
 * Complex numbers of singles or doubles, those of a datatype of their own and those that h5py makes of `r` and `i`. To an
 * engine an object that is written out here costs half of one whose properties come one by one.
 *
 * @returns undefined for others.
 */
export function complexBlock(type: Datatype): BlockReader | undefined {
  if (type.class === "complex") return pairBlock(type.base, 0, type.base, type.base.size, putComplex);
  const [real, imaginary] = type.class === "compound" ? partsOf(type) : [];
  if (real === undefined || imaginary === undefined) return undefined;
  return pairBlock(real.type, real.byteOffset, imaginary.type, imaginary.byteOffset, putPair);
}

function partsOf({ members }: CompoundType): CompoundType["members"] {
  return members.length === 2 && members[0]?.name === "r" && members[1]?.name === "i" ? members : [];
}

type PutPairs = (values: unknown[], start: number, count: number, first: Float64Array, second: Float64Array) => void;

function putComplex(values: unknown[], start: number, count: number, re: Float64Array, im: Float64Array): void {
  for (let i = 0; i < count; i++) values[start + i] = { re: re[i], im: im[i] };
}

function putPair(values: unknown[], start: number, count: number, r: Float64Array, i: Float64Array): void {
  for (let at = 0; at < count; at++) values[start + at] = { r: r[at], i: i[at] };
}

function pairBlock(
  first: Datatype,
  firstOffset: number,
  second: Datatype,
  secondOffset: number,
  put: PutPairs,
): BlockReader | undefined {
  const readFirst = floatsOf(first);
  const readSecond = floatsOf(second);
  if (readFirst === undefined || readSecond === undefined) return undefined;
  let firsts = new Float64Array(0);
  let seconds = firsts;
  return (values, start, count, bytes, offset, stride) => {
    const room = Math.min(count, BLOCK_ELEMENTS);
    if (firsts.length < room) {
      firsts = new Float64Array(room);
      seconds = new Float64Array(room);
    }
    for (let done = 0; done < count; done += BLOCK_ELEMENTS) {
      const part = Math.min(BLOCK_ELEMENTS, count - done);
      const at = offset + done * stride;
      readFirst(firsts, 0, part, bytes, at + firstOffset, stride);
      readSecond(seconds, 0, part, bytes, at + secondOffset, stride);
      put(values, start + done, part, firsts, seconds);
    }
  };
}

function floatsOf(type: Datatype): FloatBlock | undefined {
  const layout = numericLayoutOf(type);
  return layout?.kind === "float32" || layout?.kind === "float64" ? floatBlock(layout) : undefined;
}
