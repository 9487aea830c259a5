/** Damage: bytes overwritten, mostly where the file's structure is, with values that are likely to lead astray. */
import { sign } from "./checksums.ts";
import type { Random } from "./random.ts";
import type { Sample } from "./sample.ts";

export interface Mutation {
  readonly bytes: Uint8Array;
  /** What was overwritten, to find it again. */
  readonly changes: readonly string[];
}

const BYTES = [0, 1, 2, 3, 4, 7, 8, 0x10, 0x20, 0x7f, 0x80, 0xfe, 0xff];

function littleEndian(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** The bytes that take the place of those at `offset`. */
function replacement(random: Random, sample: Sample, offset: number): number[] {
  const old = sample.bytes[offset] as number;
  switch (random.below(9)) {
    case 0:
      return [old ^ (1 << random.below(8))];
    case 1:
      return [random.below(256)];
    case 2:
      return [(old + 1) & 0xff];
    case 3:
      return [(old - 1) & 0xff];
    case 4:
      return [random.pick(BYTES)];
    case 5: {
      const width = random.pick([2, 4, 8]);
      return littleEndian(random.pick([0n, 1n, -1n, -2n, 1n << 31n, 1n << 32n, 1n << 53n, 0xffffn, 1n << 63n]), width);
    }
    case 6:
      // Another structure's address: the way into circles.
      return littleEndian(BigInt(random.pick(sample.metadata).offset), random.pick([4, 8]));
    case 7: {
      // Bytes of another structure.
      const { offset: from, byteLength } = random.pick(sample.metadata);
      const start = from + random.below(byteLength);
      return [...sample.bytes.subarray(start, start + 1 + random.below(8))];
    }
    default:
      return [random.below(256), random.below(256), random.below(256), random.below(256)].slice(random.below(4));
  }
}

function placeIn(random: Random, sample: Sample): number {
  if (random.below(12) === 0) return random.below(sample.bytes.length);
  const { offset, byteLength } = random.pick(sample.metadata);
  // Half of them near the start, where counts, sizes and versions are.
  return offset + random.below(random.below(2) === 0 ? Math.min(byteLength, 64) : byteLength);
}

/** Damages a copy of the sample in one to four places, in three of four cases with checksums that are right again. */
export function mutate(sample: Sample, random: Random): Mutation {
  const bytes = sample.bytes.slice();
  const changes: string[] = [];
  if (random.below(40) === 0) {
    const end = random.below(bytes.length);
    return { bytes: bytes.slice(0, end), changes: [`cut at ${end}`] };
  }
  const signed = random.below(4) > 0;
  const count = random.pick([1, 1, 1, 2, 3, 4]);
  const offsets: number[] = [];
  for (let i = 0; i < count; i++) {
    const offset = placeIn(random, sample);
    const values = replacement(random, sample, offset).slice(0, bytes.length - offset);
    bytes.set(values, offset);
    offsets.push(offset);
    changes.push(`${offset}: ${values.map((value) => value.toString(16).padStart(2, "0")).join(" ")}`);
  }
  if (signed) for (const offset of offsets) sign(bytes, sample.spans, offset);
  return { bytes, changes: signed ? [...changes, "signed"] : changes };
}
