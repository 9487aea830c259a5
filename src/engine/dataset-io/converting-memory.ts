/**
 * Memory of another datatype than the file's: elements are converted on their way, through buffers of bounded size.
 *
 * Reference implementation: H5Dscatgath.c, `H5D__scatgath_read` and `H5D__scatgath_write`; the buffers are those of
 * `H5Pset_buffer`, 1 MiB by default.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { copyRuns } from "./copy-runs.ts";
import type { DestinationGaps } from "./destination-gaps.ts";
import type { MemorySide } from "./memory-side.ts";

/** A conversion between two datatypes. */
export interface ElementConversion {
  /** The bytes are the same in both, so that there is nothing to do. */
  readonly noop: boolean;
  /** Which bytes of the destination are not set; default: none. */
  readonly gaps?: DestinationGaps;
  /** Offsets in bytes; elements lie packed at both ends, and the two do not overlap. */
  convert(
    source: Uint8Array,
    sourceOffset: number,
    destination: Uint8Array,
    destinationOffset: number,
    count: number,
  ): void;
}

/** A conversion for elements of another datatype of a file, to or from the same memory; undefined where places are in either. */
export type ConversionFor = (type: Datatype) => ElementConversion | undefined;

/** C: the default of `H5Pset_buffer`. */
export const CONVERSION_BUFFER_BYTES = 1 << 20;
/** Runs from this length on are converted where they are rather than gathered first. */
const LONG_RUN = 256;
/** Groups that wait for one conversion at most. */
const MAX_GROUPS = 4096;
/** Elements that a buffer has room for at first: one of the full size costs more to make than few elements to convert. */
const FIRST_ELEMENTS = 64;

/** @throws HDF5Error "argument" when not even one element has room. */
function bufferElements(byteLength: number, fileSize: number, memorySize: number): number {
  const count = Math.floor(byteLength / Math.max(fileSize, memorySize));
  if (count > 0 || byteLength === CONVERSION_BUFFER_BYTES) return Math.max(1, count);
  throw new HDF5Error("argument", "temporary buffer max size is too small");
}

/** Room for `count` elements of `size` bytes, what is in `buffer` kept; it grows fast, and never beyond `capacity` elements. */
function withRoom(buffer: Uint8Array | undefined, count: number, capacity: number, size: number): Uint8Array {
  if (buffer !== undefined && buffer.length >= count * size) return buffer;
  const grown = buffer === undefined ? FIRST_ELEMENTS : (4 * buffer.length) / size;
  const larger = new Uint8Array(Math.max(count, Math.min(capacity, grown)) * size);
  if (buffer !== undefined) larger.set(buffer);
  return larger;
}

/** Converts what is read. `put` gathers short runs, and `finish` converts the last of them. */
export class ReadConverter implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget = false;
  private readonly inner: MemorySide;
  private readonly conversion: ElementConversion;
  private readonly capacity: number;
  private readonly bufferBytes: number;
  private readonly conversionFor: ConversionFor | undefined;
  private staged: Uint8Array | undefined;
  private converted: Uint8Array | undefined;
  /** Elements of all groups that wait. */
  private stagedCount = 0;
  private groups = 0;
  private readonly lengths: number[] = [];
  private readonly repeats: number[] = [];
  private readonly positions: number[] = [];
  private readonly positionStrides: number[] = [];

  /**
   * @param inner - The memory as it is, with elements of the memory's datatype.
   * @param bufferBytes - Of the elements converted at a time.
   * @param conversionFor - What {@link MemorySide.forElements} goes by.
   */
  constructor(
    inner: MemorySide,
    conversion: ElementConversion,
    fileElementSize: number,
    bufferBytes = CONVERSION_BUFFER_BYTES,
    conversionFor?: ConversionFor,
  ) {
    this.elementSize = fileElementSize;
    this.inner = inner;
    this.conversion = conversion;
    this.capacity = bufferElements(bufferBytes, fileElementSize, inner.elementSize);
    this.bufferBytes = bufferBytes;
    this.conversionFor = conversionFor;
  }

  direct(): undefined {
    return undefined;
  }

  forElements(type: Datatype): MemorySide | undefined {
    const { inner, bufferBytes, conversionFor } = this;
    const conversion = conversionFor?.(type);
    if (conversion === undefined || conversion.noop) return conversion && inner;
    return new ReadConverter(inner, conversion, type.size, bufferBytes, conversionFor);
  }

  put(
    source: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void {
    const size = this.elementSize;
    if (length >= LONG_RUN && this.inner.direct(position, 1) !== undefined) {
      for (let i = 0; i < repeat; i++) this.putRun(source, offset + i * stride, length, position + i * positionStride);
      return;
    }
    const count = length * repeat;
    if (stride === length * size && count >= LONG_RUN && count <= this.capacity) {
      this.finish();
      this.addGroup(length, repeat, position, positionStride);
      this.convertGroups(source, offset);
      return;
    }
    for (let done = 0; done < repeat; ) {
      const from = offset + done * stride;
      const to = position + done * positionStride;
      const room = this.capacity - this.stagedCount;
      if (room < length && this.stagedCount > 0) {
        this.finish();
        continue;
      }
      if (room < length) {
        this.putRun(source, from, length, to);
        done++;
        continue;
      }
      const runs = Math.min(repeat - done, Math.floor(room / length));
      const { stagedCount } = this;
      const runBytes = length * size;
      const staged = this.stage(stagedCount + length * runs);
      copyRuns(staged, stagedCount * size, runBytes, source, from, stride, runBytes, runs);
      this.addGroup(length, runs, to, positionStride);
      if (this.groups === MAX_GROUPS || this.stagedCount === this.capacity) this.finish();
      done += runs;
    }
  }

  /** One run: straight into the memory if it lies there in one piece, by pieces of the buffer otherwise. */
  private putRun(source: Uint8Array, offset: number, length: number, position: number): void {
    const direct = this.inner.direct(position, length);
    if (direct !== undefined) {
      this.conversion.convert(source, offset, direct, 0, length);
      return;
    }
    const size = this.elementSize;
    for (let done = 0; done < length; done += this.capacity) {
      const count = Math.min(this.capacity, length - done);
      const from = offset + done * size;
      this.addGroup(count, 1, position + done, 0);
      this.convertGroups(source, from);
    }
  }

  private stage(count: number): Uint8Array {
    this.staged = withRoom(this.staged, count, this.capacity, this.elementSize);
    return this.staged;
  }

  private addGroup(length: number, repeat: number, position: number, positionStride: number): void {
    const i = this.groups++;
    const isOneRun = positionStride === length;
    this.lengths[i] = isOneRun ? length * repeat : length;
    this.repeats[i] = isOneRun ? 1 : repeat;
    this.positions[i] = position;
    this.positionStrides[i] = positionStride;
    this.stagedCount += length * repeat;
  }

  /** Of elements that are converted once more on their way, there is nothing before: zeros. */
  take(target: Uint8Array, offset: number, stride: number, length: number, repeat: number): void {
    for (let i = 0; i < repeat; i++) {
      const start = offset + i * stride;
      target.fill(0, start, start + length * this.elementSize);
    }
  }

  finish(): void {
    if (this.staged !== undefined && this.stagedCount > 0) this.convertGroups(this.staged, 0);
  }

  /** @param source - Holds the elements of all groups from `offset` on, packed. */
  private convertGroups(source: Uint8Array, offset: number): void {
    const { stagedCount: count, groups, inner, conversion } = this;
    this.stagedCount = 0;
    this.groups = 0;
    if (groups === 1 && this.repeats[0] === 1) {
      const direct = inner.direct(this.positions[0] as number, count);
      if (direct !== undefined) {
        conversion.convert(source, offset, direct, 0, count);
        return;
      }
    }
    this.converted = withRoom(this.converted, count, this.capacity, inner.elementSize);
    if ((conversion.gaps ?? "none") !== "none") this.scatter(groups, this.converted, true);
    conversion.convert(source, offset, this.converted, 0, count);
    this.scatter(groups, this.converted, false);
  }

  /** Moves the groups between the converted buffer and the memory, which way `fetching` says. */
  private scatter(groups: number, converted: Uint8Array, fetching: boolean): void {
    const size = this.inner.elementSize;
    let at = 0;
    for (let i = 0; i < groups; i++) {
      const length = this.lengths[i] as number;
      const repeat = this.repeats[i] as number;
      const position = this.positions[i] as number;
      const positionStride = this.positionStrides[i] as number;
      if (fetching) this.inner.take(converted, at, length * size, length, repeat, position, positionStride);
      else this.inner.put(converted, at, length * size, length, repeat, position, positionStride);
      at += length * repeat * size;
    }
  }
}

/** Converts what is written, as it is asked for. */
export class WriteConverter implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget: boolean;
  /** Holes between members are written as zeros, not as whatever the target happens to hold. */
  private readonly clearsTarget: boolean;
  private readonly inner: MemorySide;
  private readonly conversion: ElementConversion;
  private readonly capacity: number;
  private readonly bufferBytes: number;
  private readonly conversionFor: ConversionFor | undefined;
  private gathered: Uint8Array | undefined;
  private converted: Uint8Array | undefined;

  /**
   * @param inner - The memory as it is, with elements of the memory's datatype.
   * @param bufferBytes - Of the elements converted at a time.
   * @param conversionFor - What {@link MemorySide.forElements} goes by.
   */
  constructor(
    inner: MemorySide,
    conversion: ElementConversion,
    fileElementSize: number,
    bufferBytes = CONVERSION_BUFFER_BYTES,
    conversionFor?: ConversionFor,
  ) {
    this.elementSize = fileElementSize;
    this.keepsTarget = conversion.gaps === "kept";
    this.clearsTarget = conversion.gaps === "holes";
    this.inner = inner;
    this.conversion = conversion;
    this.capacity = bufferElements(bufferBytes, fileElementSize, inner.elementSize);
    this.bufferBytes = bufferBytes;
    this.conversionFor = conversionFor;
  }

  direct(): undefined {
    return undefined;
  }

  forElements(type: Datatype): MemorySide | undefined {
    const { inner, bufferBytes, conversionFor } = this;
    const conversion = conversionFor?.(type);
    if (conversion === undefined || conversion.noop) return conversion && inner;
    return new WriteConverter(inner, conversion, type.size, bufferBytes, conversionFor);
  }

  put(): void {
    throw new TypeError("a memory to write from takes nothing");
  }

  take(
    target: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void {
    const size = this.elementSize;
    if (length > this.capacity || (length >= LONG_RUN && this.inner.direct(position, 1) !== undefined)) {
      for (let i = 0; i < repeat; i++) this.takeRun(target, offset + i * stride, length, position + i * positionStride);
      return;
    }
    const step = Math.floor(this.capacity / length);
    const runBytes = length * size;
    for (let done = 0; done < repeat; done += step) {
      const count = Math.min(step, repeat - done);
      const to = offset + done * stride;
      const from = position + done * positionStride;
      if (stride === runBytes) {
        this.convertGathered(target, to, length, count, from, positionStride);
        continue;
      }
      const converted = withRoom(this.converted, count * length, this.capacity, size);
      this.converted = converted;
      if (this.keepsTarget) copyRuns(converted, 0, runBytes, target, to, stride, runBytes, count);
      this.convertGathered(converted, 0, length, count, from, positionStride);
      copyRuns(target, to, stride, converted, 0, runBytes, runBytes, count);
    }
  }

  private takeRun(target: Uint8Array, offset: number, length: number, position: number): void {
    const direct = this.inner.direct(position, length);
    if (direct !== undefined) {
      this.clear(target, offset, length);
      this.conversion.convert(direct, 0, target, offset, length);
      return;
    }
    for (let done = 0; done < length; done += this.capacity) {
      const count = Math.min(this.capacity, length - done);
      this.convertGathered(target, offset + done * this.elementSize, count, 1, position + done, 0);
    }
  }

  private clear(target: Uint8Array, offset: number, length: number): void {
    if (this.clearsTarget) target.fill(0, offset, offset + length * this.elementSize);
  }

  private convertGathered(
    target: Uint8Array,
    offset: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void {
    const size = this.inner.elementSize;
    this.gathered = withRoom(this.gathered, length * repeat, this.capacity, size);
    this.inner.take(this.gathered, 0, length * size, length, repeat, position, positionStride);
    this.clear(target, offset, length * repeat);
    this.conversion.convert(this.gathered, 0, target, offset, length * repeat);
  }

  finish(): void {}
}
