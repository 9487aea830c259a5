/**
 * Deflates of Node's, one for each level, kept for the next chunk and the next one.
 *
 * `deflateSync` makes its tables of a quarter of a megabyte and a buffer for each chunk, which takes as long as a twentieth of
 * the deflating of a megabyte, and more of what is smaller. Whatever a kept one does not finish is left to `deflateSync`.
 *
 * Now and then a kept one encodes the last few bytes otherwise than a new one, as right and about as short: zlib looks up
 * matches by some bytes beyond the end, which are zeros in a new one and here what came before.
 */
import { Scratch } from "../base/scratch.ts";
import { fromInside, type KeptStream, keptStream, LEAST_BUFFER, type ZlibInside } from "./zlib-handle.ts";

export interface DeflateModule {
  createDeflate?(options: { chunkSize: number; level: number }): ZlibInside;
  deflateSync(bytes: Uint8Array, options: { chunkSize: number; level: number }): Uint8Array;
}

/** Deflates to a zlib stream of at most `mostBytes` bytes. @returns undefined when it is left to `deflateSync`. */
export type ReadyDeflate = (bytes: Uint8Array, level: number, mostBytes: number) => Uint8Array | undefined;

/** Undefined where Node is not as it was known to be. */
export function readyDeflate(zlib: DeflateModule): ReadyDeflate | undefined {
  return fromInside(() => {
    const deflate = deflateOf(zlib);
    return isAsKnown(deflate, zlib) ? deflate : undefined;
  });
}

function deflateOf(zlib: DeflateModule): ReadyDeflate {
  const streams = new Map<number, KeptStream | undefined>();
  const room = new Scratch();
  const streamOf = (level: number): KeptStream | undefined => {
    if (!streams.has(level)) streams.set(level, keptStream(zlib.createDeflate?.({ chunkSize: LEAST_BUFFER, level })));
    return streams.get(level);
  };
  return (bytes, level, mostBytes) => {
    const stream = streamOf(level);
    if (stream === undefined) return undefined;
    const output = room.take(mostBytes);
    stream.begin(bytes, output);
    // Without room left, the stream may not be at its end.
    const isWhole = !stream.hasFailed && stream.inputLeft === 0 && stream.outputLeft > 0;
    const deflated = room.release(output, output.subarray(0, output.length - stream.outputLeft));
    return isWhole ? deflated : undefined;
  };
}

/** Something of which a part comes again. */
const SAMPLE = Uint8Array.from({ length: 300 }, (_, i) => (i % 7) * (i % 11));

/** The bytes of a new one, again and again, also after one that had no room. */
function isAsKnown(deflate: ReadyDeflate, zlib: DeflateModule): boolean {
  const level = 6;
  const expected = zlib.deflateSync(SAMPLE, { chunkSize: 2 * SAMPLE.length, level });
  for (let i = 0; i < 2; i++) {
    const deflated = deflate(SAMPLE, level, 2 * SAMPLE.length);
    if (deflated === undefined || !isEqual(deflated, expected)) return false;
    if (deflate(SAMPLE, level, expected.length - 1) !== undefined) return false;
  }
  return true;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
