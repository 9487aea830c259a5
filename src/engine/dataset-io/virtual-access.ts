/**
 * Raw data of a virtual dataset: its elements are those of other datasets.
 *
 * Reference implementation: H5Dvirtual.c, `H5D__virtual_read` and `H5D__virtual_write`. Where several mappings have an
 * element, the last of them has its way; what no mapping has, or whose source is missing, reads as the fill value.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { boxesAreApart, type Correspondence, correspondingTo } from "../selection/correspondence.ts";
import {
  bounds,
  requireWithinExtent,
  type Selection,
  selectAll,
  selectedCount,
  withExtent,
} from "../selection/selection.ts";
import { clipUnlimited } from "../selection/unlimited.ts";
import type { GrowingMapping, NumberedMapping, VirtualMapping } from "../virtual/mapping.ts";
import { blockOfUnlimited, blocksBetween, extentOfSlices, slicesBelow } from "../virtual/slices.ts";
import { sourceName } from "../virtual/source-name.ts";
import { type ConversionFor, type ElementConversion, ReadConverter, WriteConverter } from "./converting-memory.ts";
import { type FillRule, readFill } from "./fill.ts";
import { MappedMemory } from "./mapped-memory.ts";
import type { MemorySide } from "./memory-side.ts";
import type { RawDataAccess } from "./raw-data-owner.ts";

/** A dataset that a virtual one shows. */
export interface VirtualSource {
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
}

export class VirtualAccess implements RawDataAccess {
  private readonly owner: VirtualOwner;
  private apart: boolean | undefined;

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
  private sideOf({ source, positions }: Served, memory: MemorySide, direction: "read" | "write"): MemorySide {
    const mapped = new MappedMemory(memory, positions);
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
    return mappings.flatMap((mapping) => {
      switch (mapping.kind) {
        case "fixed":
          return this.fixedPart(request, mapping, 0, withExtent(mapping.virtualSelection, dims));
        case "growing":
          return this.growingPart(request, mapping);
        case "numbered":
          return this.numberedParts(request, mapping);
        default:
          return mapping satisfies never;
      }
    });
  }

  private fixedPart(request: Selection, mapping: VirtualMapping, block: number, here: Selection): Served[] {
    // Sources of what is not asked for stay closed.
    const box = bounds(request);
    const own = bounds(here);
    if (!box?.low.every((low, d) => own !== undefined && low <= (own.high[d] as number))) return [];
    if (!own?.low.every((low, d) => low <= (box.high[d] as number))) return [];
    const source = this.owner.source(sourceName(mapping.sourceFile, block), sourceName(mapping.sourceDataset, block));
    if (source === undefined) return [];
    const there = overSource(mapping.sourceSelection, source);
    const part = correspondingTo(request, here, there);
    const isLess = there.kind === "all" && selectedCount(there) < selectedCount(here);
    if (isLess && (part?.elementCount ?? 0) < (correspondingTo(request, here, here)?.elementCount ?? 0)) {
      throw new HDF5Error("state", "insufficient elements in destination selection");
    }
    return served(source, part);
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
    return served(source, correspondingTo(request, clippedHere, clippedThere));
  }

  private numberedParts(request: Selection, mapping: NumberedMapping): Served[] {
    const here = withExtent(mapping.virtualSelection, this.owner.dims);
    const box = bounds(request);
    if (box === undefined) return [];
    const d = here.unlimitedDim;
    const [first, end] = blocksBetween(here, box.low[d] as number, box.high[d] as number);
    const parts: Served[] = [];
    for (let block = first; block < end; block++) {
      parts.push(...this.fixedPart(request, mapping, block, blockOfUnlimited(here, block)));
    }
    return parts;
  }

  private mappingsAreApart(): boolean {
    this.apart ??= boxesAreApart(this.owner.mappings.map(({ virtualSelection }) => virtualSelection));
    return this.apart;
  }
}

function expectAll(parts: readonly Served[]): void {
  for (const { source, selection } of parts) source.expect(selection);
}

function served(source: VirtualSource, part: Correspondence | undefined): Served[] {
  return part === undefined ? [] : [{ ...part, source }];
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
