/**
 * New datasets whose elements are kept outside: in external files, or in other datasets.
 *
 * Reference implementation: H5Defl.c, `H5D__efl_construct`; H5Dlayout.c; H5Dvirtual.c, `H5D__virtual_store_layout`,
 * `H5D_virtual_check_mapping_post`.
 */
import { type Address, UNDEFINED_ADDRESS, UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import type { VirtualLayout } from "../format/data-layout.ts";
import type { Dataspace } from "../format/dataspace.ts";
import { encodeExternalFiles } from "../format/external-files.ts";
import type { VersionBounds } from "../format/library-version.ts";
import { encodeVirtualMappingBlock, type StoredMapping } from "../format/virtual-mapping-block.ts";
import { type ExternalPart, externalByteLength } from "./dataset-io/external-access.ts";
import type { FileStorage } from "./file-storage.ts";
import type { GlobalHeap } from "./global-heap.ts";
import { encodeBody } from "./header-values.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import { bounds, type Selection, selectedCount, withExtent } from "./selection/selection.ts";
import { storedSelectionOf } from "./selection/stored-selection.ts";
import { mappingFromStored } from "./virtual/mapping.ts";

/** A mapping of a new virtual dataset. C: `H5Pset_virtual`. */
export interface MappingRequest {
  /** `.` for the file with the virtual dataset; `%b` counts blocks. */
  readonly sourceFile: string;
  readonly sourceDataset: string;
  readonly sourceSelection: Selection;
  /** Over the extent of the virtual dataset. */
  readonly virtualSelection: Selection;
}

function problem(message: string): HDF5Error {
  return new HDF5Error("argument", message);
}

/** @throws HDF5Error "argument" in the C library's words when the files cannot hold what the dataset may grow to. */
export function checkExternalParts(
  parts: readonly ExternalPart[],
  { dims, maxDims }: Dataspace,
  elementSize: number,
): void {
  if (maxDims.some((max, d) => d > 0 && max !== dims[d])) throw problem("only the first dimension can be extendible");
  const room = externalByteLength(parts);
  const greatest = product(maxDims) * elementSize;
  if (greatest === UNLIMITED && room !== UNLIMITED) throw problem("unlimited dataspace but finite storage");
  if (greatest > room) throw problem("dataspace size exceeds external storage size");
  if (parts.slice(0, -1).some(({ byteLength }) => byteLength === UNLIMITED))
    throw problem("previous file size is unlimited");
}

/** The body of an external data files message; the names go into a local heap of its own. */
export function externalFilesBody(storage: FileStorage, parts: readonly ExternalPart[]): Uint8Array {
  const names = parts.map(({ name }) => name);
  const [heap, offsets] = LivingLocalHeap.createFor(storage, names);
  const slots = parts.map(({ fileOffset, byteLength }, i) => ({
    nameHeapOffset: offsets[i] as number,
    fileOffset,
    byteLength,
  }));
  return encodeBody(storage, { localHeapAddress: heap.address as Address, slots }, encodeExternalFiles);
}

/** @throws HDF5Error "argument" in the C library's words for selections that do not go together. */
export function checkMappings(
  mappings: readonly MappingRequest[],
  dims: readonly number[],
  limits: VersionBounds,
): void {
  for (const mapping of mappings) {
    const { sourceSelection, virtualSelection } = mapping;
    if (sourceSelection.kind === "points" || virtualSelection.kind === "points") {
      throw problem("point selections not currently supported with virtual datasets");
    }
    if (virtualSelection.dims.length !== dims.length) {
      throw problem("dimensionality of virtual space selection doesn't match the dataspace");
    }
    const { kind } = mappingFromStored(storedMapping(mapping, limits), dims);
    const here = withExtent(virtualSelection, dims);
    if (kind === "fixed" && selectedCount(sourceSelection) !== selectedCount(here)) {
      throw problem("virtual and source space selections have different numbers of elements");
    }
  }
  checkRoom(mappings, dims);
}

/** @throws HDF5Error "argument" when a mapping shows elements beyond `dims`. C: `H5D__virtual_check_min_dims`. */
export function checkRoom(
  mappings: readonly Pick<MappingRequest, "virtualSelection">[],
  dims: readonly number[],
): void {
  for (const { virtualSelection } of mappings) {
    if (virtualSelection.kind === "all") continue;
    const box = bounds(virtualSelection);
    const unlimited = virtualSelection.kind === "regular" ? virtualSelection.unlimitedDim : -1;
    if (box?.high.some((high, d) => d !== unlimited && high >= (dims[d] as number))) {
      throw problem("virtual dataset dimensions not large enough to contain all limited dimensions in all selections");
    }
  }
}

function storedMapping(mapping: MappingRequest, bounds: VersionBounds): StoredMapping {
  const { sourceFile, sourceDataset, sourceSelection, virtualSelection } = mapping;
  return {
    sourceFile,
    sourceDataset,
    sourceSelection: storedSelectionOf(sourceSelection, bounds),
    virtualSelection: storedSelectionOf(virtualSelection, bounds),
  };
}

/** The layout of a virtual dataset; its mappings go into the global heap. */
export function virtualLayout(
  file: VersionBounds & { readonly storage: FileStorage; readonly globalHeap: GlobalHeap },
  mappings: readonly MappingRequest[],
  version: 4 | 5,
): VirtualLayout {
  if (mappings.length === 0) return { kind: "virtual", version, heapAddress: UNDEFINED_ADDRESS, heapIndex: 0 };
  // Shared names are for those who read HDF5 2.0 anyway.
  const block = {
    version: version === 5 ? 1 : 0,
    mappings: mappings.map((mapping) => storedMapping(mapping, file)),
  } as const;
  const { address, index } = file.globalHeap.insert(encodeBody(file.storage, block, encodeVirtualMappingBlock));
  return { kind: "virtual", version, heapAddress: address, heapIndex: index };
}
