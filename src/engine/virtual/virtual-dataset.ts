/**
 * A virtual dataset that is open: its mappings, its current extent, its sources.
 *
 * Specification: III.F. Reference implementation: H5Dvirtual.c. Sources are found when first needed, and stay open with
 * the virtual dataset; its extent is what it was when first asked for, until `refresh`.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import type { VirtualLayout } from "../../format/data-layout.ts";
import type { Datatype } from "../../format/datatype.ts";
import { holdsPlaces, usesHeap } from "../../format/datatype-questions.ts";
import { decodeVirtualMappingBlock, SAME_FILE } from "../../format/virtual-mapping-block.ts";
import type { ElementContext } from "../conversion/element-context.ts";
import type { ConversionFor, ElementConversion } from "../dataset-io/converting-memory.ts";
import type { FillRule } from "../dataset-io/fill.ts";
import type { MemorySide } from "../dataset-io/memory-side.ts";
import type { RawDataAccess } from "../dataset-io/raw-data-owner.ts";
import { conversionBetween, withoutPlaces } from "../dataset-io/typed-transfer.ts";
import { VirtualAccess, type VirtualOwner } from "../dataset-io/virtual-access.ts";
import type { DatasetObject } from "../dataset-object.ts";
import type { H5File } from "../h5-file.ts";
import type { Selection } from "../selection/selection.ts";
import { DEFAULT_VIRTUAL_VIEW, type VirtualView, virtualExtent } from "./extent.ts";
import { mappingFromStored, type VirtualMapping } from "./mapping.ts";

const STRUCTURE = "Virtual dataset mapping block";

/** Virtual datasets that are being looked at one within the other; all of it happens without a pause. */
let depth = 0;

/** What the virtual dataset knows of itself. */
export interface VirtualHome {
  readonly file: H5File;
  readonly address: Address;
  readonly datatype: Datatype;
  readonly fill: FillRule;
  /** As stored. */
  readonly storedDims: readonly number[];
  /** Where sources are looked for first. */
  readonly sourceFolder: string | undefined;
}

export class VirtualDataset implements VirtualOwner, RawDataAccess {
  readonly mappings: readonly VirtualMapping[];
  private readonly home: VirtualHome;
  private readonly access: VirtualAccess;
  private readonly sources = new Map<string, DatasetObject>();
  private currentView: VirtualView = DEFAULT_VIRTUAL_VIEW;
  private currentDims: readonly number[] | undefined;

  constructor(home: VirtualHome, layout: VirtualLayout) {
    this.home = home;
    this.mappings = readMappings(home, layout);
    this.access = new VirtualAccess(this);
  }

  get view(): VirtualView {
    return this.currentView;
  }

  set view(view: VirtualView) {
    this.currentView = view;
    this.refresh();
  }

  get fill(): FillRule {
    return this.home.fill;
  }

  get dims(): readonly number[] {
    if (this.currentDims === undefined) {
      const { storedDims } = this.home;
      const grows = this.mappings.some(({ kind }) => kind !== "fixed");
      this.currentDims = grows
        ? this.guarded(() =>
            virtualExtent(storedDims, this.mappings, this.view, (file, dataset) => this.source(file, dataset)?.dims),
          )
        : storedDims;
    }
    return this.currentDims;
  }

  expect(selection: Selection): void {
    this.guarded(() => this.access.expect(selection));
  }

  read(selection: Selection, memory: MemorySide): void {
    this.guarded(() => this.access.read(selection, memory));
  }

  write(selection: Selection, memory: MemorySide): void {
    this.guarded(() => this.access.write(selection, memory));
  }

  /** Refuses datasets that are, through others, their own sources. */
  private guarded<T>(action: () => T): T {
    const { maxDepth } = this.home.file.storage.limits;
    if (depth >= maxDepth) {
      throw new LimitError(`virtual datasets nested deeper than limit maxDepth, ${maxDepth}`, { structure: STRUCTURE });
    }
    depth++;
    try {
      return action();
    } finally {
      depth--;
    }
  }

  source(fileName: string, path: string): DatasetObject | undefined {
    const key = `${fileName}\0${path}`;
    const known = this.sources.get(key);
    if (known !== undefined && !known.file.closed) return known;
    const { file, sourceFolder } = this.home;
    const found =
      fileName === SAME_FILE
        ? file.otherFiles.datasetIn(file, path)
        : file.otherFiles.sourceDataset(fileName, path, sourceFolder);
    if (found === undefined) return undefined;
    // Whoever changes the source meanwhile shares its chunk cache with us.
    this.sources.set(key, found.file.acquire(found));
    return found;
  }

  /** Heap IDs and addresses of other files mean something else there: the one file reads them, the other writes its own. */
  conversion(source: DatasetObject, direction: "read" | "write"): ElementConversion {
    const { datatype, file } = this.home;
    const own = contextOf(file);
    const other = this.isElsewhere(source) ? contextOf(source.file) : undefined;
    if (direction === "read") {
      const lending = { ...own, writeHeapObject: (bytes: Uint8Array) => file.globalHeap.lend(bytes), source: other };
      return conversionBetween(source.datatype, datatype, other === undefined ? own : lending);
    }
    const context = other === undefined ? { ...own, copiesHeapObjects: true } : { ...other, source: own };
    return conversionBetween(datatype, source.datatype, context);
  }

  conversionFor(direction: "read" | "write"): ConversionFor | undefined {
    const { datatype, file } = this.home;
    const context = contextOf(file);
    return withoutPlaces(datatype, (type) => {
      return direction === "read"
        ? conversionBetween(type, datatype, context)
        : conversionBetween(datatype, type, context);
    });
  }

  /** Whether elements of a source have places in them that mean nothing in this file. */
  private isElsewhere({ file, datatype }: DatasetObject): boolean {
    const { home } = this;
    if (file === home.file) return false;
    if (usesHeap(home.datatype) || usesHeap(datatype)) return true;
    return file.storage.widths.sizeOfOffsets !== home.file.storage.widths.sizeOfOffsets && holdsPlaces(datatype);
  }

  /** The extent is asked of the sources again. */
  refresh(): void {
    this.currentDims = undefined;
  }

  /** Has the sources read again that were found. C: `H5D__virtual_refresh_source_dsets`. */
  refreshSources(): void {
    this.guarded(() => {
      for (const source of this.sources.values()) source.refresh();
    });
    this.refresh();
  }

  /** Lets go of the sources. */
  close(): void {
    for (const source of this.sources.values()) if (!source.file.closed) source.file.release(source);
    this.sources.clear();
    this.refresh();
  }
}

function readMappings(home: VirtualHome, layout: VirtualLayout): readonly VirtualMapping[] {
  const { heapAddress, heapIndex } = layout;
  if (!isDefined(heapAddress) || heapIndex === 0) return [];
  const { globalHeap, storage } = home.file;
  const cursor = storage.cursor(globalHeap.read(heapAddress, heapIndex), STRUCTURE, heapAddress);
  return decodeVirtualMappingBlock(cursor).mappings.map((stored) => mappingFromStored(stored, home.storedDims));
}

function contextOf({ storage, globalHeap }: H5File): ElementContext {
  return {
    widths: storage.widths,
    readHeapObject: (address, index) => globalHeap.read(address, index),
    locateHeapObject: (address, index, place) => globalHeap.locate(address, index, place),
    writeHeapObject: (bytes) => globalHeap.insert(bytes),
  };
}
