/**
 * The bundled decoder of zlib streams, for platforms that have none.
 *
 * RFC 1950 (the stream) and RFC 1951 (what is in it) are the specification; errors have zlib's words.
 */
import { HDF5Error } from "../base/errors.ts";

/** Largest n such that n bytes of 255 keep the second sum below 2^32 between two reductions (RFC 1950, zlib's NMAX). */
const BYTES_PER_REDUCTION = 5552;
const ADLER_MODULUS = 65521;
const LONGEST_CODE = 15;
/** An entry of tables of codes. */
const NO_CODE = 0xfff0;
/** Entries of literals are below, and of the lengths from the second on; the end of a block is in between. */
const FIRST_NO_LITERAL = 256 << 4;
const FIRST_LENGTH = 257 << 4;
/** Codes of the lengths of codes, in the order in which their own lengths are stored. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Repetitions by the codes 16, 17 and 18. */
const REPEAT_BITS = [2, 3, 7];
const LEAST_REPEAT = [3, 3, 11];
/** Bytes that may be read ahead, as zeros, behind the end of a stream that is not damaged. */
const READ_AHEAD = 8;

function damaged(problem: string): HDF5Error {
  return new HDF5Error("filter", problem);
}

/** Adler-32 of `bytes`, continuing from `start`. */
export function adler32(bytes: Uint8Array, start = 1): number {
  let a = start & 0xffff;
  let b = start >>> 16;
  for (let i = 0; i < bytes.length; ) {
    const end = Math.min(bytes.length, i + BYTES_PER_REDUCTION);
    for (; i < end; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= ADLER_MODULUS;
    b %= ADLER_MODULUS;
  }
  return b * 65536 + a;
}

/**
 * Decodes a zlib stream. Bytes behind it are ignored.
 *
 * @param outputByteLength - Bytes expected, which makes it faster; `undefined` when unknown.
 * @param output - Offers memory of so many bytes for the result.
 * @throws HDF5Error "filter" when the stream is damaged or gives more than `maximumByteLength` bytes.
 */
export function inflateZlib(
  bytes: Uint8Array,
  outputByteLength: number | undefined,
  maximumByteLength: number,
  output = () => new Uint8Array(outputByteLength ?? Math.min(maximumByteLength, 4 * bytes.length)),
): Uint8Array {
  checkZlibHeader(bytes);
  const inflation = new Inflation(bytes, 2, output(), maximumByteLength);
  const out = inflation.run();
  const end = inflation.position;
  if (end + 4 > bytes.length) throw damaged("unexpected end of file");
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(end) !== adler32(out))
    throw damaged("incorrect data check");
  return out;
}

function checkZlibHeader(bytes: Uint8Array): void {
  const method = (bytes[0] ?? 0) & 0x0f;
  const check = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const presetDictionary = ((bytes[1] ?? 0) & 0x20) !== 0;
  if (bytes.length < 6 || method !== 8 || check % 31 !== 0 || presetDictionary) throw damaged("incorrect header check");
}

/**
 * The codes of an alphabet: for each value that the next bits can have, 16 times the symbol plus the length of its code, or
 * `NO_CODE`. There are as many entries as the longest code can have values.
 *
 * @param longestIncomplete - Codes that are not longer may leave out others.
 */
function codesOf(lengths: Uint8Array, longestIncomplete = 1): Uint16Array {
  const next = new Uint32Array(LONGEST_CODE + 2);
  for (const length of lengths) if (length > 0) next[length + 1] = (next[length + 1] as number) + 1;
  let longest = 1;
  for (let length = 1; length <= LONGEST_CODE + 1; length++) {
    if (next[length] !== 0) longest = length - 1;
    // From the number of codes of a length to the first code of the next one.
    next[length] = 2 * ((next[length - 1] as number) + (next[length] as number));
    if ((next[length] as number) > 2 ** length) throw damaged("invalid code lengths set");
  }
  const isComplete = next[LONGEST_CODE + 1] === 2 ** (LONGEST_CODE + 1);
  if (!isComplete && longest > longestIncomplete) throw damaged("incomplete code lengths set");
  const codes = new Uint16Array(2 ** longest).fill(NO_CODE);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const code = next[length] as number;
    next[length] = code + 1;
    // Codes are stored from their most significant bit on, all else from the least.
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >>> bit) & 1) << (length - 1 - bit);
    for (; reversed < codes.length; reversed += 1 << length) codes[reversed] = symbol * 16 + length;
  }
  return codes;
}

/** Bits behind a code of the least length, or distance, that it stands for. */
const lengthBits = Uint8Array.from({ length: 29 }, (_, i) => (i < 8 || i === 28 ? 0 : (i >> 2) - 1));
const distanceBits = Uint8Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const leastLengths = Uint16Array.from({ length: 29 }, (_, i) =>
  i < 8 ? 3 + i : i === 28 ? 258 : 3 + ((4 + (i & 3)) << ((i >> 2) - 1)),
);
const leastDistances = Uint16Array.from({ length: 30 }, (_, i) =>
  i < 4 ? 1 + i : 1 + ((2 + (i & 1)) << ((i >> 1) - 1)),
);

let knownFixedCodes: readonly [Uint16Array, Uint16Array] | undefined;

/** The codes of blocks that do not bring their own. */
function fixedCodes(): readonly [Uint16Array, Uint16Array] {
  const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  knownFixedCodes ??= [codesOf(lengths), codesOf(new Uint8Array(32).fill(5))];
  return knownFixedCodes;
}

/** A deflate stream that is being decoded. */
class Inflation {
  private readonly bytes: Uint8Array;
  private readonly maximum: number;
  /** Of the next byte. */
  private at: number;
  /** Bits that were taken from the bytes before and not used yet, and how many of them there are. */
  private bits = 0;
  private held = 0;
  private out: Uint8Array;
  private used = 0;

  constructor(bytes: Uint8Array, start: number, out: Uint8Array, maximum: number) {
    this.bytes = bytes;
    this.at = start;
    this.out = out;
    this.maximum = maximum;
  }

  /** Of the first byte of which no bit was used. */
  get position(): number {
    return this.at - (this.held >> 3);
  }

  run(): Uint8Array {
    let isLast = false;
    while (!isLast) {
      isLast = this.take(1) === 1;
      const type = this.take(2);
      if (type === 0) this.copyStored();
      else if (type === 1) this.decode(...fixedCodes());
      else if (type === 2) this.decode(...this.readCodes());
      else throw damaged("invalid block type");
      if (this.position > this.bytes.length) throw damaged("unexpected end of file");
    }
    return this.out.subarray(0, this.used);
  }

  /** The next `count` bits, 16 at most. */
  private take(count: number): number {
    while (this.held < count) {
      this.bits |= (this.bytes[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
    const value = this.bits & ((1 << count) - 1);
    this.bits >>>= count;
    this.held -= count;
    return value;
  }

  private takeSymbol(codes: Uint16Array): number {
    while (this.held < LONGEST_CODE) {
      this.bits |= (this.bytes[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
    const entry = codes[this.bits & (codes.length - 1)] as number;
    if (entry === NO_CODE) throw damaged("invalid code");
    this.take(entry & 15);
    return entry >> 4;
  }

  /** Memory for `byteLength` bytes more. */
  private reserve(byteLength: number): Uint8Array {
    const needed = this.used + byteLength;
    if (needed <= this.out.length) return this.out;
    if (needed > this.maximum) throw damaged(`more than ${this.maximum} bytes`);
    const grown = new Uint8Array(Math.min(this.maximum, Math.max(needed, 2 * this.out.length)));
    grown.set(this.out.subarray(0, this.used));
    this.out = grown;
    return grown;
  }

  private copyStored(): void {
    this.take(this.held & 7);
    const byteLength = this.take(16);
    if ((this.take(16) ^ byteLength) !== 0xffff) throw damaged("invalid stored block lengths");
    const start = this.position;
    if (start + byteLength > this.bytes.length) throw damaged("unexpected end of file");
    this.reserve(byteLength).set(this.bytes.subarray(start, start + byteLength), this.used);
    this.used += byteLength;
    this.at = start + byteLength;
    this.bits = 0;
    this.held = 0;
  }

  /** The codes of literals and lengths, and those of distances, which a block brings. */
  private readCodes(): readonly [Uint16Array, Uint16Array] {
    const literals = 257 + this.take(5);
    const distances = 1 + this.take(5);
    const ownLengths = new Uint8Array(19);
    const given = 4 + this.take(4);
    if (literals > 286 || distances > 30) throw damaged("too many length or distance symbols");
    for (let i = 0; i < given; i++) ownLengths[CODE_LENGTH_ORDER[i] as number] = this.take(3);
    const codes = codesOf(ownLengths, 0);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.takeSymbol(codes);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw damaged("invalid bit length repeat");
      const repeated = symbol === 16 ? (lengths[i - 1] as number) : 0;
      const end = i + (LEAST_REPEAT[symbol - 16] as number) + this.take(REPEAT_BITS[symbol - 16] as number);
      if (end > lengths.length) throw damaged("invalid bit length repeat");
      lengths.fill(repeated, i, end);
      i = end;
    }
    return [codesOf(lengths.subarray(0, literals)), codesOf(lengths.subarray(literals))];
  }

  /** Literals, and copies of what came before. Members in place of these variables would take twice the time. */
  private decode(literals: Uint16Array, distances: Uint16Array): void {
    const { bytes } = this;
    const literalMask = literals.length - 1;
    const distanceMask = distances.length - 1;
    const lastAt = bytes.length + READ_AHEAD;
    let { at, bits, held, out, used } = this;
    for (;;) {
      // Bits of up to three bytes, of which 24 to 31 count: enough for a literal, or for a length with its bits.
      bits |= ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)) << held;
      at += (31 - held) >> 3;
      held |= 24;
      const entry = literals[bits & literalMask] as number;
      bits >>>= entry & 15;
      held -= entry & 15;
      if (entry < FIRST_NO_LITERAL) {
        if (used === out.length) {
          this.used = used;
          out = this.reserve(1);
        }
        out[used++] = entry >> 4;
        continue;
      }
      if (entry < FIRST_LENGTH) break;
      if (entry === NO_CODE) throw damaged("invalid literal/length code");
      if (at > lastAt) throw damaged("unexpected end of file");

      const lengthCode = (entry - FIRST_LENGTH) >> 4;
      const length = (leastLengths[lengthCode] as number) + (bits & ((1 << (lengthBits[lengthCode] as number)) - 1));
      bits >>>= lengthBits[lengthCode] as number;
      held -= lengthBits[lengthCode] as number;

      bits |= ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)) << held;
      at += (31 - held) >> 3;
      held |= 24;
      const distanceEntry = distances[bits & distanceMask] as number;
      bits >>>= distanceEntry & 15;
      held -= distanceEntry & 15;
      const distanceCode = distanceEntry >> 4;
      bits |= ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)) << held;
      at += (31 - held) >> 3;
      held |= 24;
      const distance =
        (leastDistances[distanceCode] as number) + (bits & ((1 << (distanceBits[distanceCode] as number)) - 1));
      bits >>>= distanceBits[distanceCode] as number;
      held -= distanceBits[distanceCode] as number;
      if (distanceEntry === NO_CODE || !(distance <= used) || !(length > 0))
        throw damaged("invalid distance too far back");

      if (used + length > out.length) {
        this.used = used;
        out = this.reserve(length);
      }
      for (const end = used + length; used < end; used++) out[used] = out[used - distance] as number;
    }
    this.at = at;
    this.bits = bits;
    this.held = held;
    this.used = used;
  }
}
