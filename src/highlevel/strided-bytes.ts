/** Moving elements between rows and columns. */
import { allocateBytes } from "../base/memory.ts";

/** Equally spaced elements. */
export interface Strided {
  readonly bytes: Uint8Array;
  /** Where the first element starts. */
  readonly byteOffset: number;
  /** Bytes from the start of one element to that of the next. */
  readonly stride: number;
  readonly count: number;
}

/** Elements of `size` bytes, packed: a view where they are, else a copy. */
export function gather({ bytes, byteOffset, stride, count }: Strided, size: number): Uint8Array {
  if (stride === size) return bytes.subarray(byteOffset, byteOffset + count * size);
  const packed = allocateBytes(count * size);
  moveStrided({ bytes, byteOffset, stride, count }, { bytes: packed, byteOffset: 0, stride: size, count }, size);
  return packed;
}

/** Copies `source.count` elements of `size` bytes from one place to another. */
export function moveStrided(source: Strided, target: Strided, size: number): void {
  const { count } = source;
  if (count === 0) return;
  const step = [8, 4, 2].find((width) => isAligned(source, width) && isAligned(target, width) && size % width === 0);
  if (step === undefined) moveBytes(source, target, size, count);
  else if (step === 2) moveShorts(source, target, size / 2, count);
  else moveWords(source, target, size / 4, count);
}

function isAligned({ bytes, byteOffset, stride }: Strided, width: number): boolean {
  return (bytes.byteOffset + byteOffset) % width === 0 && stride % width === 0;
}

function moveBytes(source: Strided, target: Strided, size: number, count: number): void {
  const from = source.bytes;
  const to = target.bytes;
  for (
    let i = 0, a = source.byteOffset, b = target.byteOffset;
    i < count;
    i++, a += source.stride, b += target.stride
  ) {
    for (let k = 0; k < size; k++) to[b + k] = from[a + k] as number;
  }
}

function moveShorts(source: Strided, target: Strided, length: number, count: number): void {
  const from = new Uint16Array(...unitsFrom(source, 2));
  const to = new Uint16Array(...unitsFrom(target, 2));
  const [fromStep, toStep] = [source.stride / 2, target.stride / 2];
  for (let i = 0, a = 0, b = 0; i < count; i++, a += fromStep, b += toStep) {
    for (let k = 0; k < length; k++) to[b + k] = from[a + k] as number;
  }
}

function moveWords(source: Strided, target: Strided, length: number, count: number): void {
  const from = new Uint32Array(...unitsFrom(source, 4));
  const to = new Uint32Array(...unitsFrom(target, 4));
  const [fromStep, toStep] = [source.stride / 4, target.stride / 4];
  for (let i = 0, a = 0, b = 0; i < count; i++, a += fromStep, b += toStep) {
    for (let k = 0; k < length; k++) to[b + k] = from[a + k] as number;
  }
}

/** What a typed array is made from: as many whole units as there are. */
function unitsFrom({ bytes, byteOffset }: Strided, size: number): [ArrayBufferLike, number, number] {
  const start = bytes.byteOffset + byteOffset;
  return [bytes.buffer, start, Math.floor((bytes.buffer.byteLength - start) / size)];
}
