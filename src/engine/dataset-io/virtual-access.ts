/**
 * Raw data of a virtual dataset: its elements are those of other datasets.
 *
 * Reference implementation: H5Dvirtual.c, `H5D__virtual_read` and `H5D__virtual_write`. Where several mappings have an
 * element, the last of them has its way; what no mapping has, or whose source is missing, reads as the fill value.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { currentCoder } from "../chunks/chunk-coder.ts";
import { boxesAreApart, type Correspondence, correspondingTo, overlap } from "../selection/correspondence.ts";
import {
  type Bounds,
  bounds,
  requireWithinExtent,
  type Selection,
  selectAll,
  selectedCount,
  withExtent,
} from "../selection/selection.ts";
import { clipUnlimited } from "../selection/unlimited.ts";
import type { FixedMapping, GrowingMapping, NumberedMapping, VirtualMapping } from "../virtual/mapping.ts";
import { blockOfUnlimited, blocksBetween, extentOfSlices, slicesBelow } from "../virtual/slices.ts";
import { sourceName } from "../virtual/source-name.ts";
import { type ConversionFor, type ElementConversion, ReadConverter, WriteConverter } from "./converting-memory.ts";
import { type FillRule, readFill } from "./fill.ts";
import { MappedMemory } from "./mapped-memory.ts";
import type { MemorySide } from "./memory-side.ts";
import type { RawDataAccess } from "./raw-data-owner.ts";

/** A dataset that a virtual one shows. */
export interface VirtualSource {
  readonly file: { readonly closed: boolean };
  /** Whether announcing that elements will be read is for something. */
  readonly storage: { readonly answersLate?: boolean };
  readonly dims: readonly number[];
  readonly datatype: Datatype;
  /** Announces that these will be read. @throws PageFault while something of them is missing. */
  expect(selection: Selection): void;
  read(selection: Selection, memory: MemorySide): void;
  write(selection: Selection, memory: MemorySide): void;
}

/** What a virtual dataset gives: whatever can change is asked for each time. */
export interface VirtualOwner {
  /** The current extent, sources looked at. */
  readonly dims: readonly number[];
  readonly fill: FillRule;
  readonly mappings: readonly VirtualMapping[];
  /** The dataset of those names; undefined when it is missing. */
  source(file: string, dataset: string): VirtualSource | undefined;
  /** Between the source's datatype and the virtual dataset's; "read" converts from the source. */
  conversion(source: VirtualSource, direction: "read" | "write"): ElementConversion;
  /** The same for what sources that are virtual themselves show. */
  conversionFor(direction: "read" | "write"): ConversionFor | undefined;
}

/** A part of a request, and who serves it. */
interface Served extends Correspondence {
  readonly source: VirtualSource;
  /** Whether its elements are known to be read as they are. */
  readonly isSame: boolean;
}

/** A mapping over the extent that the virtual dataset has. */
interface Placed {
  readonly mapping: FixedMapping | NumberedMapping;
  readonly here: Selection;
  readonly box: Bounds | undefined;
  /** Once it was looked for and found, with what the mapping selects of it. */
  found: FoundSource | undefined;
}

interface FoundSource {
  readonly source: VirtualSource;
  readonly dims: readonly number[];
  readonly there: Selection;
  readonly isSame: boolean;
}

export class VirtualAccess implements RawDataAccess {
  private readonly owner: VirtualOwner;
  private apart: boolean | undefined;
  /** The mappings that are fixed, by their numbers, and the extent that they are placed in. */
  private placed: (Placed | undefined)[] = [];
  private placedIn: readonly number[] | undefined;

  constructor(owner: VirtualOwner) {
    this.owner = owner;
  }

  expect(selection: Selection): void {
    expectAll(this.parts(selection));
  }

  read(selection: Selection, memory: MemorySide): void {
    const parts = this.parts(selection);
    // Else each source that misses something would have all those before it read again.
    if (parts.length > 1) expectAll(parts);
    const served = parts.reduce((sum, { elementCount }) => sum + elementCount, 0);
    // Counting tells whether all is served only where nothing is served twice.
    if (served !== selectedCount(selection) || !this.mappingsAreApart()) {
      readFill(selection, memory, this.owner.fill);
      memory.finish();
    }
    for (const part of parts) {
      const side = this.sideOf(part, memory, "read");
      part.source.read(part.selection, side);
      side.finish();
    }
  }

  /** @throws HDF5Error "state" when a selected element is not mapped, or its source is missing. */
  write(selection: Selection, memory: MemorySide): void {
    requireWithinExtent(selection);
    const parts = this.parts(selection);
    const served = parts.reduce((sum, { elementCount }) => sum + elementCount, 0);
    if (served < selectedCount(selection)) {
      throw new HDF5Error("state", "write requested to unmapped portion of virtual dataset");
    }
    for (const part of parts) part.source.write(part.selection, this.sideOf(part, memory, "write"));
  }

  /** The memory of a part, for elements as its source has them. */
  private sideOf({ source, positions, isSame }: Served, memory: MemorySide, direction: "read" | "write"): MemorySide {
    const mapped = new MappedMemory(memory, positions);
    if (isSame && direction === "read") return mapped;
    const conversion = this.owner.conversion(source, direction);
    if (conversion.noop) return mapped;
    const once = mapped.forElements(source.datatype);
    if (once !== undefined) return once;
    const conversionFor = this.owner.conversionFor(direction);
    const Converter = direction === "read" ? ReadConverter : WriteConverter;
    return new Converter(mapped, conversion, source.datatype.size, undefined, conversionFor);
  }

  private parts(selection: Selection): Served[] {
    if (selectedCount(selection) === 0) return [];
    const { dims, mappings } = this.owner;
    const request = withExtent(selection, dims);
    const box = bounds(request);
    if (this.placedIn !== dims) {
      this.placed = new Array(mappings.length).fill(undefined);
      this.placedIn = dims;
    }
    const parts: Served[] = [];
    for (let i = 0; i < mappings.length; i++) {
      const mapping = mappings[i] as VirtualMapping;
      switch (mapping.kind) {
        case "fixed": {
          const placed = this.placed[i] ?? placedMapping(mapping, withExtent(mapping.virtualSelection, dims));
          this.placed[i] = placed;
          this.addPart(parts, request, box, placed, 0);
          break;
        }
        case "growing":
          parts.push(...this.growingPart(request, mapping));
          break;
        case "numbered":
          this.addNumberedParts(parts, request, box, mapping);
          break;
        default:
          mapping satisfies never;
      }
    }
    return parts;
  }

  private addPart(parts: Served[], request: Selection, box: Bounds | undefined, placed: Placed, block: number): void {
    // Sources of what is not asked for stay closed.
    if (box === undefined || placed.box === undefined || !overlap(box, placed.box)) return;
    const found = this.foundSource(placed, block);
    if (found === undefined) return;
    const { here } = placed;
    const { source, there, isSame } = found;
    const part = correspondingTo(request, here, there);
    const isLess = there.kind === "all" && selectedCount(there) < selectedCount(here);
    if (isLess && (part?.elementCount ?? 0) < (correspondingTo(request, here, here)?.elementCount ?? 0)) {
      throw new HDF5Error("state", "insufficient elements in destination selection");
    }
    if (part !== undefined) parts.push({ ...part, source, isSame });
  }

  private foundSource(placed: Placed, block: number): FoundSource | undefined {
    const { found, mapping } = placed;
    if (found !== undefined && !found.source.file.closed && found.source.dims === found.dims) return found;
    const source = this.owner.source(sourceName(mapping.sourceFile, block), sourceName(mapping.sourceDataset, block));
    if (source === undefined) return undefined;
    const { dims } = source;
    const there = overSource(mapping.sourceSelection, source);
    placed.found = { source, dims, there, isSame: this.owner.conversion(source, "read").noop };
    return placed.found;
  }

  private growingPart(request: Selection, mapping: GrowingMapping): Served[] {
    const { dims } = this.owner;
    const source = this.owner.source(sourceName(mapping.sourceFile, 0), sourceName(mapping.sourceDataset, 0));
    if (source === undefined) return [];
    const here = withExtent(mapping.virtualSelection, dims);
    const there = overSource(mapping.sourceSelection, source) as GrowingMapping["sourceSelection"];
    const slices = Math.min(
      slicesBelow(here, dims[here.unlimitedDim] as number),
      slicesBelow(there, source.dims[there.unlimitedDim] as number),
    );
    if (slices === 0) return [];
    const clippedHere = clipUnlimited(here, extentOfSlices(here, slices, false));
    const clippedThere = clipUnlimited(there, extentOfSlices(there, slices, false));
    const part = correspondingTo(request, clippedHere, clippedThere);
    return part === undefined ? [] : [{ ...part, source, isSame: false }];
  }

  private addNumberedParts(
    parts: Served[],
    request: Selection,
    box: Bounds | undefined,
    mapping: NumberedMapping,
  ): void {
    const here = withExtent(mapping.virtualSelection, this.owner.dims);
    if (box === undefined) return;
    const d = here.unlimitedDim;
    const [first, end] = blocksBetween(here, box.low[d] as number, box.high[d] as number);
    for (let block = first; block < end; block++) {
      this.addPart(parts, request, box, placedMapping(mapping, blockOfUnlimited(here, block)), block);
    }
  }

  private mappingsAreApart(): boolean {
    this.apart ??= boxesAreApart(this.owner.mappings.map(({ virtualSelection }) => virtualSelection));
    return this.apart;
  }
}

function expectAll(parts: readonly Served[]): void {
  const isDecodedElsewhere = currentCoder() !== undefined;
  for (const { source, selection } of parts)
    if (isDecodedElsewhere || source.storage.answersLate !== false) source.expect(selection);
}

function placedMapping(mapping: Placed["mapping"], here: Selection): Placed {
  return { mapping, here, box: bounds(here), found: undefined };
}

/** The mapping's selection over the extent that its source has. */
function overSource(selection: Selection, source: VirtualSource): Selection {
  if (selection.kind === "all") return selectAll(source.dims);
  if (selection.dims.length !== source.dims.length) {
    throw new HDF5Error(
      "format",
      `a mapping of ${selection.dims.length} dimensions to a source of ${source.dims.length}`,
      { structure: "Virtual dataset mapping block" },
    );
  }
  return withExtent(selection, source.dims);
}
