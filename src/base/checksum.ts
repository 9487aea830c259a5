import { LITTLE_ENDIAN_HOST } from "./host.ts";

/**
 * Jenkins' lookup3 `hashlittle`, the checksum of all checksummed metadata.
 *
 * Specification: "Disk Format", field "Checksum" of each structure. Reference implementation: H5checksum.c,
 * `H5_checksum_lookup3`. The bytes are taken in threes of little-endian 32-bit words; the arithmetic is modulo 2^32.
 */
export function lookup3(bytes: Uint8Array, start = 0, end = bytes.length, initial = 0): number {
  const length = end - start;
  if (length === 0) return (0xdeadbeef + initial) >>> 0;
  // The last twelve bytes, or fewer, are mixed otherwise.
  const count = 3 * (Math.ceil(length / 12) - 1);
  sums.fill(0xdeadbeef + length + initial);
  const words = wordsOf(bytes, start, count);
  for (let from = 0; from < count; from += MIXED_WORDS) mix(words, from, Math.min(count, from + MIXED_WORDS));

  const p = start + 4 * count;
  let a = (sums[0] as number) + lastWord(bytes, p, end);
  let b = (sums[1] as number) + lastWord(bytes, p + 4, end);
  let c = (sums[2] as number) + lastWord(bytes, p + 8, end);
  // final(a, b, c)
  c = (c ^ b) - ((b << 14) | (b >>> 18));
  a = (a ^ c) - ((c << 11) | (c >>> 21));
  b = (b ^ a) - ((a << 25) | (a >>> 7));
  c = (c ^ b) - ((b << 16) | (b >>> 16));
  a = (a ^ c) - ((c << 4) | (c >>> 28));
  b = (b ^ a) - ((a << 14) | (a >>> 18));
  c = (c ^ b) - ((b << 24) | (b >>> 8));
  return c >>> 0;
}

/** a, b and c, from one call of {@link mix} to the next. */
const sums = new Int32Array(3);

/** Words that are mixed by one call: in a young process a function called often is compiled long before one that runs long. */
const MIXED_WORDS = 96;

function mix(words: Int32Array, from: number, to: number): void {
  let a = sums[0] as number;
  let b = sums[1] as number;
  let c = sums[2] as number;
  for (let i = from; i < to; i += 3) {
    a = (a + (words[i] as number)) | 0;
    b = (b + (words[i + 1] as number)) | 0;
    c = (c + (words[i + 2] as number)) | 0;
    // mix(a, b, c)
    a = (a - c) ^ ((c << 4) | (c >>> 28));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 6) | (a >>> 26));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 8) | (b >>> 24));
    b = (b + a) | 0;
    a = (a - c) ^ ((c << 16) | (c >>> 16));
    c = (c + b) | 0;
    b = (b - a) ^ ((a << 19) | (a >>> 13));
    a = (a + c) | 0;
    c = (c - b) ^ ((b << 4) | (b >>> 28));
    b = (b + a) | 0;
  }
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
}

/** Where the words of short structures are put together; a view of their bytes would cost more. */
const FEW_WORDS = new Int32Array(48);

/**
 * The little-endian words from `start` on, to be used before the next call. Of long structures they are read as words, which
 * takes half the time of putting them together. (Bytes may be a `Buffer`, whose `slice` is no copy.)
 */
function wordsOf(bytes: Uint8Array, start: number, count: number): Int32Array {
  if (count > FEW_WORDS.length && LITTLE_ENDIAN_HOST) {
    const at = bytes.byteOffset + start;
    if (at % 4 === 0) return new Int32Array(bytes.buffer, at, count);
    return new Int32Array(new Uint8Array(bytes.subarray(start, start + 4 * count)).buffer);
  }
  const words = count > FEW_WORDS.length ? new Int32Array(count) : FEW_WORDS;
  // Without a call for each: a young process has not compiled anything.
  for (let i = 0, at = start; i < count; i++, at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    words[i] = low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
  }
  return words;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Zeros stand for bytes from `end` on. */
function lastWord(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return word(bytes, at);
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = (value << 8) | (bytes[i] as number);
  return value;
}

/** Words added between two folds: the second sum stays below 65536 x (2 + 240 + 240 x 241 / 2) < 2^31, a small integer. */
const WORDS_PER_FOLD = 240;

/**
 * Fletcher's checksum as an unsigned 32-bit number: of filtered chunks, and of the structures of onion files.
 *
 * The sums run over 16-bit big-endian words modulo 65535; an odd last byte is the high half of a word. The second sum is
 * the high half. C: H5checksum.c, `H5_checksum_fletcher32`.
 */
export function fletcher32(bytes: Uint8Array, byteLength = bytes.length): number {
  const count = byteLength >>> 1;
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice(0, 2 * count);
  const words = new Uint16Array(aligned.buffer, aligned.byteOffset, count);
  let sum1 = 0;
  let sum2 = 0;
  for (let i = 0; i < count; ) {
    const end = Math.min(count, i + WORDS_PER_FOLD);
    for (; i < end - 3; i += 4) {
      const first = words[i] as number;
      const second = words[i + 1] as number;
      const third = words[i + 2] as number;
      const fourth = words[i + 3] as number;
      sum2 += 4 * (sum1 + first) + 3 * second + 2 * third + fourth;
      sum1 += first + second + third + fourth;
    }
    for (; i < end; i++) {
      sum1 += words[i] as number;
      sum2 += sum1;
    }
    sum1 = fold(sum1);
    sum2 = fold(sum2);
  }
  // A second fold brings both sums below 65536: the first may leave a carry.
  sum1 = inBigEndian(fold(sum1));
  sum2 = inBigEndian(fold(sum2));
  if (byteLength % 2 === 1) {
    sum1 += (bytes[byteLength - 1] as number) << 8;
    sum2 = fold(sum2 + fold(sum1));
    sum1 = fold(sum1);
  }
  return ((fold(sum2) << 16) | fold(sum1)) >>> 0;
}

/** Of a sum of words in the host's order: exchanging bytes multiplies by 256 modulo 65535, so that sums are exchanged like words. */
function inBigEndian(sum: number): number {
  return LITTLE_ENDIAN_HOST ? ((sum << 8) & 0xff00) | (sum >>> 8) : sum;
}

/** The same residue modulo 65535, smaller; unlike `%` it leaves 65535 as it is, which the stored value shows. */
function fold(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}
