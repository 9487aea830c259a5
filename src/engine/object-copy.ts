/**
 * Copies of objects, within a file or to another one.
 *
 * First all objects are made, group by group, then their data and attributes are copied, when every object that a
 * reference may name has its place. Reference implementation: H5Ocopy.c.
 */
import type { Address } from "../base/address.ts";
import { FormatError, HDF5Error, isHdf5Error, UnsupportedError } from "../base/errors.ts";
import { containsType } from "../format/datatype-questions.ts";
import type { Link } from "../format/link.ts";
import { createDataset, createDatatype, createGroup } from "./create-object.ts";
import type { LayoutRequest } from "./dataset-creation.ts";
import { DatasetObject } from "./dataset-object.ts";
import type { DatatypeObject } from "./datatype-object.ts";
import { type RehomeContext, rehomeAll } from "./element-rehoming.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { resolveObject } from "./resolve.ts";
import { type Selection, selectAll, selectBox } from "./selection/selection.ts";

export interface CopyOptions {
  /** Of a group its own links only: groups in it come out empty. C: `H5O_COPY_SHALLOW_HIERARCHY_FLAG`. */
  readonly shallow?: boolean;
  /** Objects in place of the soft links that lead to them. C: `H5O_COPY_EXPAND_SOFT_LINK_FLAG`. */
  readonly expandSoftLinks?: boolean;
  /** C: `H5O_COPY_EXPAND_EXT_LINK_FLAG`. */
  readonly expandExternalLinks?: boolean;
  /** References to objects that are copied as well lead to the copies; without, they are null in another file. C: `H5O_COPY_EXPAND_REFERENCE_FLAG`. */
  readonly expandReferences?: boolean;
  /** C: `H5O_COPY_WITHOUT_ATTR_FLAG`. */
  readonly withoutAttributes?: boolean;
}

/** Bytes of elements moved at a time. */
const SLAB_BYTES = 8 << 20;

/** A copy that nothing links to yet. */
export function copyObject<O extends EngineObject>(source: O, destination: H5File, options: CopyOptions = {}): O {
  destination.requireWritable();
  return new ObjectCopier(destination, options).copy(source) as O;
}

interface PendingGroup {
  readonly source: GroupObject;
  readonly copy: GroupObject;
  readonly depth: number;
}

class ObjectCopier {
  private readonly destination: H5File;
  private readonly options: CopyOptions;
  /** Copies by file and address of what they are copies of. */
  private readonly copies = new Map<H5File, Map<Address, EngineObject>>();
  private readonly groups: PendingGroup[] = [];
  private readonly made: { readonly source: EngineObject; readonly copy: EngineObject }[] = [];

  constructor(destination: H5File, options: CopyOptions) {
    this.destination = destination;
    this.options = options;
  }

  copy(root: EngineObject): EngineObject {
    const result = this.make(root, 0);
    for (let group = this.groups.shift(); group !== undefined; group = this.groups.shift()) this.fillGroup(group);
    for (const { source, copy } of this.made) {
      if (source instanceof DatasetObject && copy instanceof DatasetObject) this.copyData(source, copy);
      if (!this.options.withoutAttributes) this.copyAttributes(source, copy);
      const comment = source.comment();
      if (comment !== undefined) copy.setComment(comment);
    }
    return result;
  }

  private known(file: H5File): Map<Address, EngineObject> {
    let known = this.copies.get(file);
    if (known === undefined) {
      known = new Map();
      this.copies.set(file, known);
    }
    return known;
  }

  /** The copy of an object, made when it is first asked for. */
  private make(source: EngineObject, depth: number): EngineObject {
    const known = this.known(source.file);
    const existing = known.get(source.address);
    if (existing !== undefined) return existing;
    const copy = this.makeNew(source);
    known.set(source.address, copy);
    this.made.push({ source, copy });
    if (source instanceof GroupObject && copy instanceof GroupObject && !(this.options.shallow && depth > 0)) {
      this.groups.push({ source, copy, depth });
    }
    return copy;
  }

  private makeNew(source: EngineObject): EngineObject {
    const trackAttributeOrder = source.header.fields.attributeCreationOrderTracked;
    const trackTimes = source.modificationTime() !== undefined;
    if (source instanceof GroupObject) {
      return createGroup(this.destination, {
        trackLinkOrder: source.tracksCreationOrder,
        trackAttributeOrder,
        trackTimes: trackTimes && this.destination.lowBound !== "earliest",
      });
    }
    const options = { trackAttributeOrder, trackTimes };
    if (source instanceof DatasetObject) return this.makeDataset(source, options);
    return createDatatype(this.destination, (source as DatatypeObject).datatype, options);
  }

  private makeDataset(
    source: DatasetObject,
    options: { trackAttributeOrder: boolean; trackTimes: boolean },
  ): DatasetObject {
    const { fillValue, datatype } = source;
    this.requireWidths(source);
    const value = fillValue?.status === "user" ? fillValue.value?.slice() : undefined;
    if (value !== undefined) rehomeAll(datatype, value, this.context(source.file));
    return createDataset(this.destination, {
      ...options,
      datatype,
      committedTypeAddress: this.committedType(source),
      dataspace: source.dataspace,
      layout: layoutRequest(source),
      filters: source.pipeline?.filters ?? [],
      allocationTime: fillValue?.allocationTime ?? "default",
      fillTime: fillValue?.fillTime ?? "if-set",
      ...(fillValue?.status === "undefined" ? { fillValue: null } : value === undefined ? {} : { fillValue: value }),
    });
  }

  /** Elements that hold addresses have other sizes in files of other widths. */
  private requireWidths(source: EngineObject): void {
    const { sizeOfOffsets } = source.file.storage.widths;
    if (sizeOfOffsets !== this.destination.storage.widths.sizeOfOffsets) {
      throw new UnsupportedError("copies between files with addresses of different size");
    }
  }

  /** The committed datatype in the destination: the same one within a file, else its copy. */
  private committedType(holder: {
    readonly file: H5File;
    readonly committedTypeAddress: Address | undefined;
  }): Address | undefined {
    const { file, committedTypeAddress } = holder;
    if (committedTypeAddress === undefined || file === this.destination) return committedTypeAddress;
    return this.make(file.object(committedTypeAddress), 0).address;
  }

  private fillGroup({ source, copy, depth }: PendingGroup): void {
    const links = [...source.links()];
    if (source.tracksCreationOrder) links.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    for (const link of links) {
      const target = this.linkedObject(source, link);
      if (target === undefined) copy.insertLink(link.name, link.target);
      else {
        const { address } = this.make(target, depth + 1);
        copy.insertLink(link.name, { kind: "hard", objectHeaderAddress: address });
      }
    }
  }

  /** The object to copy for a link; undefined when the link itself is copied. */
  private linkedObject(group: GroupObject, link: Link): EngineObject | undefined {
    const { target } = link;
    if (target.kind === "hard") return group.file.object(target.objectHeaderAddress);
    const expand =
      (target.kind === "soft" && this.options.expandSoftLinks) ||
      (target.kind === "external" && this.options.expandExternalLinks);
    if (!expand) return undefined;
    try {
      return resolveObject(group, link.name);
    } catch (error) {
      if (isHdf5Error(error, "not-found")) return undefined;
      throw error;
    }
  }

  private context(source: H5File): RehomeContext {
    const known = this.known(source);
    const sameFile = source === this.destination;
    return {
      source,
      destination: this.destination,
      addressOf: (address) =>
        (this.options.expandReferences ? known.get(address)?.address : undefined) ?? (sameFile ? address : undefined),
    };
  }

  private copyAttributes(source: EngineObject, copy: EngineObject): void {
    for (const attribute of source.attributes()) {
      this.requireWidths(source);
      const bytes = attribute.bytes.slice();
      rehomeAll(attribute.datatype, bytes, this.context(source.file));
      const { name, characterSet, datatype, dataspace, committedTypeAddress } = attribute;
      copy.createAttribute({
        name,
        characterSet,
        datatype,
        dataspace,
        bytes,
        committedTypeAddress: this.committedType({ file: source.file, committedTypeAddress }),
      });
    }
  }

  private copyData(source: DatasetObject, copy: DatasetObject): void {
    if (source.dataspace.kind === "null") return;
    if (holdsPlaces(source)) this.copyElements(source, copy);
    else if (source.layout.kind === "chunked") copyChunks(source, copy);
    else this.copyElements(source, copy);
  }

  /** Through memory, a slab of the slowest dimension at a time, what elements keep elsewhere included. */
  private copyElements(source: DatasetObject, copy: DatasetObject): void {
    if (source.layout.kind !== "compact" && source.storageSize() === 0) return;
    const context = this.context(source.file);
    for (const selection of slabs(source)) {
      const bytes = source.readBytes(selection);
      rehomeAll(source.datatype, bytes, context);
      copy.writeBytes(bytes, selection);
    }
  }
}

/** Whether elements hold heap IDs or addresses. */
function holdsPlaces(dataset: DatasetObject): boolean {
  return containsType(dataset.datatype, (type) => type.class === "variable-length" || type.class === "reference");
}

function layoutRequest(source: DatasetObject): LayoutRequest {
  const { layout } = source;
  switch (layout.kind) {
    case "compact":
      return { kind: "compact" };
    case "contiguous":
      if (source.externalParts().length > 0) throw new UnsupportedError("copies of raw data in external files");
      return { kind: "contiguous" };
    case "chunked":
      return {
        kind: "chunked",
        chunkDims: layout.chunkDims,
        dontFilterPartialChunks: layout.dontFilterPartialChunks,
      };
    case "virtual":
      throw new UnsupportedError("copies of virtual datasets");
    default:
      return layout satisfies never;
  }
}

/** Chunks as they are stored, filters and all. */
function copyChunks(source: DatasetObject, copy: DatasetObject): void {
  const { layout } = source;
  if (layout.kind !== "chunked") throw new HDF5Error("state", "not a chunked dataset");
  const from = source.chunkStore();
  const to = copy.chunkStore();
  copy.file.holdsBack(copy);
  for (const { offset } of from.chunkInfo()) {
    const scaled = offset.map((value, d) => value / (layout.chunkDims[d] as number));
    const stored = from.readStored(scaled);
    if (stored === undefined) {
      throw new FormatError(`Dataset at address ${source.address}: chunk (${offset.join(", ")}) is gone`);
    }
    to.writeStored(scaled, stored.bytes, stored.filterMask);
  }
}

/** The whole extent in boxes of some megabytes. */
function* slabs(dataset: DatasetObject): Generator<Selection> {
  const { dims, elementSize } = dataset;
  const [first = 1, ...rest] = dims;
  const rowBytes = rest.reduce((size, dim) => size * dim, elementSize);
  if (dims.length === 0 || rowBytes * first <= SLAB_BYTES) {
    if (rowBytes * first > 0) yield selectAll(dims);
    return;
  }
  const rows = Math.max(1, Math.floor(SLAB_BYTES / rowBytes));
  for (let start = 0; start < first; start += rows) {
    const origin = dims.map((_, d) => (d === 0 ? start : 0));
    yield selectBox(dims, origin, [Math.min(rows, first - start), ...rest]);
  }
}
