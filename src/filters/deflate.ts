/**
 * Deflate, filter 1: a zlib stream (RFC 1950). Client data 0 is the level, 0 to 9.
 *
 * The codec behind it can be replaced: a platform's own zlib is two to three times as fast as the bundled one.
 */
import { zlibSync } from "fflate";
import { FilterError } from "../base/errors.ts";
import type { DecodeContext, EncodeContext, Filter } from "./filter.ts";
import { inflateZlib } from "./inflate.ts";

export const DEFLATE_ID = 1;

export interface DeflateBackend {
  /**
   * Decodes a zlib stream, its checksum verified; bytes behind the stream are ignored.
   *
   * @param outputByteLength - Bytes the stream should decode to; `undefined` when that is unknown.
   * @param maximumByteLength - More output than this must be refused with an error.
   * @param output - Offers memory of `outputByteLength` bytes for the result, which may be used.
   */
  inflate(
    bytes: Uint8Array,
    outputByteLength: number | undefined,
    maximumByteLength: number,
    output?: () => Uint8Array,
  ): Uint8Array;
  /** Encodes to a zlib stream at a level from 0 to 9. */
  deflate(bytes: Uint8Array, level: number): Uint8Array;
  /**
   * Encodes a part of a stream that goes on behind it: blocks without zlib's header and checksum, none of them the last one,
   * that end with a whole byte.
   *
   * @param before - What the stream has before, up to 32 KiB of it.
   */
  readonly deflatePart?: ((bytes: Uint8Array, level: number, before: Uint8Array) => Uint8Array) | undefined;
}

type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

const bundled: DeflateBackend = {
  inflate: inflateZlib,
  deflate: (bytes, level) => zlibSync(bytes, { level: level as Level }),
};

let find: () => DeflateBackend | undefined = () => undefined;
let found: DeflateBackend | undefined;

/**
 * Takes another codec into use for all files, the bundled one where `finder` finds none. It is looked for when there is the
 * first stream, since most programs' files have none, and what a platform has takes milliseconds to load.
 */
export function setDeflateBackend(finder: () => DeflateBackend | undefined = () => undefined): void {
  find = finder;
  found = undefined;
}

/** The codec that is in use. */
export function deflateBackend(): DeflateBackend {
  found ??= find() ?? bundled;
  return found;
}

function outputOf({ outputByteLength, room }: DecodeContext): (() => Uint8Array) | undefined {
  if (outputByteLength === undefined || room === undefined) return undefined;
  return () => room(outputByteLength) ?? new Uint8Array(outputByteLength);
}

/** Most bytes that a stream may decode to. @throws FilterError when as many as are expected are too many. */
export function mostInflated(byteLength: number, { outputByteLength, limits }: DecodeContext): number {
  const maximum = byteLength * limits.maxInflateRatio;
  if (outputByteLength !== undefined && outputByteLength > maximum) {
    throw new FilterError(
      DEFLATE_ID,
      `inflate() failed: ${outputByteLength} bytes from ${byteLength}, limit maxInflateRatio is ${limits.maxInflateRatio}`,
    );
  }
  return outputByteLength ?? maximum;
}

function decode(bytes: Uint8Array, context: DecodeContext): Uint8Array {
  const { outputByteLength } = context;
  const maximum = mostInflated(bytes.length, context);
  let out: Uint8Array;
  try {
    out = deflateBackend().inflate(bytes, outputByteLength, maximum, outputOf(context));
  } catch (cause) {
    throw new FilterError(DEFLATE_ID, "inflate() failed", { cause });
  }
  if (out.length > maximum) throw new FilterError(DEFLATE_ID, "inflate() failed");
  return out;
}

export function deflateLevelOf({ clientData }: EncodeContext): number {
  const level = clientData[0];
  if (clientData.length !== 1 || level === undefined || level > 9) {
    throw new FilterError(DEFLATE_ID, "invalid deflate aggression level");
  }
  return level;
}

function encode(bytes: Uint8Array, context: EncodeContext): Uint8Array {
  return deflateBackend().deflate(bytes, deflateLevelOf(context));
}

export const deflateFilter: Filter = { id: DEFLATE_ID, name: "deflate", decode, encode };
