/** Chunks that are never in memory as a whole: they are filled, cut and emptied a piece at a time, where they lie. */
import type { Address } from "../../base/address.ts";
import type { ChunkFormat } from "./chunk-format.ts";
import type { ChunkStorage } from "./chunk-index.ts";
import { FILL_PIECE_BYTES, fillPiece } from "./fill-pattern.ts";

export class ChunkPieces {
  private readonly storage: ChunkStorage;
  private readonly format: ChunkFormat;
  private readonly chunkByteLength: number;

  constructor(storage: ChunkStorage, format: ChunkFormat, chunkByteLength: number) {
    this.storage = storage;
    this.format = format;
    this.chunkByteLength = chunkByteLength;
  }

  /** Fills a new chunk. Zeros are written only over what others left; behind that the file ends with them. */
  fillNew(address: Address, element: Uint8Array | undefined): void {
    const { storage, chunkByteLength } = this;
    const filled = element === undefined ? storage.available(address, chunkByteLength) : chunkByteLength;
    this.writeElements(address, filled, element);
    if (filled < chunkByteLength) storage.writeRaw(address + chunkByteLength - 1, new Uint8Array(1));
  }

  /** The cells from `start` up to `end` become fill values again. */
  refill(address: Address, start: number, end: number): void {
    const { elementSize, fillElement } = this.format;
    const first = address + start * elementSize;
    const byteLength = (end - start) * elementSize;
    if (this.format.heap === undefined) this.writeElements(first, byteLength, fillElement);
    else this.forEachPiece(first, byteLength, (at, part) => this.replace(at, part, fillElement));
  }

  /** Elements, which lose what they own, become fill values. */
  private replace(address: Address, part: Uint8Array, element: Uint8Array | undefined): void {
    const { storage, format } = this;
    const { heap } = format;
    const filled = fillPiece(element, format.elementSize, part.length).slice(0, part.length);
    heap?.release(
      (show) => show(part),
      () => {
        if (element !== undefined) heap.own(filled);
      },
    );
    storage.writeOrKeep(address, filled);
  }

  /** Shows the elements of a chunk. */
  show(address: Address, visit: (bytes: Uint8Array) => void): void {
    this.forEachPiece(address, this.chunkByteLength, (_, part) => visit(part));
  }

  /** Elements that own heap objects get some of their own. */
  private writeElements(address: Address, byteLength: number, element: Uint8Array | undefined): void {
    const { storage, format } = this;
    const piece = fillPiece(element, format.elementSize, byteLength);
    for (let done = 0; done < byteLength; done += piece.length) {
      const next = piece.subarray(0, Math.min(piece.length, byteLength - done));
      const part = format.heap === undefined || element === undefined ? next : next.slice();
      if (part !== next) format.heap?.own(part);
      storage.writeRaw(address + done, part);
    }
  }

  /** @param visit - Must not keep the bytes. */
  private forEachPiece(address: Address, byteLength: number, visit: (at: Address, part: Uint8Array) => void): void {
    const { elementSize } = this.format;
    const piece = new Uint8Array(Math.max(1, Math.floor(FILL_PIECE_BYTES / elementSize)) * elementSize);
    for (let done = 0; done < byteLength; done += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, byteLength - done));
      this.storage.readRaw(address + done, part);
      visit(address + done, part);
    }
  }
}
