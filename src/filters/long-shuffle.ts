/** Shuffle of chunks that no array holds: only what is asked for is regrouped. */
import type { LongBytes } from "../base/long-bytes.ts";
import { unshuffle } from "./shuffle.ts";

/** Bytes of elements that are regrouped at a time, unless one alone has more. */
const PIECE_BYTES = 1 << 20;

/** What shuffled bytes are and what they were have this in common. */
abstract class Regrouped implements LongBytes {
  protected readonly bytes: LongBytes;
  protected readonly elementSize: number;
  /** Whole elements: bytes behind them stay where they are. */
  protected readonly count: number;
  protected readonly pieceElements: number;

  constructor(bytes: LongBytes, elementSize: number) {
    this.bytes = bytes;
    this.elementSize = elementSize;
    this.count = Math.floor(bytes.byteLength / elementSize);
    this.pieceElements = Math.max(1, Math.floor(PIECE_BYTES / elementSize));
  }

  get byteLength(): number {
    return this.bytes.byteLength;
  }

  read(offset: number, destination: Uint8Array): void {
    const whole = this.count * this.elementSize;
    const regrouped = Math.max(0, Math.min(destination.length, whole - offset));
    for (let done = 0; done < regrouped; ) {
      done += this.readPiece(offset + done, destination.subarray(done, regrouped));
    }
    if (regrouped < destination.length) this.bytes.read(offset + regrouped, destination.subarray(regrouped));
  }

  /** Reads some bytes of whole elements, as many as it likes. @returns how many. */
  protected abstract readPiece(offset: number, destination: Uint8Array): number;
}

export class UnshuffledBytes extends Regrouped {
  protected readPiece(offset: number, destination: Uint8Array): number {
    const { bytes, elementSize, count } = this;
    const first = Math.floor(offset / elementSize);
    const skipped = offset - first * elementSize;
    const last = Math.min(Math.ceil((offset + destination.length) / elementSize), first + this.pieceElements);
    const elements = last - first;
    const planes = new Uint8Array(elements * elementSize);
    for (let plane = 0; plane < elementSize; plane++) {
      bytes.read(plane * count + first, planes.subarray(plane * elements, (plane + 1) * elements));
    }
    const joined = unshuffle(planes, elementSize).subarray(skipped, skipped + destination.length);
    destination.set(joined);
    return joined.length;
  }
}

export class ShuffledBytes extends Regrouped {
  protected readPiece(offset: number, destination: Uint8Array): number {
    const { bytes, elementSize, count } = this;
    const plane = Math.floor(offset / count);
    const first = offset - plane * count;
    const elements = Math.min(destination.length, count - first, this.pieceElements);
    const piece = new Uint8Array(elements * elementSize);
    bytes.read(first * elementSize, piece);
    for (let i = 0, from = plane; i < elements; i++, from += elementSize) destination[i] = piece[from] as number;
    return elements;
  }
}
