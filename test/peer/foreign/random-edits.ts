/** Random operations on a file of which nothing is known but what h5ts finds in it. */
import { UNLIMITED } from "../../../src/base/address.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../../src/engine/engine-object.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import type { H5File } from "../../../src/engine/h5-file.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import type { Datatype } from "../../../src/format/datatype.ts";
import { countOf, type Dims, type FileOperation, isPlain, type TypeSpec } from "../trees/operations.ts";
import type { Random } from "../trees/random.ts";
import { randomDataset } from "../trees/random-datasets.ts";
import { anyElement, plainType } from "../trees/random-types.ts";
import { specOf } from "../trees/types.ts";

/** What others refer to is changed, but stays where it is: addresses of what is gone are taken by what comes. */
const TARGETS = "/targets";
const FIXED = [TARGETS, "/fixed"];
const NAMES = ["new", "n", "another name", "ünïcödé new", "long name of a new member ".repeat(3)];
const MOST_ELEMENTS = 3000;

interface Found {
  readonly path: string;
  readonly object: EngineObject;
}

function joined(path: string, name: string): string {
  return path === "/" ? `/${name}` : `${path}/${name}`;
}

/** As operations write it; undefined for what they have no word for. */
function typeSpecOf(type: Datatype): TypeSpec | undefined {
  try {
    const spec = specOf(type);
    const text = JSON.stringify(spec);
    return text.includes("null") ? undefined : spec;
  } catch {
    return undefined;
  }
}

export class RandomEdits {
  private readonly file: H5File;
  private readonly random: Random;
  private objects: Found[] = [];
  private links: string[] = [];
  private hasReferences = false;

  constructor(file: H5File, random: Random) {
    this.file = file;
    this.random = random;
  }

  /** An operation that is likely to be possible in the file as it is. */
  next(): FileOperation {
    this.look();
    for (;;) {
      const roll = this.random.fraction();
      const operation =
        roll < 0.3
          ? this.creation()
          : roll < 0.55
            ? this.changeOfData()
            : roll < 0.8
              ? this.changeOfAttributes()
              : this.changeOfLinks();
      if (operation !== undefined) return operation;
    }
  }

  private look(): void {
    this.objects = [];
    this.links = [];
    this.hasReferences = false;
    const seen = new Set<number>();
    const visit = (path: string, object: EngineObject, isFixed: boolean): void => {
      if (seen.has(object.address)) return;
      seen.add(object.address);
      this.objects.push({ path, object });
      this.hasReferences ||=
        object instanceof DatasetObject && /"t":"rr?"/.test(JSON.stringify(typeSpecOf(object.datatype)) ?? "");
      if (!(object instanceof GroupObject)) return;
      for (const { name, target } of object.links()) {
        if (!isFixed && !FIXED.includes(joined(path, name))) this.links.push(joined(path, name));
        if (target.kind === "hard") visit(joined(path, name), this.file.object(target.objectHeaderAddress), isFixed);
      }
    };
    const root = this.file.root();
    for (const path of FIXED) if (root.link(path.slice(1)) !== undefined) visit(path, resolveObject(root, path), true);
    visit("/", root, false);
  }

  private newPath(): string {
    const groups = this.objects.filter(({ object }) => object.kind === "group");
    if (this.random.chance(0.05) && this.links.length > 0) return this.random.pick(this.links);
    return joined(this.random.pick(groups).path, this.random.pick(NAMES) + this.random.between(0, 99));
  }

  private creation(): FileOperation {
    const { random } = this;
    const path = this.newPath();
    switch (random.between(0, 7)) {
      case 0:
        return { op: "group", path, linkOrder: random.chance(0.3), attrOrder: random.chance(0.3) };
      case 1:
        return { op: "commit", path, type: { t: "i", s: 4, u: false, be: true } };
      case 2:
        return { op: "soft", path, to: random.pick(["/a", "no/where", "/targets"]) };
      case 3:
        return { op: "external", path, file: "other.h5", to: "/object" };
      case 4:
        // Groups would come to lie in circles, which are never deleted.
        return {
          op: "hard",
          path,
          target: random.pick(this.objects.filter(({ object }) => object.kind !== "group")).path,
        };
      default: {
        const type = this.random.chance(0.3) ? ({ t: "vs", c: 1 } as const) : this.plainType();
        return { op: "dataset", path, spec: randomDataset(random, { type }, true) };
      }
    }
  }

  /** h5py drops the zeros of text that is padded with blanks. */
  private plainType(): TypeSpec {
    for (;;) {
      const type = plainType(this.random);
      if (!JSON.stringify(type).includes('"p":2')) return type;
    }
  }

  private elements(type: TypeSpec, count: number) {
    const targets = {
      paths: [`${TARGETS}/chunks`, TARGETS],
      datasets: [{ path: `${TARGETS}/numbers`, dims: [6, 10] }],
    };
    return Array.from({ length: count }, () => anyElement(this.random, type, targets));
  }

  private changeOfData(): FileOperation | undefined {
    const { random } = this;
    const datasets = this.objects.filter(({ object }) => object instanceof DatasetObject);
    if (datasets.length === 0) return undefined;
    const { path, object } = random.pick(datasets);
    const dataset = object as DatasetObject;
    const dims: Dims = dataset.dataspace.kind === "null" ? null : dataset.dims;
    if (dims === null) return undefined;
    if (dataset.layout.kind === "chunked" && random.chance(0.5)) return this.resize(path, dataset);
    // Virtual datasets write into their sources; raw data in other files is not ours alone.
    const type = typeSpecOf(dataset.datatype);
    if (type === undefined || countOf(dims) === 0 || dataset.layout.kind === "virtual") return undefined;
    // The C library has no way to write references of regions as h5py gives them in compounds.
    if (type.t === "c" && !isPlain(type)) return undefined;
    const whole = random.chance(0.3) && countOf(dims) < MOST_ELEMENTS;
    const stride = dims.map(() => (whole ? 1 : random.between(1, 3)));
    const start = dims.map((size) => (whole ? 0 : random.between(0, size - 1)));
    const count = dims.map((size, d) => {
      const most = Math.floor((size - 1 - (start[d] as number)) / (stride[d] as number)) + 1;
      return whole ? size : random.between(1, Math.min(most, 8));
    });
    return { op: "write", path, start, count, stride, data: this.elements(type, countOf(count)) };
  }

  private resize(path: string, dataset: DatasetObject): FileOperation | undefined {
    const { random } = this;
    if (dataset.dataspace.kind === "null") return undefined;
    const { dims, maxDims } = dataset.dataspace;
    const wanted = dims.map((size, d) => {
      const most = maxDims[d] === UNLIMITED ? size + 9 : (maxDims[d] as number) + (random.chance(0.03) ? 1 : 0);
      return random.chance(0.3) ? size : random.between(1, Math.max(1, most));
    });
    return countOf(wanted) <= MOST_ELEMENTS ? { op: "resize", path, dims: wanted } : undefined;
  }

  private changeOfAttributes(): FileOperation | undefined {
    const { random } = this;
    const { path, object } = random.pick(this.objects);
    const attributes = object.attributes();
    const roll = random.fraction();
    if (attributes.length === 0 || roll < 0.4) return this.newAttribute(path);
    const { name, datatype, dataspace } = random.pick(attributes);
    const type = typeSpecOf(datatype);
    if (roll < 0.6) return { op: "attrDelete", path, name };
    if (roll < 0.75) return { op: "attrRename", path, name, to: `renamed ${random.between(0, 20)}` };
    if (roll < 0.8) return { op: "comment", path, text: random.pick(["", "a comment", "another, longer comment"]) };
    if (type === undefined || dataspace.kind === "null" || (type.t === "c" && !isPlain(type))) return undefined;
    return { op: "attrWrite", path, name, data: this.elements(type, countOf(dataspace.dims)) };
  }

  private newAttribute(path: string): FileOperation {
    const { random } = this;
    const type: TypeSpec = random.pick([
      this.plainType(),
      { t: "vs", c: 1 },
      { t: "r" },
      { t: "i", s: 4, u: false, be: false },
    ]);
    const dims = random.chance(0.3) ? [] : [random.between(1, random.chance(0.1) ? 700 : 6)];
    const name = `${random.pick(NAMES)}${random.between(0, 30)}`;
    return { op: "attr", path, name, type, dims, data: this.elements(type, countOf(dims)) };
  }

  /**
   * H5Ocopy of version 1.10.8 crashes on chunked datasets of references, and on attributes of variable length in dense storage;
   * it makes references in attributes null.
   */
  private copyFails(object: EngineObject): boolean {
    const attributes = object.attributes();
    return (
      this.hasReferences ||
      attributes.length > 4 ||
      attributes.some(({ datatype }) => JSON.stringify(datatype).includes('"reference"'))
    );
  }

  private changeOfLinks(): FileOperation | undefined {
    const { random } = this;
    const movable = this.links;
    const roll = random.fraction();
    if (movable.length > 0 && roll < 0.5) return { op: "unlink", path: random.pick(movable) };
    if (movable.length > 0 && roll < 0.75) {
      const path = random.pick(movable);
      const to = this.newPath();
      return to.startsWith(path) ? undefined : { op: "move", path, to };
    }
    const { path, object } = random.pick(this.objects);
    if (object.kind !== "dataset" || this.copyFails(object)) return undefined;
    return { op: "copy", path, to: this.newPath() };
  }
}
