/** Reads everything that a file has, in bounded pieces, whatever is wrong with it. */
import { product } from "../../../src/base/bits.ts";
import { type Attribute, elementCount } from "../../../src/engine/attribute-values.ts";
import type { ElementContext } from "../../../src/engine/conversion/element-context.ts";
import { decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { DatatypeObject } from "../../../src/engine/datatype-object.ts";
import type { EngineObject } from "../../../src/engine/engine-object.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import type { H5File } from "../../../src/engine/h5-file.ts";
import { dereference } from "../../../src/engine/references.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
import { spaceMap } from "../../../src/engine/space-map/space-map.ts";
import { attributeStorageInfo } from "../../../src/engine/storage-info/attribute-storage-info.ts";
import { datasetStorageInfo } from "../../../src/engine/storage-info/dataset-storage-info.ts";
import { fileStorageInfo } from "../../../src/engine/storage-info/file-storage-info.ts";
import { groupStorageInfo } from "../../../src/engine/storage-info/group-storage-info.ts";
import { objectHeaderInfo } from "../../../src/engine/storage-info/object-header-info.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import type { ErrorTally } from "./tally.ts";

/** Bytes read of one dataset at a time. */
const MOST_BYTES = 1 << 22;
const MOST_VALUES = 1 << 12;
/** Chunks looked for in one read: a damaged shape may have millions that are not there, of an element each. */
const MOST_CHUNKS = 1 << 19;
const MOST_OBJECTS = 2000;

function elementsOfChunk({ layout }: DatasetObject): number {
  return layout.kind === "chunked" ? product(layout.chunkDims) : Number.POSITIVE_INFINITY;
}

export class DamagedFileReader {
  private readonly file: H5File;
  private readonly tally: ErrorTally;
  private readonly context: ElementContext;
  private readonly seen = new Set<number>();

  constructor(file: H5File, tally: ErrorTally) {
    this.file = file;
    this.tally = tally;
    this.context = {
      widths: file.storage.widths,
      readHeapObject: (address, index) => file.globalHeap.read(address, index),
      writeHeapObject: () => {
        throw new Error("nothing is written here");
      },
    };
  }

  readAll(): void {
    const { file, tally } = this;
    const root = tally.attempt(() => file.root());
    if (root !== undefined) this.visit(root);
    tally.attempt(() => fileStorageInfo(file));
    tally.attempt(() => file.freeSections());
    tally.attempt(() => file.freeSpace());
    tally.attempt(() => spaceMap(file));
  }

  private visit(object: EngineObject): void {
    if (this.seen.has(object.address) || this.seen.size > MOST_OBJECTS) return;
    this.seen.add(object.address);
    const { tally } = this;
    tally.attempt(() => object.comment());
    tally.attempt(() => object.modificationTime());
    tally.attempt(() => object.attributeCount);
    tally.attempt(() => objectHeaderInfo(object));
    tally.attempt(() => attributeStorageInfo(object));
    for (const attribute of tally.attempt(() => object.attributes()) ?? []) this.readAttribute(object, attribute);
    if (object instanceof GroupObject) this.readGroup(object);
    else if (object instanceof DatasetObject) this.readDataset(object);
    else if (object instanceof DatatypeObject) tally.attempt(() => object.datatype);
  }

  private readAttribute(object: EngineObject, { name, datatype, dataspace, bytes }: Attribute): void {
    this.tally.attempt(() => object.attribute(name));
    this.tally.attempt(() => this.readValues(datatype, bytes, elementCount(dataspace)));
  }

  private readValues(datatype: Datatype, bytes: Uint8Array, count: number): void {
    const few = Math.min(count, MOST_VALUES);
    const values = decodeElements(datatype, bytes.subarray(0, few * datatype.size), few, this.context);
    if (datatype.class !== "reference") return;
    for (let i = 0; i < Math.min(values.length, 32); i++) {
      const reference = bytes.subarray(i * datatype.size, (i + 1) * datatype.size);
      this.tally.attempt(() => dereference(this.file, datatype.kind, reference));
    }
  }

  private readGroup(group: GroupObject): void {
    const { file, tally } = this;
    tally.attempt(() => groupStorageInfo(group));
    tally.attempt(() => group.linkTotal);
    tally.attempt(() => group.linkNames("creation"));
    const names = tally.attempt(() => group.linkNames("name")) ?? [];
    for (const name of names.slice(0, MOST_OBJECTS)) {
      const link = tally.attempt(() => group.link(name));
      if (link === undefined) continue;
      const { target } = link;
      const object = tally.attempt(() =>
        target.kind === "hard" ? file.object(target.objectHeaderAddress) : resolveObject(group, name),
      );
      if (object?.file === file) this.visit(object);
    }
    tally.attempt(() => group.links());
  }

  private readDataset(dataset: DatasetObject): void {
    const { tally } = this;
    tally.attempt(() => datasetStorageInfo(dataset));
    tally.attempt(() => dataset.storageSize());
    tally.attempt(() => dataset.offset());
    tally.attempt(() => dataset.fillValue);
    tally.attempt(() => dataset.pipeline);
    tally.attempt(() => dataset.layout);
    tally.attempt(() => dataset.externalParts());
    const dims = tally.attempt(() => dataset.dims);
    const datatype = tally.attempt(() => dataset.datatype);
    if (dims === undefined || datatype === undefined) return;
    const whole = product(dims);
    const chunks = tally.attempt(() => whole / elementsOfChunk(dataset)) ?? 0;
    if (whole * datatype.size <= MOST_BYTES && chunks <= MOST_CHUNKS) {
      tally.attempt(() => this.readValues(datatype, dataset.readBytes(), whole));
      return;
    }
    tally.attempt(() => this.readPart(dataset, datatype, "start"));
    tally.attempt(() => this.readPart(dataset, datatype, "end"));
  }

  /** As much of a dataset as fits, rows of the last dimensions first. */
  private readPart(dataset: DatasetObject, datatype: Datatype, where: "start" | "end"): void {
    const { dims } = dataset;
    // A damaged size can be one of gigabytes, which take seconds to fill.
    if (datatype.size > MOST_BYTES) return;
    let room = Math.min(Math.floor(MOST_BYTES / datatype.size), MOST_CHUNKS * elementsOfChunk(dataset));
    const counts = dims.toReversed().map((size) => {
      const count = Math.min(size, Math.max(room, 1));
      room = Math.floor(room / count);
      return count;
    });
    counts.reverse();
    const start = dims.map((size, d) => (where === "start" ? 0 : size - (counts[d] as number)));
    const bytes = dataset.readBytes(selectBox(dims, start, counts));
    this.readValues(datatype, bytes, product(counts));
  }
}
