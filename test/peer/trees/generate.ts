/** Random trees: how a file is made, and what is done to it. */
import { Model, type ModelDataset, type ModelObject } from "./model.ts";
import {
  countOf,
  type Dims,
  type Element,
  type FileOperation,
  type FileSpec,
  hasReferences,
  isPlain,
  type Operation,
  sizeOfType,
  type Tree,
  type TypeSpec,
} from "./operations.ts";
import { Random } from "./random.ts";
import { randomDataset } from "./random-datasets.ts";
import { anyElement, anyType, plainType, type Targets } from "./random-types.ts";

/** What the library at hand knows, and what is to be tried. */
export interface Features {
  readonly bounds: readonly FileSpec["low"][];
  readonly strategies: readonly NonNullable<FileSpec["strategy"]>[];
  /** Chance that an operation is one of flush or reopen. */
  readonly pauses: number;
  /** Whether h5py makes datasets too: it sets fill values of numbers only. */
  readonly byH5py: boolean;
  /** Operations: fewest and most. */
  readonly length: readonly [number, number];
}

/** Every strategy that the C library has, with and without free space that is kept. */
export const STRATEGIES: Features["strategies"] = [
  [0, false, 4096],
  [0, true, 4096],
  [1, false, 4096],
  [1, true, 512],
  [1, true, 4096],
  [2, false, 4096],
  [3, false, 4096],
];

const NAMES = ["a", "b", "data", "x1", "with blank", "ünïcödé", "日本語", "..hidden", 'quo"te', "long".repeat(12), "z"];
/** For elements that are no references. */
const NO_TARGETS: Targets = { paths: [], datasets: [] };
/** Elements of a dataset at most. */
const MOST_ELEMENTS = 300;

export function randomTree(seed: number, features: Features): Tree {
  const random = new Random(seed);
  const strategy = features.strategies.length > 0 && random.chance(0.4) ? random.pick(features.strategies) : undefined;
  const file: FileSpec = {
    low: random.pick(features.bounds),
    // A user block holds whole pages.
    userBlock: random.chance(0.1) ? (strategy?.[0] === 1 ? strategy[2] : random.pick([512, 1024])) : 0,
    ...(strategy !== undefined && { strategy }),
    ...(random.chance(0.12) && { shared: randomSharing(random, features.byH5py) }),
    linkOrder: random.chance(0.2),
    attrOrder: random.chance(0.15),
  };
  const growth = new Growth(random, file, features.byH5py, seed);
  const length = random.between(...features.length);
  while (growth.operations.length < length) growth.step(features.pauses);
  return { file, operations: growth.operations };
}

/** One or two indexes, of some of the types of messages. */
function randomSharing(random: Random, byH5py: boolean): NonNullable<FileSpec["shared"]> {
  // Where an index is a tree from the start, version 1.10.8 does not find messages of its own again at times.
  const phases = [
    [50, 40],
    [4, 2],
    [0, 0],
  ] as const;
  const phase = random.pick(byH5py ? phases.slice(0, 2) : phases);
  // Bits are the numbers of messages: dataspace 1, datatype 3, fill value 5, filter pipeline 11, attribute 12.
  // Version 1.10.8 damages its own files where it resizes a dataset whose dataspace is shared.
  const types = byH5py ? ~2 : ~0;
  const flags = random.pick([[0x182a], [0x1000], [0x0808], [0x080a, 0x1020], [0x002a, 0x1800]]);
  return { indexes: flags.map((index) => [index & types, random.pick([1, 20, 50])] as const), phase };
}

/** Operations with the model that they lead to. */
class Growth {
  readonly operations: Operation[] = [];
  private readonly random: Random;
  private readonly model: Model;
  private readonly byH5py: boolean;
  private readonly low: FileSpec["low"];
  private readonly seed: number;

  constructor(random: Random, file: FileSpec, byH5py: boolean, seed: number) {
    this.random = random;
    this.seed = seed;
    this.byH5py = byH5py;
    this.low = file.low;
    this.model = new Model(file);
  }

  step(pauses: number): void {
    const { random } = this;
    if (random.chance(pauses)) {
      this.operations.push({ op: random.chance(0.4) ? "reopen" : "flush" });
      return;
    }
    const roll = random.fraction();
    if (roll < 0.04) this.burstOfLinks();
    else if (roll < 0.07) this.burstOfAttributes();
    else if (roll < 0.09) this.burstOfUnlinks();
    else if (this.operations.length < 8 || roll < 0.4) this.create();
    else if (roll < 0.58) this.changeData();
    else if (roll < 0.8) this.changeAttributes();
    else this.relink();
  }

  private add(operation: FileOperation): boolean {
    if (!this.model.apply(operation)) return false;
    this.operations.push(operation);
    return true;
  }

  private paths(kind?: ModelObject["kind"]): string[] {
    return this.model
      .objects()
      .filter(({ object }) => kind === undefined || object.kind === kind)
      .map(({ path }) => path);
  }

  private pickDataset(test: (dataset: ModelDataset) => boolean): { path: string; dataset: ModelDataset } | undefined {
    const found = this.model
      .objects()
      .flatMap(({ path, object }) => (object.kind === "dataset" && test(object) ? [{ path, dataset: object }] : []));
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  private newPath(): string {
    const group = this.random.pick(this.paths("group"));
    const name = this.random.pick(NAMES) + (this.random.chance(0.5) ? this.random.between(0, 99) : "");
    return group === "/" ? `/${name}` : `${group}/${name}`;
  }

  private create(): void {
    const { random } = this;
    const path = this.newPath();
    const roll = random.fraction();
    if (roll < 0.2) {
      const phase = random.chance(0.2) ? ([random.between(2, 5), random.between(0, 2)] as const) : undefined;
      this.add({
        op: "group",
        path,
        linkOrder: random.chance(0.3),
        attrOrder: random.chance(0.2),
        ...(phase && { phase }),
      });
    } else if (roll < 0.7) {
      this.createDataset(path);
    } else if (roll < 0.76) this.add({ op: "commit", path, type: this.newCommitted() });
    else if (roll < 0.85) this.add({ op: "hard", path, target: random.pick(this.paths()) });
    else if (roll < 0.93) this.add({ op: "soft", path, to: random.pick(["/a", "b", "../no/where", "/data"]) });
    else if (roll < 0.95 && !this.byH5py) this.add({ op: "user", path, data: random.hex(random.between(0, 20)) });
    else this.add({ op: "external", path, file: "other.h5", to: "/object" });
  }

  /** A part of another dataset of numbers, once or twice, below one another. */
  private createVirtual(path: string): void {
    const { random } = this;
    const found = this.pickDataset(
      ({ spec, dims }) =>
        (spec.type.t === "i" || spec.type.t === "f") &&
        spec.layout !== "virtual" &&
        !!dims?.length &&
        countOf(dims) > 0,
    );
    if (found === undefined) return;
    const { type } = found.dataset.spec;
    const sourceDims = found.dataset.dims ?? [];
    const count = sourceDims.map((size) => random.between(1, size));
    const parts = Array.from({ length: random.between(1, 2) }, (_, i) => ({
      path: found.path,
      from: sourceDims.map((size, d) => random.between(0, size - (count[d] as number))),
      count,
      at: sourceDims.map((_, d) => (d === 0 ? i * (count[0] as number) : 0)),
    }));
    const dims = count.map((size, d) => (d === 0 ? size * parts.length : size) + random.between(0, 2));
    const fill = random.chance(0.3) ? { fill: anyElement(random, type, NO_TARGETS) } : {};
    this.add({ op: "dataset", path, spec: { type, dims, layout: "virtual", parts, ...fill } });
  }

  /** The raw data is in one or two files, and all of it written: a reader does not look for files that are not there. */
  private createExternal(path: string): void {
    const { random } = this;
    const type = this.newType(plainType);
    const dims = Array.from({ length: random.between(1, 2) }, () => random.between(1, 9));
    const byteLength = countOf(dims) * sizeOfType(type);
    const first = random.between(1, byteLength);
    // Trees that grow one after the other in a folder have files of their own.
    const name = `raw-${this.seed}-${this.operations.length}`;
    const external =
      first === byteLength
        ? [[name, first] as const]
        : [[name, first] as const, [`${name}-b`, byteLength - first] as const];
    if (!this.add({ op: "dataset", path, spec: { type, dims, layout: "contiguous", external } })) return;
    const [start, stride] = [dims.map(() => 0), dims.map(() => 1)];
    this.add({ op: "write", path, start, count: dims, stride, data: this.elements(type, countOf(dims)) });
  }

  private createDataset(path: string): void {
    const roll = this.random.fraction();
    if (roll < 0.07) {
      this.createVirtual(path);
      return;
    }
    if (roll < 0.12) {
      this.createExternal(path);
      return;
    }
    const spec = randomDataset(this.random, this.type(), this.byH5py);
    if (!this.add({ op: "dataset", path, spec })) return;
    if (this.random.chance(0.8) && countOf(spec.dims) > 0) this.write(path, spec.type, spec.dims);
  }

  /** A datatype, which may be a committed one. */
  private type(): { readonly type: TypeSpec; readonly committed?: string } {
    const committed = this.model.objects().filter(({ object }) => object.kind === "datatype");
    if (committed.length === 0 || !this.random.chance(0.25)) return { type: this.newType(anyType) };
    const { path, object } = this.random.pick(committed);
    return { type: (object as { type: TypeSpec }).type, committed: path };
  }

  /**
   * Version 1.10.8 makes headers of version 1 whose size is not a multiple of 8 for datatypes of 8 bytes, and damages them
   * when it adds attributes.
   */
  private newCommitted(): TypeSpec {
    for (;;) {
      const type = this.newType(plainType);
      const isShort = type.t === "s" || (type.t === "o" && type.g === "");
      if (!this.byH5py || this.low !== "earliest" || !isShort) return type;
    }
  }

  /** h5wasm, the judge of later bounds, is at a loss with half floats in compounds. */
  private newType(make: (random: Random) => TypeSpec): TypeSpec {
    for (;;) {
      const type = make(this.random);
      if (!["v112", "v114", "v200"].includes(this.low) || !JSON.stringify(type).includes('"t":"f","s":2')) return type;
    }
  }

  private elements(type: TypeSpec, count: number): Element[] {
    const targets = {
      paths: this.paths(),
      datasets: this.model
        .objects()
        .flatMap(({ path, object }) =>
          object.kind === "dataset" && object.dims?.length && countOf(object.dims) > 0
            ? [{ path, dims: object.dims }]
            : [],
        ),
    };
    return Array.from({ length: count }, () => anyElement(this.random, type, targets));
  }

  private write(path: string, type: TypeSpec, dims: Dims): void {
    if (dims === null || countOf(dims) === 0) return;
    const { random } = this;
    const whole = random.chance(0.4);
    const stride = dims.map(() => (whole ? 1 : random.between(1, 3)));
    const start = dims.map((size) => (whole ? 0 : random.between(0, size - 1)));
    const count = dims.map((size, d) => {
      const most = Math.floor((size - 1 - (start[d] as number)) / (stride[d] as number)) + 1;
      return whole ? size : random.between(1, most);
    });
    this.add({ op: "write", path, start, count, stride, data: this.elements(type, countOf(count)) });
  }

  private changeData(): void {
    const { random } = this;
    if (random.chance(0.45)) {
      const found = this.pickDataset(({ spec }) => spec.layout === "chunked");
      if (found === undefined) return;
      const { path, dataset } = found;
      const max = dataset.spec.maxDims ?? dataset.spec.dims ?? [];
      const dims = (dataset.dims ?? []).map((size, d) => {
        const most = (max[d] as number) < 0 ? size + 6 : (max[d] as number);
        return random.chance(0.3) ? size : random.between(random.chance(0.1) ? 0 : 1, Math.max(1, most));
      });
      if (countOf(dims) <= 2 * MOST_ELEMENTS) this.add({ op: "resize", path, dims });
      return;
    }
    const found = this.pickDataset(({ dims }) => countOf(dims) > 0);
    if (found !== undefined) this.write(found.path, found.dataset.spec.type, found.dataset.dims);
  }

  private changeAttributes(): void {
    const { random } = this;
    const { path, object } = random.pick(this.model.objects());
    const names = [...object.attributes.keys()];
    const roll = random.fraction();
    if (names.length === 0 || roll < 0.5) {
      this.addAttribute(path, random.pick(NAMES) + (random.chance(0.5) ? random.between(0, 99) : ""));
    } else if (roll < 0.65) {
      const name = random.pick(names);
      const attribute = object.attributes.get(name);
      if (attribute === undefined || attribute.data.length === 0) return;
      this.add({ op: "attrWrite", path, name, data: this.elements(attribute.type, attribute.data.length) });
    } else if (roll < 0.82) this.add({ op: "attrDelete", path, name: random.pick(names) });
    else if (roll < 0.93)
      this.add({ op: "attrRename", path, name: random.pick(names), to: `${random.pick(NAMES)} new` });
    else this.add({ op: "comment", path, text: random.pick(["", "a comment", "another, longer comment"]) });
  }

  private addAttribute(path: string, name: string): void {
    const { random } = this;
    // A datatype that uses itself would never be deleted, as in the C library.
    const inCircles = this.model.object(path)?.kind === "datatype";
    const { type, committed } = inCircles ? { type: this.newType(anyType), committed: undefined } : this.type();
    const dims: Dims = random.chance(0.05)
      ? null
      : random.chance(0.4)
        ? []
        : [random.between(1, random.chance(0.1) ? 200 : 6)];
    this.add({
      op: "attr",
      path,
      name,
      type,
      ...(committed && { committed }),
      dims,
      data: this.elements(type, countOf(dims)),
    });
  }

  private relink(): void {
    const { random } = this;
    const all = this.model.objects().filter(({ path }) => path !== "/");
    const links = this.model
      .objects()
      .flatMap(({ path, object }) =>
        object.kind === "group" ? [...object.links.keys()].map((name) => `${path === "/" ? "" : path}/${name}`) : [],
      );
    if (links.length === 0) return;
    const roll = random.fraction();
    if (roll < 0.4) this.add({ op: "unlink", path: random.pick(links) });
    else if (roll < 0.75) this.add({ op: "move", path: random.pick(links), to: this.newPath() });
    else if (all.length > 0 && all.length < 60) {
      const { path, object } = random.pick(all);
      if (this.byH5py && (this.hasReferences() || this.copyFails(object))) return;
      this.add({ op: "copy", path, to: this.newPath() });
    }
  }

  /** H5Ocopy of version 1.10.8 crashes on a chunked dataset of references, its own ones too. */
  private hasReferences(): boolean {
    return this.pickDataset(({ spec }) => hasReferences(spec.type)) !== undefined;
  }

  /** Whether H5Ocopy of version 1.10.8 does not copy the object, or a committed datatype that comes along, as it is. */
  private copyFails(object: ModelObject): boolean {
    const types = this.model.objects().filter((other) => other.object.kind === "datatype");
    // Nobody knows the attributes of a committed datatype without a link.
    const isUnknown = (path: string | undefined) => path !== undefined && this.model.object(path)?.kind !== "datatype";
    if (hasBelow(object, (inner) => inner.kind === "dataset" && isUnknown(inner.spec.committed))) return true;
    return hasBelow(object, attributesCopiedWrong) || types.some((type) => attributesCopiedWrong(type.object));
  }

  /** A group grows past what its header or its first nodes hold. */
  private burstOfLinks(): void {
    const { random } = this;
    const group = random.pick(this.paths("group"));
    const prefix = `${group === "/" ? "" : group}/burst ${random.between(0, 9)} `;
    const count = random.between(5, 40);
    const target = random.pick(this.paths());
    const roll = random.fraction();
    for (let i = 0; i < count; i++) {
      const path = `${prefix}${(i * 7) % count}`;
      if (roll < 0.4) this.add({ op: "soft", path, to: `/target ${i}` });
      else if (roll < 0.7) this.add({ op: "hard", path, target });
      else this.add({ op: "group", path });
    }
  }

  private burstOfAttributes(): void {
    const { random } = this;
    const path = random.pick(this.paths());
    const count = random.between(4, 20);
    for (let i = 0; i < count; i++) this.addAttribute(path, `burst ${random.between(0, 3)} ${i}`);
  }

  /** And shrinks again. */
  private burstOfUnlinks(): void {
    const { random } = this;
    const groups = this.model.objects().filter(({ object }) => object.kind === "group" && object.links.size > 6);
    if (groups.length === 0) return;
    const { path, object } = random.pick(groups);
    if (object.kind !== "group") return;
    for (const name of [...object.links.keys()]) {
      if (random.chance(0.8)) this.add({ op: "unlink", path: `${path === "/" ? "" : path}/${name}` });
    }
  }
}

function hasBelow(object: ModelObject, test: (object: ModelObject) => boolean): boolean {
  if (test(object)) return true;
  if (object.kind !== "group") return false;
  return [...object.links.values()].some((link) => link.kind === "hard" && hasBelow(link.object, test));
}

/** Attributes are in dense storage with more than 8, until there are fewer than this. */
const FEWEST_DENSE = 6;

/**
 * H5Ocopy of version 1.10.8 makes object references in attributes null, even within a file, where h5ts keeps them; and it
 * crashes on attributes of variable length in dense storage, its own ones too.
 */
function attributesCopiedWrong({ attributes }: ModelObject): boolean {
  const types = [...attributes.values()].map(({ type }) => type);
  return types.some(hasReferences) || (types.length >= FEWEST_DENSE && types.some((type) => !isPlain(type)));
}
