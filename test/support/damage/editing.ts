/** Changes a damaged file in all the ways there are. */
import { createDataset, createGroup } from "../../../src/engine/create-object.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../../src/engine/engine-object.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import type { H5File } from "../../../src/engine/h5-file.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../../src/format/predefined-datatypes.ts";
import type { Random } from "./random.ts";
import type { ErrorTally } from "./tally.ts";

const DIMS = [6];
const SPACE = { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false } as const;
const MOST_EDITS = 60;
const MOST_BYTES = 1 << 20;

export class DamagedFileEditor {
  private readonly file: H5File;
  private readonly tally: ErrorTally;
  private readonly random: Random;
  private readonly objects: EngineObject[] = [];
  private readonly groups: GroupObject[] = [];

  constructor(file: H5File, tally: ErrorTally, random: Random) {
    this.file = file;
    this.tally = tally;
    this.random = random;
  }

  /** Edits, flushes and closes. */
  editAll(): void {
    const { file, tally, random } = this;
    const root = tally.attempt(() => file.root());
    if (root !== undefined) {
      this.collect(root);
      for (let i = 0; i < MOST_EDITS && i < 4 * this.objects.length + 4; i++) {
        tally.attempt(() => this.edit(i));
        if (random.below(16) === 0) tally.attempt(() => file.flush());
      }
    }
    tally.attempt(() => file.close());
  }

  private collect(object: EngineObject): void {
    if (this.objects.length > 100 || this.objects.some(({ address }) => address === object.address)) return;
    this.objects.push(object);
    if (!(object instanceof GroupObject)) return;
    this.groups.push(object);
    for (const { target } of this.tally.attempt(() => object.links()) ?? []) {
      if (target.kind !== "hard") continue;
      const child = this.tally.attempt(() => this.file.object(target.objectHeaderAddress));
      if (child !== undefined) this.collect(child);
    }
  }

  private edit(i: number): void {
    const { file, random } = this;
    const group = random.pick(this.groups);
    const object = random.pick(this.objects);
    switch (random.below(10)) {
      case 0:
        group.insertLink(`group ${i}`, { kind: "hard", objectHeaderAddress: createGroup(file).address });
        break;
      case 1:
        this.addDataset(group, `dataset ${i}`);
        break;
      case 2:
        group.insertLink(`soft ${i}`, { kind: "soft", path: "/nowhere" });
        break;
      case 3:
      case 4:
        this.removeLink(group);
        break;
      case 5:
        object.createAttribute({
          name: `attribute ${i}`,
          datatype: PREDEFINED.STD_I32LE,
          dataspace: SPACE,
          bytes: new Uint8Array(24),
        });
        break;
      case 6:
        this.changeAttribute(object, i);
        break;
      case 7:
        object.setComment("changed");
        break;
      default:
        if (object instanceof DatasetObject) this.changeDataset(object);
    }
  }

  private addDataset(group: GroupObject, name: string): void {
    const { file, random } = this;
    const dataset = createDataset(file, {
      datatype: PREDEFINED.STD_I32LE,
      dataspace: SPACE,
      layout: random.below(2) === 0 ? { kind: "contiguous" } : { kind: "chunked", chunkDims: [2] },
    });
    group.insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
    dataset.writeBytes(new Uint8Array(24).fill(1));
  }

  private removeLink(group: GroupObject): void {
    const names = group.linkNames("name");
    if (names.length > 0) group.removeLink(this.random.pick(names));
  }

  private changeAttribute(object: EngineObject, i: number): void {
    const attributes = object.attributes();
    if (attributes.length === 0) return;
    const { name, bytes } = this.random.pick(attributes);
    switch (this.random.below(3)) {
      case 0:
        object.writeAttribute(name, new Uint8Array(bytes.length));
        break;
      case 1:
        object.renameAttribute(name, `renamed ${i}`);
        break;
      default:
        object.deleteAttribute(name);
    }
  }

  private changeDataset(dataset: DatasetObject): void {
    const { dims, elementSize } = dataset;
    if (this.random.below(2) === 0) {
      dataset.setExtent(dims.map((size) => Math.max(0, size + this.random.below(5) - 2)));
      return;
    }
    const counts = dims.map((size) => Math.min(size, 3));
    const byteLength = counts.reduce((bytes, count) => bytes * count, elementSize);
    if (byteLength > MOST_BYTES) return;
    const corner = selectBox(
      dims,
      dims.map(() => 0),
      counts,
    );
    dataset.writeBytes(new Uint8Array(byteLength), corner);
  }
}
