/** The runtime's own zlib, which is written in C and several times as fast as any in JavaScript. */
import { HDF5Error } from "../base/errors.ts";
import { builtinModule } from "./platform.ts";
import { type DeflateModule, type ReadyDeflate, readyDeflate } from "./ready-deflate.ts";
import { type InflateModule, type ReadyInflate, readyInflate } from "./ready-inflate.ts";
import { LEAST_BUFFER } from "./zlib-handle.ts";

/** Compression in the zlib format (RFC 1950). Functions throw an `Error` of the runtime's when they fail. */
export interface PlatformZlib {
  /**
   * Decompresses.
   *
   * @param outputByteLength - How much is expected; less is not an error.
   * @param maxOutputByteLength - More than this is one. `outputByteLength` by default.
   * @param output - Offers memory of `outputByteLength` bytes for the result, which may be used.
   */
  inflate(
    bytes: Uint8Array,
    outputByteLength: number,
    maxOutputByteLength?: number,
    output?: () => Uint8Array,
  ): Uint8Array;
  /** Compresses. @param level - 0 (none) to 9 (most). */
  deflate(bytes: Uint8Array, level: number): Uint8Array;
  /**
   * Compresses to whole bytes of blocks that others may follow, without the zlib format's header and checksum. Missing where the
   * runtime does not do that.
   *
   * @param before - What the stream has before, up to 32 KiB of it.
   */
  readonly deflatePart?: ((bytes: Uint8Array, level: number, before: Uint8Array) => Uint8Array) | undefined;
}

/** `Z_SYNC_FLUSH`. */
const SYNC_FLUSH = 2;

interface NodeZlib extends InflateModule, DeflateModule {
  deflateRawSync?(
    bytes: Uint8Array,
    options: { level: number; finishFlush: number; dictionary?: Uint8Array },
  ): Uint8Array;
  inflateSync(bytes: Uint8Array, options: { chunkSize: number; maxOutputLength: number }): Uint8Array;
}

/** To make an inflate ready takes as long as it saves in so many streams. */
const STREAMS_BEFORE_READY = 16;

/** Bytes that a result may leave unused behind it, in a buffer of its own: to copy it would cost more. */
const SLACK = 64;

/**
 * zlib of Node, Deno or Bun; `undefined` in other runtimes.
 *
 * Node is told how long a buffer to make: with its default of 16 KiB, chunks of 64 KiB take a tenth to a quarter longer. It
 * makes another one as soon as a buffer is full, needed or not; one byte more saves a fifth of the time.
 */
export function platformZlib(): PlatformZlib | undefined {
  const zlib = builtinModule("node:zlib");
  if (!isNodeZlib(zlib)) return undefined;
  let ready: ReadyInflate | undefined;
  let streams = 0;
  // Made when it is first used: most programs only read.
  let deflate: ReadyDeflate | undefined;
  let isDeflateTried = false;
  return {
    inflate(
      bytes,
      outputByteLength,
      maxOutputByteLength = outputByteLength,
      output = () => new Uint8Array(outputByteLength),
    ) {
      if (++streams === STREAMS_BEFORE_READY) ready = readyInflate(zlib);
      const inflated = outputByteLength === maxOutputByteLength ? ready?.(bytes, output()) : undefined;
      if (inflated !== undefined) return inflated;
      const chunkSize = Math.max(outputByteLength + 1, LEAST_BUFFER);
      return ownBytes(zlib.inflateSync(bytes, { chunkSize, maxOutputLength: Math.max(maxOutputByteLength, 1) }));
    },
    deflate(bytes, level) {
      // zlib's compressBound, so that one buffer holds what does not compress.
      const { length } = bytes;
      const chunkSize = length + (length >>> 12) + (length >>> 14) + (length >>> 25) + 13 + LEAST_BUFFER;
      if (!isDeflateTried) deflate = readyDeflate(zlib);
      isDeflateTried = true;
      return ownBytes(deflate?.(bytes, level, chunkSize) ?? zlib.deflateSync(bytes, { chunkSize, level }));
    },
    ...(zlib.deflateRawSync !== undefined && { deflatePart: partDeflate(zlib.deflateRawSync) }),
  };
}

function partDeflate(deflateRawSync: NonNullable<NodeZlib["deflateRawSync"]>): PlatformZlib["deflatePart"] {
  return (bytes, level, before) => {
    const options = { level, finishFlush: SYNC_FLUSH, ...(before.length > 0 && { dictionary: before }) };
    const part = deflateRawSync(bytes, options);
    // So it is flushed, by an empty block; anything else would end the stream, or go on within a byte.
    const isFlushed =
      part.length >= 4 && new DataView(part.buffer, part.byteOffset + part.length - 4).getUint32(0) === 0xffff;
    if (!isFlushed) throw new HDF5Error("filter", "zlib did not end the part of a stream with a flush");
    return part;
  };
}

function isNodeZlib(module: unknown): module is NodeZlib {
  if (typeof module !== "object" || module === null) return false;
  const { inflateSync, deflateSync } = module as Partial<NodeZlib>;
  return typeof inflateSync === "function" && typeof deflateSync === "function";
}

/** A `Uint8Array` rather than a `Buffer`, and not a part of a much larger buffer, such as the pool that small ones share. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  const isAlone = byteOffset === 0 && buffer.byteLength - byteLength <= SLACK;
  return isAlone ? new Uint8Array(buffer, 0, byteLength) : new Uint8Array(bytes);
}
