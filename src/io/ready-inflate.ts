/**
 * One inflate of Node's, kept for the next stream and the next one.
 *
 * `inflateSync` makes an object and two buffers for each stream, which for chunks of 64 KiB takes as long as a fifth of the
 * inflating. What is used here instead is what its own objects are made of: only where it does what is expected, and
 * whatever it does not finish is left to `inflateSync`, which says what is wrong.
 */
import { fromInside, keptStream, LEAST_BUFFER, type ZlibInside } from "./zlib-handle.ts";

export interface InflateModule {
  createInflate?(options: { chunkSize: number }): ZlibInside;
}

/** Inflates a whole zlib stream into `output`. @returns the bytes that it gave; undefined when it has more, or is none. */
export type ReadyInflate = (bytes: Uint8Array, output: Uint8Array) => Uint8Array | undefined;

/** Undefined where Node is not as it was known to be. */
export function readyInflate(zlib: InflateModule): ReadyInflate | undefined {
  return fromInside(() => {
    const inflate = inflateOf(zlib);
    return inflate !== undefined && isAsKnown(inflate) ? inflate : undefined;
  });
}

function inflateOf({ createInflate }: InflateModule): ReadyInflate | undefined {
  const stream = keptStream(createInflate?.({ chunkSize: LEAST_BUFFER }));
  if (stream === undefined) return undefined;
  const beyond = new Uint8Array(1);
  return (bytes, output) => {
    if (bytes.length === 0 || output.length === 0) return undefined;
    stream.begin(bytes, output);
    if (stream.hasFailed) return undefined;
    // With room left, anything but the end of the stream is an error.
    if (stream.outputLeft > 0) return output.subarray(0, output.length - stream.outputLeft);
    stream.goOn(bytes, bytes.length - stream.inputLeft, beyond);
    return stream.hasFailed || stream.outputLeft !== 1 ? undefined : output;
  };
}

/** "abcabcabcabc" as a zlib stream. */
const SAMPLE = Uint8Array.of(0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x4e, 0x84, 0x21, 0x00, 0x1d, 0xe0, 0x04, 0x99);
const SAMPLE_TEXT = "abcabcabcabc";

/** What a chunk needs: the bytes, errors, streams longer and shorter than expected, and all that again and again. */
function isAsKnown(inflate: ReadyInflate): boolean {
  const damaged = SAMPLE.slice();
  damaged[damaged.length - 1] = 0;
  for (let i = 0; i < 2; i++) {
    const exact = inflate(SAMPLE, new Uint8Array(SAMPLE_TEXT.length));
    const roomy = inflate(SAMPLE, new Uint8Array(SAMPLE_TEXT.length + 5));
    if (!isSample(exact) || !isSample(roomy)) return false;
    if (inflate(SAMPLE, new Uint8Array(5)) !== undefined) return false;
    if (inflate(damaged, new Uint8Array(SAMPLE_TEXT.length)) !== undefined) return false;
    if (inflate(SAMPLE.subarray(0, -5), new Uint8Array(SAMPLE_TEXT.length)) !== undefined) return false;
  }
  return true;
}

function isSample(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && String.fromCharCode(...bytes) === SAMPLE_TEXT;
}
