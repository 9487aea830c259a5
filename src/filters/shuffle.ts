/**
 * Shuffle, filter 2: the bytes of all elements regrouped by significance.
 *
 * Client data 0 is the element size. All first bytes come first, then all second bytes, and so on; bytes that do not
 * fill an element stay at the end as they are. The specification leaves it to the library; C: H5Zshuffle.c.
 */

import { FilterError } from "../base/errors.ts";
import { LITTLE_ENDIAN_HOST } from "../base/host.ts";
import type { DecodeContext, EncodeContext, Filter, Room } from "./filter.ts";

export const SHUFFLE_ID = 2;

/** Memory for a result: what is offered if words can be written there, else new. */
function resultOf(byteLength: number, room: Room | undefined): Uint8Array {
  const offered = room?.(byteLength);
  return offered !== undefined && offered.byteOffset % 8 === 0 ? offered : new Uint8Array(byteLength);
}

/** Whether elements can be moved by four, in words. */
function isForWords(bytes: Uint8Array, elementSize: number, count: number): boolean {
  return elementSize % 4 === 0 && count % 4 === 0 && bytes.byteOffset % 4 === 0 && LITTLE_ENDIAN_HOST;
}

/** Regroups `bytes` by significance. Returns `bytes` itself when there is nothing to move. */
export function shuffle(bytes: Uint8Array, elementSize: number, room?: Room): Uint8Array {
  const count = Math.floor(bytes.length / elementSize);
  if (elementSize <= 1 || count <= 1) return bytes;
  const out = resultOf(bytes.length, room);
  const whole = count * elementSize;
  if (isForWords(bytes, elementSize, count)) {
    splitWords(bytes, out, count, elementSize / 4);
  } else if (elementSize === 2) split2(bytes, out, count);
  else if (elementSize === 4) split4(bytes, out, count);
  else if (elementSize === 8) split8(bytes, out, count);
  else splitAny(bytes, out, count, elementSize);
  if (whole < bytes.length) out.set(bytes.subarray(whole), whole);
  return out;
}

/** Undoes {@link shuffle}. Returns `bytes` itself when there is nothing to move. */
export function unshuffle(bytes: Uint8Array, elementSize: number, room?: Room): Uint8Array {
  const count = Math.floor(bytes.length / elementSize);
  if (elementSize <= 1 || count <= 1) return bytes;
  const out = resultOf(bytes.length, room);
  const whole = count * elementSize;
  if (isForWords(bytes, elementSize, count)) joinWords(bytes, out, count, elementSize / 4);
  else if (elementSize === 2 && LITTLE_ENDIAN_HOST) join2(bytes, out, count);
  else if (elementSize === 4 && LITTLE_ENDIAN_HOST) join4(bytes, out, count);
  else if (elementSize === 8 && LITTLE_ENDIAN_HOST) join8(bytes, out, count);
  else joinAny(bytes, out, count, elementSize);
  if (whole < bytes.length) out.set(bytes.subarray(whole), whole);
  return out;
}

function splitAny(bytes: Uint8Array, out: Uint8Array, count: number, elementSize: number): void {
  let to = 0;
  for (let plane = 0; plane < elementSize; plane++) {
    for (let i = 0, from = plane; i < count; i++, from += elementSize) out[to++] = bytes[from] as number;
  }
}

function joinAny(bytes: Uint8Array, out: Uint8Array, count: number, elementSize: number): void {
  let from = 0;
  for (let plane = 0; plane < elementSize; plane++) {
    for (let i = 0, to = plane; i < count; i++, to += elementSize) out[to] = bytes[from++] as number;
  }
}

/** Words of four elements at a time: sixteen bytes in four reads and four writes. */
function splitWords(bytes: Uint8Array, out: Uint8Array, count: number, wordsPerElement: number): void {
  const from = new Int32Array(bytes.buffer, bytes.byteOffset, count * wordsPerElement);
  const to = new Int32Array(out.buffer, out.byteOffset, count * wordsPerElement);
  const plane = count / 4;
  const step = 4 * wordsPerElement;
  for (let word = 0; word < wordsPerElement; word++) {
    const plane0 = 4 * word * plane;
    const plane1 = plane0 + plane;
    const plane2 = plane1 + plane;
    const plane3 = plane2 + plane;
    for (let i = 0, at = word; i < plane; i++, at += step) {
      const first = from[at] as number;
      const second = from[at + wordsPerElement] as number;
      const third = from[at + 2 * wordsPerElement] as number;
      const fourth = from[at + 3 * wordsPerElement] as number;
      // Bytes 0 and 2, and bytes 1 and 3, of two elements each.
      const even = (first & 0x00ff00ff) | ((second & 0x00ff00ff) << 8);
      const odd = ((first >>> 8) & 0x00ff00ff) | (second & 0xff00ff00);
      const laterEven = (third & 0x00ff00ff) | ((fourth & 0x00ff00ff) << 8);
      const laterOdd = ((third >>> 8) & 0x00ff00ff) | (fourth & 0xff00ff00);
      to[plane0 + i] = (even & 0xffff) | (laterEven << 16);
      to[plane1 + i] = (odd & 0xffff) | (laterOdd << 16);
      to[plane2 + i] = (even >>> 16) | (laterEven & 0xffff0000);
      to[plane3 + i] = (odd >>> 16) | (laterOdd & 0xffff0000);
    }
  }
}

/** The other way round. A loop of bytes takes half as long again. */
function joinWords(bytes: Uint8Array, out: Uint8Array, count: number, wordsPerElement: number): void {
  const from = new Int32Array(bytes.buffer, bytes.byteOffset, count * wordsPerElement);
  const to = new Int32Array(out.buffer, out.byteOffset, count * wordsPerElement);
  const plane = count / 4;
  const step = 4 * wordsPerElement;
  for (let word = 0; word < wordsPerElement; word++) {
    const plane0 = 4 * word * plane;
    const plane1 = plane0 + plane;
    const plane2 = plane1 + plane;
    const plane3 = plane2 + plane;
    for (let i = 0, at = word; i < plane; i++, at += step) {
      const byte0 = from[plane0 + i] as number;
      const byte1 = from[plane1 + i] as number;
      const byte2 = from[plane2 + i] as number;
      const byte3 = from[plane3 + i] as number;
      // The lower and the upper two bytes of elements 0 and 2, and of elements 1 and 3.
      const evenLow = (byte0 & 0x00ff00ff) | ((byte1 & 0x00ff00ff) << 8);
      const oddLow = ((byte0 >>> 8) & 0x00ff00ff) | (byte1 & 0xff00ff00);
      const evenHigh = (byte2 & 0x00ff00ff) | ((byte3 & 0x00ff00ff) << 8);
      const oddHigh = ((byte2 >>> 8) & 0x00ff00ff) | (byte3 & 0xff00ff00);
      to[at] = (evenLow & 0xffff) | (evenHigh << 16);
      to[at + wordsPerElement] = (oddLow & 0xffff) | (oddHigh << 16);
      to[at + 2 * wordsPerElement] = (evenLow >>> 16) | (evenHigh & 0xffff0000);
      to[at + 3 * wordsPerElement] = (oddLow >>> 16) | (oddHigh & 0xffff0000);
    }
  }
}

function split2(bytes: Uint8Array, out: Uint8Array, count: number): void {
  let i = 0;
  if (LITTLE_ENDIAN_HOST && bytes.byteOffset % 4 === 0 && count % 4 === 0) {
    splitPairs(
      new Int32Array(bytes.buffer, bytes.byteOffset, count / 2),
      new Int32Array(out.buffer, out.byteOffset, count / 2),
    );
    i = count;
  }
  for (; i < count; i++) {
    out[i] = bytes[2 * i] as number;
    out[count + i] = bytes[2 * i + 1] as number;
  }
}

/** Four elements of two bytes at a time. */
function splitPairs(from: Int32Array, to: Int32Array): void {
  const plane = to.length / 2;
  for (let i = 0; i < plane; i++) {
    const first = from[2 * i] as number;
    const second = from[2 * i + 1] as number;
    // The bytes of two elements side by side.
    const low = (first & 0xff) | ((first >>> 8) & 0xff00);
    const high = ((first >>> 8) & 0xff) | ((first >>> 16) & 0xff00);
    to[i] = low | ((second & 0xff) << 16) | ((second & 0xff0000) << 8);
    to[plane + i] = high | ((second & 0xff00) << 8) | (second & 0xff000000);
  }
}

function split4(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const plane2 = 2 * count;
  const plane3 = 3 * count;
  for (let i = 0, from = 0; i < count; i++, from += 4) {
    out[i] = bytes[from] as number;
    out[count + i] = bytes[from + 1] as number;
    out[plane2 + i] = bytes[from + 2] as number;
    out[plane3 + i] = bytes[from + 3] as number;
  }
}

/** Two passes of four planes: eight streams at once are slower than reading the input twice. */
function split8(bytes: Uint8Array, out: Uint8Array, count: number): void {
  for (let half = 0; half < 8; half += 4) {
    const plane0 = half * count;
    const plane1 = plane0 + count;
    const plane2 = plane1 + count;
    const plane3 = plane2 + count;
    for (let i = 0, from = half; i < count; i++, from += 8) {
      out[plane0 + i] = bytes[from] as number;
      out[plane1 + i] = bytes[from + 1] as number;
      out[plane2 + i] = bytes[from + 2] as number;
      out[plane3 + i] = bytes[from + 3] as number;
    }
  }
}

function join2(bytes: Uint8Array, out: Uint8Array, count: number): void {
  if (bytes.byteOffset % 4 === 0 && count % 4 === 0) {
    joinPairs(
      new Int32Array(bytes.buffer, bytes.byteOffset, count / 2),
      new Int32Array(out.buffer, out.byteOffset, count / 2),
    );
    return;
  }
  const words = new Uint16Array(out.buffer, out.byteOffset, count);
  for (let i = 0; i < count; i++) words[i] = (bytes[i] as number) | ((bytes[count + i] as number) << 8);
}

function joinPairs(from: Int32Array, to: Int32Array): void {
  const plane = from.length / 2;
  for (let i = 0; i < plane; i++) {
    const low = from[i] as number;
    const high = from[plane + i] as number;
    to[2 * i] = (low & 0xff) | ((low & 0xff00) << 8) | ((high & 0xff) << 8) | ((high & 0xff00) << 16);
    to[2 * i + 1] = ((low >>> 16) & 0xff) | ((low >>> 8) & 0xff0000) | ((high >>> 8) & 0xff00) | (high & 0xff000000);
  }
}

function join4(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Int32Array(out.buffer, out.byteOffset, count);
  const plane2 = 2 * count;
  const plane3 = 3 * count;
  for (let i = 0; i < count; i++) {
    words[i] =
      (bytes[i] as number) |
      ((bytes[count + i] as number) << 8) |
      ((bytes[plane2 + i] as number) << 16) |
      ((bytes[plane3 + i] as number) << 24);
  }
}

function join8(bytes: Uint8Array, out: Uint8Array, count: number): void {
  const words = new Int32Array(out.buffer, out.byteOffset, 2 * count);
  for (let half = 0; half < 2; half++) {
    const plane0 = half * 4 * count;
    const plane1 = plane0 + count;
    const plane2 = plane1 + count;
    const plane3 = plane2 + count;
    for (let i = 0, to = half; i < count; i++, to += 2) {
      words[to] =
        (bytes[plane0 + i] as number) |
        ((bytes[plane1 + i] as number) << 8) |
        ((bytes[plane2 + i] as number) << 16) |
        ((bytes[plane3 + i] as number) << 24);
    }
  }
}

export function shuffledElementSize(context: DecodeContext | EncodeContext): number {
  const elementSize = context.clientData[0];
  if (context.clientData.length !== 1 || elementSize === undefined || elementSize === 0) {
    throw new FilterError(SHUFFLE_ID, "invalid shuffle parameters");
  }
  return elementSize;
}

export const shuffleFilter: Filter = {
  id: SHUFFLE_ID,
  name: "shuffle",
  decode: (bytes, context) => unshuffle(bytes, shuffledElementSize(context), context.room),
  encode: (bytes, context) => shuffle(bytes, shuffledElementSize(context), context.room),
  encodedByteLength: (byteLength) => byteLength,
};
