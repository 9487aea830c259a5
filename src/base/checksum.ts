/**
 * Jenkins' lookup3 `hashlittle`, the checksum of all checksummed metadata.
 *
 * Specification: "Disk Format", field "Checksum" of each structure. Reference implementation: H5checksum.c,
 * `H5_checksum_lookup3`. The bytes are taken in threes of little-endian 32-bit words; the arithmetic is modulo 2^32.
 */
export function lookup3(bytes: Uint8Array, start = 0, end = bytes.length, initial = 0): number {
  let length = end - start;
  let a = (0xdeadbeef + length + initial) | 0;
  let b = a;
  let c = a;
  let p = start;
  while (length > 12) {
    a = (a + word(bytes, p)) | 0;
    b = (b + word(bytes, p + 4)) | 0;
    c = (c + word(bytes, p + 8)) | 0;
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
    p += 12;
    length -= 12;
  }
  if (length === 0) return c >>> 0;

  a = (a + lastWord(bytes, p, end)) | 0;
  b = (b + lastWord(bytes, p + 4, end)) | 0;
  c = (c + lastWord(bytes, p + 8, end)) | 0;
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

/** Words added between two folds: the second sum stays below 65536 x (2 + 250 + 250 x 251 / 2) < 2^31, a small integer. */
const WORDS_PER_FOLD = 250;

/**
 * Fletcher's checksum as an unsigned 32-bit number: of filtered chunks, and of the structures of onion files.
 *
 * The sums run over 16-bit big-endian words modulo 65535; an odd last byte is the high half of a word. The second sum is
 * the high half. C: H5checksum.c, `H5_checksum_fletcher32`.
 */
export function fletcher32(bytes: Uint8Array, byteLength = bytes.length): number {
  const words = Math.floor(byteLength / 2);
  let sum1 = 0;
  let sum2 = 0;
  let at = 0;
  for (let done = 0; done < words; ) {
    const end = Math.min(words, done + WORDS_PER_FOLD);
    for (; done < end; done++, at += 2) {
      sum1 += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      sum2 += sum1;
    }
    sum1 = fold(sum1);
    sum2 = fold(sum2);
  }
  if (byteLength % 2 === 1) {
    sum1 = fold(sum1 + ((bytes[byteLength - 1] as number) << 8));
    sum2 = fold(sum2 + sum1);
  }
  // A second fold brings both sums below 65536: the first may leave a carry.
  return ((fold(sum2) << 16) | fold(sum1)) >>> 0;
}

/** The same residue modulo 65535, smaller; unlike `%` it leaves 65535 as it is, which the stored value shows. */
function fold(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}
