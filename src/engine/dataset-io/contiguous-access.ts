/**
 * Raw data in one stretch of the file.
 *
 * Reference implementation: H5Dcontig.c; space is allocated with the first write, as `H5D_ALLOC_TIME_LATE` says.
 */
import { isDefined } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { FormatError, HDF5Error } from "../../base/errors.ts";
import { Scratch } from "../../base/scratch.ts";
import type { ContiguousLayout } from "../../format/data-layout.ts";
import type { Datatype } from "../../format/datatype.ts";
import { fillPiece } from "../chunks/fill-pattern.ts";
import { requireWithinExtent, type Selection, selectedCount } from "../selection/selection.ts";
import { allocateFor } from "../space/allocate-for.ts";
import { type BoxPieces, type BoxReader, boxReaderOf } from "./box-reader.ts";
import { type FillRule, readFill } from "./fill.ts";
import { expectLinear, readLinear, writeLinear } from "./linear-access.ts";
import { FileRegion, type RawStorage } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";
import type { RawDataAccess, RawDataOwner } from "./raw-data-owner.ts";
import { MAX_GAP_BYTES, WINDOW_BYTES } from "./windows.ts";

export class ContiguousAccess implements RawDataAccess {
  private readonly owner: RawDataOwner;

  constructor(owner: RawDataOwner) {
    this.owner = owner;
  }

  expect(selection: Selection): void {
    const layout = this.owner.layout as ContiguousLayout;
    if (isDefined(layout.address)) expectLinear(regionOf(this.owner, layout), selection, this.owner.elementSize);
  }

  read(selection: Selection, memory: MemorySide): void {
    const layout = this.owner.layout as ContiguousLayout;
    if (isDefined(layout.address)) readLinear(regionOf(this.owner, layout), selection, memory);
    else readFill(selection, memory, this.owner.fill);
  }

  write(selection: Selection, memory: MemorySide): void {
    requireWithinExtent(selection);
    const count = selectedCount(selection);
    if (count === 0) return;
    const whole = count === product(this.owner.dims) && selection.kind !== "points" && !memory.keepsTarget;
    const layout = allocateContiguous(this.owner, whole);
    const region = regionOf(this.owner, layout);
    const direct = whole && selection.kind === "all" ? memory.direct(0, count) : undefined;
    if (direct !== undefined) region.write(0, direct);
    else writeLinear(region, selection, memory);
  }
}

const spanBytes = new Scratch();
const NO_BYTES = new Uint8Array(0);

/** Contiguous data as the one piece that boxes are read of. */
class ContiguousPiece implements BoxPieces {
  readonly dims: readonly number[];
  readonly hasAll = true;
  readonly keeps = false;
  private readonly region: FileRegion;
  private taken: Uint8Array | undefined;

  constructor(dims: readonly number[], region: FileRegion) {
    this.dims = dims;
    this.region = region;
  }

  readWhole(_: readonly number[], destination: Uint8Array): boolean {
    this.region.read(0, destination);
    return true;
  }

  /** Rows with wide gaps between them are read by the general way, which knows which gaps to read along. */
  forRead(): undefined {
    return undefined;
  }

  span(offset: number, byteLength: number, gapBytes: number): Uint8Array | undefined {
    if (gapBytes > MAX_GAP_BYTES || byteLength > WINDOW_BYTES) return undefined;
    const bytes = spanBytes.take(byteLength);
    this.taken = bytes;
    this.region.read(offset, bytes);
    return bytes;
  }

  readRun(offset: number, destination: Uint8Array): void {
    this.region.read(offset, destination);
  }

  settle(): void {
    if (this.taken === undefined) return;
    spanBytes.release(this.taken, NO_BYTES);
    this.taken = undefined;
  }
}

/** The short way to boxes of contiguous data; undefined where all reads take the general one. */
export function contiguousBoxes(
  owner: RawDataOwner,
  layout: ContiguousLayout,
  datatype: Datatype,
): BoxReader | undefined {
  if (!isDefined(layout.address)) return undefined;
  const { dims } = owner;
  return boxReaderOf(new ContiguousPiece(dims, regionOf(owner, layout)), dims, datatype);
}

function regionOf(owner: RawDataOwner, layout: ContiguousLayout): FileRegion {
  const needed = product(owner.dims) * owner.elementSize;
  // Versions 1 and 2 have no size of their own (their dims may be cut to 32 bits): dataspace and datatype decide.
  const byteLength = layout.version >= 3 ? layout.byteLength : needed;
  requireRoom(byteLength, owner.dims, owner.elementSize);
  return new FileRegion(owner.storage, layout.address, byteLength);
}

/** @throws FormatError when a layout has fewer bytes than the dataset's elements need. */
export function requireRoom(byteLength: number, dims: readonly number[], elementSize: number): void {
  const needed = product(dims) * elementSize;
  if (byteLength >= needed) return;
  const structure = "Data layout message";
  const problem = `${byteLength} bytes, a dataset of (${dims.join(", ")}) needs ${needed}`;
  throw new FormatError(`${structure}, field "Size": ${problem}`, { structure, field: "Size" });
}

/**
 * Space for a contiguous dataset, filled as its fill value says; nothing happens where there is space already.
 *
 * @param whole - Every element will be written at once, so that filling can be left out.
 * @returns The layout as it is now.
 */
export function allocateContiguous(owner: RawDataOwner, whole: boolean): ContiguousLayout {
  const layout = owner.layout as ContiguousLayout;
  const { storage, elementSize } = owner;
  const byteLength = product(owner.dims) * elementSize;
  if (isDefined(layout.address) || byteLength === 0) return layout;
  // The size is in the file before the space is; 0 where nobody has told it yet.
  if (layout.version >= 3 && layout.byteLength > 0) requireRoom(layout.byteLength, owner.dims, elementSize);
  if (!Number.isSafeInteger(byteLength)) {
    throw new HDF5Error("argument", `a contiguous dataset of ${byteLength} bytes cannot be stored`);
  }
  const address = allocateFor(storage, "draw", byteLength, (address) => {
    if (whole) return;
    const { fill } = owner;
    // Space that others used before still has their bytes, so zeros are written over them.
    const filled = fill.onAllocate ? byteLength : storage.available(address, byteLength);
    const piece = fillPiece(fill.onAllocate ? fill.element : undefined, elementSize, filled);
    writeFill(storage, address, filled, piece, fill.onAllocate ? fill.own : undefined);
    // From now on the file reaches to the end of what is allocated, so that all of it can be read.
    if (filled < byteLength) storage.writeRaw(address + byteLength - 1, new Uint8Array(1));
  });
  const allocated = { ...layout, address, byteLength };
  owner.replaceLayout(allocated);
  return allocated;
}

function writeFill(
  storage: RawStorage,
  address: number,
  byteLength: number,
  piece: Uint8Array,
  own: FillRule["own"],
): void {
  for (let done = 0; done < byteLength; done += piece.length) {
    const next = piece.subarray(0, Math.min(piece.length, byteLength - done));
    const part = own === undefined ? next : next.slice();
    own?.(part);
    storage.writeRaw(address + done, part);
  }
}
