/**
 * N-bit and scale-offset of chunks that no array holds. Eight elements always take whole bytes, so that any eight of them, and
 * as many more, are a stream of their own.
 */
import { FilterError } from "../base/errors.ts";
import { forEachPart, type LongBytes } from "../base/long-bytes.ts";
import type { DecodeContext, PackedLayout } from "./filter.ts";
import type { LongEncodeContext } from "./long-pipeline.ts";
import { NBIT_ID, nbitFilter, nbitLayout } from "./nbit.ts";
import { SCALE_OFFSET_HEADER_BYTES, scaleOffsetFilter, scaleOffsetLayout } from "./scale-offset.ts";

/** Of the client data of both filters. */
const COUNT = 2;

/** Elements that are decoded at a time. */
const PIECE_ELEMENTS = 1 << 16;

function withCount(clientData: readonly number[], count: number): readonly number[] {
  return clientData.map((value, i) => (i === COUNT ? count : value));
}

/** Elements, decoded as they are read. */
class UnpackedBytes implements LongBytes {
  readonly byteLength: number;
  private readonly bytes: LongBytes;
  private readonly layout: PackedLayout;
  private readonly headerBytes: number;
  private readonly decode: (stored: Uint8Array, count: number) => Uint8Array;

  constructor(
    bytes: LongBytes,
    layout: PackedLayout,
    headerBytes: number,
    decode: (stored: Uint8Array, count: number) => Uint8Array,
  ) {
    this.byteLength = layout.count * layout.elementSize;
    this.bytes = bytes;
    this.layout = layout;
    this.headerBytes = headerBytes;
    this.decode = decode;
  }

  read(offset: number, destination: Uint8Array): void {
    const { elementSize, count } = this.layout;
    for (let done = 0; done < destination.length; ) {
      const start = Math.floor((offset + done) / elementSize / 8) * 8;
      const end = Math.ceil((offset + destination.length) / elementSize);
      const piece = this.readPiece(start, Math.min(end, start + PIECE_ELEMENTS, count));
      const skipped = offset + done - start * elementSize;
      const part = piece.subarray(skipped, skipped + destination.length - done);
      destination.set(part, done);
      done += part.length;
    }
  }

  private readPiece(start: number, end: number): Uint8Array {
    const { headerBytes, bytes } = this;
    const { bitsPerElement } = this.layout;
    const stored = new Uint8Array(headerBytes + Math.ceil(((end - start) * bitsPerElement) / 8));
    bytes.read(0, stored.subarray(0, headerBytes));
    bytes.read(headerBytes + (start * bitsPerElement) / 8, stored.subarray(headerBytes));
    return this.decode(stored, end - start);
  }
}

export function unpackNbit(bytes: LongBytes, context: DecodeContext): LongBytes {
  const { clientData } = context;
  const layout = nbitLayout(clientData, bytes.byteLength);
  if (layout === undefined) return bytes;
  return new UnpackedBytes(bytes, layout, 0, (stored, count) => {
    const outputByteLength = count * layout.elementSize;
    return nbitFilter.decode(stored, { ...context, outputByteLength, clientData: withCount(clientData, count) });
  });
}

export function unpackScaleOffset(bytes: LongBytes, context: DecodeContext): LongBytes {
  const { clientData } = context;
  const header = new Uint8Array(Math.min(SCALE_OFFSET_HEADER_BYTES, bytes.byteLength));
  bytes.read(0, header);
  const layout = scaleOffsetLayout(clientData, header, bytes.byteLength);
  if (layout === undefined) return bytes;
  return new UnpackedBytes(bytes, layout, SCALE_OFFSET_HEADER_BYTES, (stored, count) => {
    const outputByteLength = count * layout.elementSize;
    return scaleOffsetFilter.decode(stored, { ...context, outputByteLength, clientData: withCount(clientData, count) });
  });
}

export function packNbit(bytes: LongBytes, context: LongEncodeContext): LongBytes {
  const { clientData } = context;
  const layout = nbitLayout(clientData, bytes.byteLength);
  if (layout === undefined) return bytes;
  const { elementSize, bitsPerElement, count } = layout;
  if (count * elementSize !== bytes.byteLength) {
    throw new FilterError(NBIT_ID, `${bytes.byteLength} bytes are not ${count} elements of ${elementSize}`);
  }
  const out = context.newBytes();
  const pieceBytes = PIECE_ELEMENTS * elementSize;
  forEachPart(
    bytes,
    (part, offset) => {
      const elements = part.length / elementSize;
      const packed = nbitFilter.encode?.(part, { clientData: withCount(clientData, elements) }) ?? part;
      // The byte behind the last one that is full is the stream's only where it ends.
      const isLast = offset / elementSize + elements === count;
      out.append(isLast ? packed : packed.subarray(0, (elements * bitsPerElement) / 8));
    },
    pieceBytes,
  );
  return out;
}
