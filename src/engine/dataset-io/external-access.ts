/**
 * Raw data in other files, one part after the other.
 *
 * Specification: IV.A.2.h. Reference implementation: H5Defl.c. What no file reaches to reads as zeros, and nothing is ever
 * filled: the files are taken to be as whoever made them wanted them.
 */
import { UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { FormatError } from "../../base/errors.ts";
import type { ByteRange, ByteSource, ByteTarget } from "../../io/source.ts";
import { requireWithinExtent, type Selection } from "../selection/selection.ts";
import { readLinear, writeLinear } from "./linear-access.ts";
import type { LinearBytes, LinearRange } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";
import type { RawDataAccess } from "./raw-data-owner.ts";

/** A stretch of another file. C: an entry of `H5Pset_external`. */
export interface ExternalPart {
  readonly name: string;
  /** First byte of the data in that file. */
  readonly fileOffset: number;
  /** `UNLIMITED` for a last part without bound. */
  readonly byteLength: number;
}

/** Opens, or has open, the files by name. */
export type OpenRawData = (name: string, mode: "read" | "write") => ByteSource;

/** Moves elements between memory and external files. */
export class ExternalAccess implements RawDataAccess {
  private readonly owner: { readonly dims: readonly number[]; readonly elementSize: number };
  private readonly parts: readonly ExternalPart[];
  private readonly open: OpenRawData;

  constructor(
    owner: { readonly dims: readonly number[]; readonly elementSize: number },
    parts: readonly ExternalPart[],
    open: OpenRawData,
  ) {
    this.owner = owner;
    this.parts = parts;
    this.open = open;
  }

  read(selection: Selection, memory: MemorySide): void {
    readLinear(this.bytes("read"), selection, memory);
  }

  write(selection: Selection, memory: MemorySide): void {
    requireWithinExtent(selection);
    writeLinear(this.bytes("write"), selection, memory);
  }

  private bytes(mode: "read" | "write"): ExternalBytes {
    const { dims, elementSize } = this.owner;
    const needed = product(dims) * elementSize;
    const room = externalByteLength(this.parts);
    if (room < needed) {
      const structure = "External data files message";
      const problem = `${room} bytes, a dataset of (${dims.join(", ")}) needs ${needed}`;
      throw new FormatError(`${structure}, field "Data Size": ${problem}`, { structure, field: "Data Size" });
    }
    return new ExternalBytes(this.parts, needed, (name) => this.open(name, mode));
  }
}

/** Bytes that the parts can hold together; `UNLIMITED` when the last has no bound. C: `H5O_efl_total_size`. */
export function externalByteLength(parts: readonly Pick<ExternalPart, "byteLength">[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The parts as one stretch of bytes. */
class ExternalBytes implements LinearBytes {
  readonly byteLength: number;
  readonly answersLate = true;
  private readonly parts: readonly ExternalPart[];
  private readonly open: (name: string) => ByteSource;
  /** Where each part starts in the stretch. */
  private readonly starts: readonly number[];

  constructor(parts: readonly ExternalPart[], byteLength: number, open: (name: string) => ByteSource) {
    this.parts = parts;
    this.byteLength = byteLength;
    this.open = open;
    let start = 0;
    this.starts = parts.map((part) => {
      const own = start;
      start += part.byteLength;
      return own;
    });
  }

  view(): undefined {
    return undefined;
  }

  read(offset: number, destination: Uint8Array): void {
    this.each(offset, destination.length, (source, fileOffset, from, to) => {
      const there = Math.max(0, Math.min(to - from, source.byteLength() - fileOffset));
      if (there > 0) source.readInto(fileOffset, destination.subarray(from, from + there));
      destination.fill(0, from + there, to);
    });
  }

  write(offset: number, bytes: Uint8Array): void {
    this.each(offset, bytes.length, (source, fileOffset, from, to) => {
      (source as ByteTarget).write(fileOffset, bytes.subarray(from, to));
    });
  }

  expect(ranges: readonly LinearRange[]): void {
    const bySource = new Map<ByteSource, ByteRange[]>();
    for (const { offset, byteLength } of ranges) {
      this.each(offset, byteLength, (source, fileOffset, from, to) => {
        const there = Math.min(to - from, source.byteLength() - fileOffset);
        if (source.expect === undefined || there <= 0) return;
        const wanted = bySource.get(source) ?? [];
        wanted.push({ offset: fileOffset, byteLength: there });
        bySource.set(source, wanted);
      });
    }
    for (const [source, wanted] of bySource) source.expect?.(wanted);
  }

  /** Visits what lies in each part of a range: `from` and `to` count from the start of the range. */
  private each(
    offset: number,
    byteLength: number,
    visit: (source: ByteSource, fileOffset: number, from: number, to: number) => void,
  ): void {
    const end = offset + byteLength;
    this.parts.forEach((part, i) => {
      const start = this.starts[i] as number;
      const partEnd = part.byteLength === UNLIMITED ? end : start + part.byteLength;
      const first = Math.max(offset, start);
      const last = Math.min(end, partEnd);
      if (first >= last) return;
      visit(this.open(part.name), part.fileOffset + first - start, first - offset, last - offset);
    });
  }
}
