/**
 * Szip, filter 4: the extended Rice algorithm of CCSDS 121.0-B, arranged in scanlines.
 *
 * Client data: options (4 entropy coding alone, 32 nearest neighbour: differences are coded, 16 big-endian, else
 * little-endian), pixels per block, bits per pixel, pixels per scanline. The stored chunk is the number of decoded bytes
 * (4, little-endian) and the coded bits. Pixels of 32 and 64 bits are coded as planes of bytes: all first bytes,
 * then all second ones. Others take 1, 2 or 4 bytes each. Every scanline is coded as whole blocks, its end filled up: with
 * its last pixel where differences are coded, else with zeros. C: H5Zszip.c and the szip interface of libaec.
 */
import { FilterError } from "../base/errors.ts";
import { LITTLE_ENDIAN_HOST } from "../base/host.ts";
import { Scratch, ScratchRoom } from "../base/scratch.ts";
import { BitReader } from "./bit-reader.ts";
import { BitWriter } from "./bit-writer.ts";
import type { DecodeContext, EncodeContext, Filter } from "./filter.ts";
import { RiceDecoder } from "./rice-decoder.ts";
import { RICE_BLOCK_ROOM, RiceEncoder } from "./rice-encoder.ts";
import { type RiceLayout, riceLayout } from "./rice-layout.ts";
import { shuffle, unshuffle } from "./shuffle.ts";

export const SZIP_ID = 4;

const MSB = 16;
const NEAREST_NEIGHBOUR = 32;
const MAX_PIXELS_PER_BLOCK = 32;
const MAX_BLOCKS = 4096;
const SIZE_BYTES = 4;

interface SzipParameters {
  readonly layout: RiceLayout;
  readonly bigEndian: boolean;
  readonly pixelsPerScanline: number;
  /** Bytes of a coded sample. */
  readonly sampleSize: 1 | 2 | 4;
  /** Planes that the bytes of a pixel are split into; 1 when they stay together. */
  readonly planes: number;
}

function failure(message: string): FilterError {
  return new FilterError(SZIP_ID, message);
}

function parametersOf(clientData: readonly number[]): SzipParameters {
  if (clientData.length !== 4) throw failure("invalid number of filter parameters");
  const [options, pixelsPerBlock, bitsPerPixel, pixelsPerScanline] = clientData as [number, number, number, number];
  const planes = bitsPerPixel === 32 || bitsPerPixel === 64 ? bitsPerPixel / 8 : 1;
  const bits = planes > 1 ? 8 : bitsPerPixel;
  const blocksPerLine = Math.ceil(pixelsPerScanline / pixelsPerBlock);
  if (
    pixelsPerBlock === 0 ||
    pixelsPerBlock % 2 !== 0 ||
    pixelsPerBlock > MAX_PIXELS_PER_BLOCK ||
    bits === 0 ||
    bits > 24 ||
    !(blocksPerLine >= 1 && blocksPerLine <= MAX_BLOCKS)
  ) {
    throw failure(
      `szip parameters out of range: ${pixelsPerBlock} pixels a block, ${bitsPerPixel} bits a pixel, ${pixelsPerScanline} pixels a scanline`,
    );
  }
  return {
    layout: riceLayout(bits, pixelsPerBlock, blocksPerLine, (options & NEAREST_NEIGHBOUR) !== 0),
    bigEndian: (options & MSB) !== 0,
    pixelsPerScanline,
    sampleSize: bits > 16 ? 4 : bits > 8 ? 2 : 1,
    planes,
  };
}

function decode(bytes: Uint8Array, { clientData, outputByteLength, limits, room }: DecodeContext): Uint8Array {
  const parameters = parametersOf(clientData);
  if (bytes.length < SIZE_BYTES) throw failure("szip_filter: decompression failed");
  const byteLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (outputByteLength !== undefined && outputByteLength !== byteLength) {
    throw failure(`szip_filter: decompression failed: ${byteLength} bytes of a chunk of ${outputByteLength}`);
  }
  if (outputByteLength === undefined && byteLength > bytes.length * limits.maxInflateRatio) {
    throw failure(`szip_filter: decompression failed: ${byteLength} bytes from ${bytes.length}`);
  }
  if (parameters.planes > 1) {
    const planes = scratch.take(byteLength);
    let out = planes;
    try {
      decodeLines(bytes, planes, parameters);
      out = unshuffle(planes, parameters.planes, room);
    } finally {
      // A copy where there was nothing to move.
      out = scratch.release(planes, out);
    }
    return out;
  }
  const offered = room?.(byteLength);
  const out = offered !== undefined && offered.byteOffset % 4 === 0 ? offered : new Uint8Array(byteLength);
  decodeLines(bytes, out, parameters);
  return out;
}

/** The planes of bytes that pixels are split into. */
const scratch = new Scratch();
const NO_BYTES = new Uint8Array(0);

function decodeLines(bytes: Uint8Array, out: Uint8Array, parameters: SzipParameters): void {
  const reader = new BitReader(bytes.subarray(SIZE_BYTES));
  const decoder = new RiceDecoder(parameters.layout);
  const { pixelsPerScanline, sampleSize } = parameters;
  const total = Math.floor(out.length / sampleSize);
  // Bytes that are no whole sample are not coded.
  out.fill(0, total * sampleSize);
  try {
    for (let first = 0; first < total; first += pixelsPerScanline) {
      const count = Math.min(pixelsPerScanline, total - first);
      const samples = decoder.decodeLine(reader, count);
      if (samples === undefined) throw failure("szip_filter: decompression failed");
      storeSamples(samples.subarray(0, count), out, first * sampleSize, parameters);
    }
  } finally {
    reader.close();
  }
}

/** Stores samples, which it may change. */
function storeSamples(
  samples: Uint32Array,
  out: Uint8Array,
  start: number,
  { sampleSize, bigEndian }: SzipParameters,
): void {
  if (sampleSize > 1 && bigEndian === LITTLE_ENDIAN_HOST) swapSamples(samples, sampleSize);
  const at = out.byteOffset + start;
  if (sampleSize === 1) out.set(samples, start);
  else if (sampleSize === 2) new Uint16Array(out.buffer, at, samples.length).set(samples);
  else new Uint32Array(out.buffer, at, samples.length).set(samples);
}

/** Exchanges the bytes of samples of two or four bytes. */
function swapSamples(samples: Uint32Array, sampleSize: number): void {
  const unused = 32 - 8 * sampleSize;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number;
    const halves = ((sample & 0x00ff00ff) << 8) | ((sample >>> 8) & 0x00ff00ff);
    samples[i] = ((halves << 16) | (halves >>> 16)) >>> unused;
  }
}

/** Undefined when the data does not get smaller, or has bits outside the precision, which would be lost. */
function encode(bytes: Uint8Array, { clientData, room }: EncodeContext): Uint8Array | undefined {
  const parameters = parametersOf(clientData);
  const { sampleSize, planes } = parameters;
  if (bytes.length % (sampleSize * planes) !== 0) return undefined;
  const longest = SIZE_BYTES + bytes.length + RICE_BLOCK_ROOM;
  const out = room?.(longest) ?? new Uint8Array(longest);
  new DataView(out.buffer, out.byteOffset).setUint32(0, bytes.length, true);
  const rooms = new ScratchRoom(scratch);
  try {
    const byteLength = encodeLines(shuffle(bytes, planes, rooms.room), out, parameters);
    return byteLength === undefined ? undefined : out.subarray(0, byteLength);
  } finally {
    rooms.release(NO_BYTES);
  }
}

/** @returns Bytes of `out` that are taken then. */
function encodeLines(input: Uint8Array, out: Uint8Array, parameters: SzipParameters): number | undefined {
  const { layout, pixelsPerScanline, sampleSize } = parameters;
  const writer = new BitWriter(out, SIZE_BYTES);
  const encoder = new RiceEncoder(layout, SIZE_BYTES + input.length);
  const samples = new Uint32Array(layout.blockSize * layout.blocks);
  const total = input.length / sampleSize;
  for (let first = 0; first < total; first += pixelsPerScanline) {
    const count = Math.min(pixelsPerScanline, total - first);
    const fits = loadSamples(input, first * sampleSize, samples, count, parameters);
    if (!fits || !encoder.encodeLine(writer, samples)) return undefined;
  }
  writer.finish();
  return writer.byteLength;
}

/** Fills a line; false when a sample has more bits than are coded. */
function loadSamples(
  bytes: Uint8Array,
  start: number,
  samples: Uint32Array,
  count: number,
  { sampleSize, bigEndian, layout }: SzipParameters,
): boolean {
  const at = bytes.byteOffset + start;
  if (sampleSize === 1) samples.set(bytes.subarray(start, start + count));
  else if (at % sampleSize === 0) {
    samples.set(new (sampleSize === 2 ? Uint16Array : Uint32Array)(bytes.buffer as ArrayBuffer, at, count));
    if (bigEndian === LITTLE_ENDIAN_HOST) swapSamples(samples.subarray(0, count), sampleSize);
  } else putTogether(bytes, start, samples.subarray(0, count), sampleSize, bigEndian);
  samples.fill(layout.differences ? (samples[count - 1] as number) : 0, count);
  return layout.bits === 8 * sampleSize || allBitsOf(samples) <= layout.greatest;
}

function putTogether(
  bytes: Uint8Array,
  start: number,
  samples: Uint32Array,
  sampleSize: number,
  bigEndian: boolean,
): void {
  samples.fill(0);
  const last = sampleSize - 1;
  for (let byte = 0; byte < sampleSize; byte++) {
    const shift = 8 * (bigEndian ? last - byte : byte);
    for (let i = 0, from = start + byte; i < samples.length; i++, from += sampleSize) {
      samples[i] = (samples[i] as number) | ((bytes[from] as number) << shift);
    }
  }
}

function allBitsOf(samples: Uint32Array): number {
  let all = 0;
  for (let i = 0; i < samples.length; i++) all |= samples[i] as number;
  return all >>> 0;
}

export const szipFilter: Filter = { id: SZIP_ID, name: "szip", decode, encode };
