/**
 * Integers of 1 to 8 bytes to each other by way of 32-bit words, a block at a time. C: `H5T__conv_i_i` and its native
 * counterparts.
 *
 * A block whose values all fit goes from typed array to typed array by `set`, in a fraction of a loop's time; whether they fit,
 * a loop over words tells. Each loop sees one kind of array and so stays fast.
 */
import type { Conversion } from "./conversion.ts";
import { rangeOf } from "./numeric-access.ts";
import {
  allocateNumeric,
  BLOCK,
  bytesOf,
  HIGH,
  isHostOrder,
  LOW,
  moveElements,
  type NumericLayout,
  sourceArray,
  viewNumeric,
} from "./numeric-layout.ts";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** The words of one block: conversions do not run inside one another. */
const blockWords = new Int32Array(BLOCK);

/** The elements of a block modulo 2^32, for use before the next block. */
type LoadWords = (bytes: Uint8Array, offset: number, count: number) => Int32Array;
/** Writes words as elements, modulo the elements' width. */
type StoreWords = (words: Int32Array, bytes: Uint8Array, offset: number, count: number) => void;

function isSigned({ kind }: NumericLayout): boolean {
  return !kind.startsWith("u");
}

/** Between integers of different size or sign. */
export function integerConversion(from: NumericLayout, to: NumericLayout): Conversion {
  // Of long integers, words have a sign where the destination has one: the others do not fit.
  const signed = isSigned(from) && (from.size < 8 || isSigned(to));
  const load = from.size === 8 ? longLoader(from, signed) : wordLoader(from);
  const limit = to.kind === "uint8" ? (words: Int32Array) => words : limiter(signed, to);
  const store = to.kind === "uint8" ? clampedStorer(signed) : to.size === 8 ? longStorer(to, signed) : wordStorer(to);
  return inBlocks(from.size, to.size, (source, at, destination, to, count) => {
    store(limit(load(source, at, count)), destination, to, count);
  });
}

function inBlocks(fromSize: number, toSize: number, convertBlock: Conversion["convert"]): Conversion {
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      for (let done = 0; done < count; done += BLOCK) {
        const block = Math.min(BLOCK, count - done);
        convertBlock(source, sourceOffset + done * fromSize, destination, destinationOffset + done * toSize, block);
      }
    },
  };
}

function wordLoader(layout: NumericLayout): LoadWords {
  const scratch = allocateNumeric(layout.kind, BLOCK);
  return (bytes, offset, count) => {
    const array = sourceArray(layout, scratch, bytes, offset, count);
    if (layout.size === 4) return new Int32Array(array.buffer, array.byteOffset, count);
    blockWords.set(array as Int16Array);
    return blockWords.subarray(0, count);
  };
}

export function wordStorer(layout: NumericLayout): StoreWords {
  const scratch = allocateNumeric(layout.kind, BLOCK);
  return (words, bytes, offset, count) => {
    const view = isHostOrder(layout) ? viewNumeric(layout.kind, bytes, offset, count) : undefined;
    ((view ?? scratch) as Int16Array).set(words);
    if (view === undefined) moveElements(layout, bytesOf(scratch), 0, bytes, offset, count);
  };
}

/** An array that limits what is set. */
function clampedStorer(signed: boolean): StoreWords {
  return (words, bytes, offset, count) => {
    const view = new Uint8ClampedArray(bytes.buffer, bytes.byteOffset + offset, count);
    view.set(signed ? words : new Uint32Array(words.buffer, words.byteOffset, count));
  };
}

/** Limits words to what the destination holds: gives the same ones, where they all fit. */
function limiter(signed: boolean, to: NumericLayout): (words: Int32Array) => Int32Array {
  const [minimum, maximum] = rangeOf(to.kind) ?? [isSigned(to) ? INT32_MIN : 0, 2 ** 32];
  const least = signed ? Math.max(minimum, INT32_MIN) : 0;
  const greatest = Math.min(maximum, INT32_MAX);
  if (signed ? least === INT32_MIN && greatest === INT32_MAX : maximum > INT32_MAX) return (words) => words;
  return (words) => {
    if ((reach(words, least) & ~(greatest - least)) === 0) return words;
    const limited = blockWords.subarray(0, words.length);
    // Unsigned words of 2^31 and more look negative.
    limitWords(words, limited, least, greatest, signed ? least : greatest);
    return limited;
  };
}

/** All bits that the distances of words from the least allowed one have. */
function reach(words: Int32Array, least: number): number {
  let even = 0;
  let odd = 0;
  let i = 0;
  for (const end = words.length - 3; i < end; i += 4) {
    even |= ((words[i] as number) - least) | ((words[i + 2] as number) - least);
    odd |= ((words[i + 1] as number) - least) | ((words[i + 3] as number) - least);
  }
  for (; i < words.length; i++) even |= (words[i] as number) - least;
  return even | odd;
}

function limitWords(words: Int32Array, limited: Int32Array, least: number, greatest: number, below: number): void {
  for (let i = 0; i < limited.length; i++) {
    const word = words[i] as number;
    limited[i] = word < least ? below : Math.min(word, greatest);
  }
}

/** The two words of each element of eight bytes, in the host's order. */
function longWords(
  layout: NumericLayout,
  scratch: ArrayBufferLike,
  bytes: Uint8Array,
  at: number,
  count: number,
): Int32Array {
  const start = bytes.byteOffset + at;
  if (isHostOrder(layout) && start % 4 === 0) return new Int32Array(bytes.buffer, start, 2 * count);
  moveElements(layout, bytes, at, new Uint8Array(scratch), 0, count);
  return new Int32Array(scratch, 0, 2 * count);
}

/** Reads long integers as doubles: at once where they all fit into words, else by `otherwise`. */
export function longReader(
  layout: NumericLayout,
  otherwise: (pairs: Int32Array, doubles: Float64Array, count: number) => void,
): (bytes: Uint8Array, offset: number, doubles: Float64Array, count: number) => void {
  const scratch = new ArrayBuffer(8 * BLOCK);
  const refused = isSigned(layout) ? 0 : 1 << 31;
  return (bytes, offset, doubles, count) => {
    const pairs = longWords(layout, scratch, bytes, offset, count);
    const words = blockWords.subarray(0, count);
    if (takeLow(pairs, words, -1, refused)) doubles.set(words);
    else otherwise(pairs, doubles, count);
  };
}

/**
 * The low words of all pairs.
 *
 * @param sign - Ones when high words repeat the sign of the low ones, zero when they are zero.
 * @param refused - Bits that high words must not have.
 * @returns whether these words are the numbers.
 */
function takeLow(pairs: Int32Array, words: Int32Array, sign: number, refused: number): boolean {
  // Variables of a module are looked up each time.
  const [lowAt, highAt] = [LOW, HIGH];
  let misfit = 0;
  for (let i = 0, w = 0; i < words.length; i++, w += 2) {
    const low = pairs[w + lowAt] as number;
    const high = pairs[w + highAt] as number;
    words[i] = low;
    misfit |= (high ^ ((low >> 31) & sign)) | (high & refused);
    // Where the first does not fit, others will not.
    if (i === 0 && misfit !== 0) break;
  }
  return misfit === 0;
}

/** What does not fit into a word becomes the nearest that does. */
function longLoader(layout: NumericLayout, signed: boolean): LoadWords {
  const scratch = new ArrayBuffer(8 * BLOCK);
  const sign = signed ? -1 : 0;
  const above = signed ? INT32_MAX : -1;
  const below = signed ? INT32_MIN : isSigned(layout) ? 0 : above;
  return (bytes, offset, count) => {
    const pairs = longWords(layout, scratch, bytes, offset, count);
    const words = blockWords.subarray(0, count);
    if (!takeLow(pairs, words, sign, 0)) shorten(pairs, words, sign, above, below);
    return words;
  };
}

function shorten(pairs: Int32Array, words: Int32Array, sign: number, above: number, below: number): void {
  const [lowAt, highAt] = [LOW, HIGH];
  for (let i = 0, w = 0; i < words.length; i++, w += 2) {
    const low = pairs[w + lowAt] as number;
    const high = pairs[w + highAt] as number;
    words[i] = high === ((low >> 31) & sign) ? low : high < 0 ? below : above;
  }
}

function longStorer(layout: NumericLayout, signed: boolean): StoreWords {
  const scratch = new ArrayBuffer(8 * BLOCK);
  const sign = signed ? -1 : 0;
  return (words, bytes, offset, count) => {
    const start = bytes.byteOffset + offset;
    if (isHostOrder(layout) && start % 4 === 0) {
      lengthen(words, new Int32Array(bytes.buffer, start, 2 * count), sign);
    } else {
      lengthen(words, new Int32Array(scratch, 0, 2 * count), sign);
      moveElements(layout, new Uint8Array(scratch), 0, bytes, offset, count);
    }
  };
}

function lengthen(words: Int32Array, pairs: Int32Array, sign: number): void {
  const [lowAt, highAt] = [LOW, HIGH];
  for (let i = 0, w = 0; i < words.length; i++, w += 2) {
    const word = words[i] as number;
    pairs[w + lowAt] = word;
    pairs[w + highAt] = (word >> 31) & sign;
  }
}

/** Between a signed and an unsigned integer of eight bytes: what has the highest bit set saturates, the rest stays. */
export function longSignConversion(from: NumericLayout, to: NumericLayout): Conversion {
  const scratch = new BigInt64Array(BLOCK);
  const limit = isSigned(from) ? 0n : 0x7fff_ffff_ffff_ffffn;
  return inBlocks(8, 8, (source, sourceOffset, destination, destinationOffset, count) => {
    const view = isHostOrder(to) ? viewNumeric("int64", destination, destinationOffset, count) : undefined;
    const limited = (view as BigInt64Array | undefined) ?? scratch.subarray(0, count);
    const input = sourceArray({ ...from, kind: "int64" }, scratch, source, sourceOffset, count) as BigInt64Array;
    limitNegative(input, limited, limit);
    if (view === undefined) moveElements(to, bytesOf(scratch), 0, destination, destinationOffset, count);
  });
}

function limitNegative(input: BigInt64Array, limited: BigInt64Array, limit: bigint): void {
  for (let i = 0; i < limited.length; i++) {
    const value = input[i] as bigint;
    limited[i] = value < 0n ? limit : value;
  }
}
