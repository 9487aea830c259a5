/** A file in memory, as the operations leave it: what every reader must find. */
import { type ModelValue, namesOnly, parseValue } from "./model-values.ts";
import {
  countOf,
  type DatasetSpec,
  type Dims,
  type Element,
  type FileOperation,
  type FileSpec,
  isElementOf,
  type TypeSpec,
  type VirtualPart,
  zeroElement,
} from "./operations.ts";

export interface ModelAttribute {
  readonly type: TypeSpec;
  readonly dims: Dims;
  data: readonly ModelValue[];
}

interface CommonObject {
  readonly attributes: Map<string, ModelAttribute>;
  readonly attrOrder: boolean;
  comment: string;
}

export interface ModelGroup extends CommonObject {
  readonly kind: "group";
  readonly links: Map<string, ModelLink>;
  readonly linkOrder: boolean;
}

export interface ModelDataset extends CommonObject {
  readonly kind: "dataset";
  readonly spec: DatasetSpec;
  dims: Dims;
  /** Of a virtual dataset the fill values; see `Model.dataOf`. */
  data: ModelValue[];
  readonly sources: readonly VirtualSource[];
}

/** What a part of a virtual dataset comes from, which has to stay in its place as it is. */
interface VirtualSource {
  readonly part: VirtualPart;
  readonly dataset: ModelDataset;
  readonly dims: Dims;
}

export interface ModelDatatype extends CommonObject {
  readonly kind: "datatype";
  readonly type: TypeSpec;
}

export type ModelObject = ModelGroup | ModelDataset | ModelDatatype;

export type ModelLink =
  | { readonly kind: "hard"; readonly object: ModelObject }
  | { readonly kind: "soft"; readonly to: string }
  | { readonly kind: "external"; readonly file: string; readonly to: string }
  | { readonly kind: "user"; readonly data: string };

/** The flag of attribute messages. */
const ATTRIBUTES = 0x1000;

type Creation = Extract<FileOperation, { op: "group" | "dataset" | "commit" | "hard" | "soft" | "external" | "user" }>;

/** The group and name of a path's last component. */
interface Place {
  readonly group: ModelGroup;
  readonly name: string;
}

export class Model {
  readonly root: ModelGroup;

  /** Objects of files that share attributes know the order of them in any case. */
  private readonly sharesAttributes: boolean;

  constructor({ linkOrder, attrOrder, shared }: FileSpec) {
    this.sharesAttributes = (shared?.indexes ?? []).some(([flags]) => (flags & ATTRIBUTES) !== 0);
    this.root = { kind: "group", links: new Map(), linkOrder, ...this.common(attrOrder) };
  }

  private common(attrOrder: boolean): CommonObject {
    return { attributes: new Map(), attrOrder: attrOrder || this.sharesAttributes, comment: "" };
  }

  /** The object of a path of hard links. */
  object(path: string): ModelObject | undefined {
    let object: ModelObject | undefined = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      const link: ModelLink | undefined = object?.kind === "group" ? object.links.get(name) : undefined;
      object = link?.kind === "hard" ? link.object : undefined;
    }
    return object;
  }

  private place(path: string): Place | undefined {
    const cut = path.lastIndexOf("/");
    const group = this.object(path.slice(0, cut));
    return group?.kind === "group" ? { group, name: path.slice(cut + 1) } : undefined;
  }

  /** A place that is free. */
  private freePlace(path: string): Place | undefined {
    const place = this.place(path);
    return place === undefined || place.group.links.has(place.name) ? undefined : place;
  }

  /** Whether the object can be reached from `from` by hard links. */
  private reaches(from: ModelObject, object: ModelObject): boolean {
    if (from === object) return true;
    if (from.kind !== "group") return false;
    for (const link of from.links.values()) if (link.kind === "hard" && this.reaches(link.object, object)) return true;
    return false;
  }

  /** Every object that has a path, with one of its paths. */
  objects(): { readonly path: string; readonly object: ModelObject }[] {
    const found = new Map<ModelObject, string>([[this.root, "/"]]);
    for (const [object, path] of found) {
      if (object.kind !== "group") continue;
      for (const [name, link] of object.links) {
        if (link.kind === "hard" && !found.has(link.object))
          found.set(link.object, `${path === "/" ? "" : path}/${name}`);
      }
    }
    return [...found].map(([object, path]) => ({ path, object }));
  }

  /**
   * Carries out an operation.
   *
   * @returns false when it is not possible; nothing is changed then, and nobody else may try.
   */
  apply(operation: FileOperation): boolean {
    switch (operation.op) {
      case "group":
      case "dataset":
      case "commit":
      case "hard":
      case "soft":
      case "external":
      case "user":
        return this.create(operation);
      case "unlink":
      case "move":
      case "copy":
        return this.relink(operation);
      case "write":
      case "resize":
        return this.changeData(operation);
      default:
        return this.changeAttributes(operation);
    }
  }

  private create(operation: Creation): boolean {
    const place = this.freePlace(operation.path);
    if (place === undefined) return false;
    const link = this.newLink(operation, place.group);
    if (link === undefined) return false;
    place.group.links.set(place.name, link);
    return true;
  }

  private newLink(operation: Creation, parent: ModelGroup): ModelLink | undefined {
    switch (operation.op) {
      case "group": {
        const { linkOrder = false, attrOrder = false } = operation;
        return { kind: "hard", object: { kind: "group", links: new Map(), linkOrder, ...this.common(attrOrder) } };
      }
      case "dataset":
        return this.newDataset(operation.spec);
      case "commit":
        return { kind: "hard", object: { kind: "datatype", type: operation.type, ...this.common(false) } };
      case "hard": {
        const object = this.object(operation.target);
        // Groups in circles are left out: h5repack and others do not copy them as they are.
        if (object === undefined || this.reaches(object, parent)) return undefined;
        return { kind: "hard", object };
      }
      case "soft":
        return { kind: "soft", to: operation.to };
      case "external":
        return { kind: "external", file: operation.file, to: operation.to };
      case "user":
        return { kind: "user", data: operation.data };
    }
  }

  private newDataset(spec: DatasetSpec): ModelLink | undefined {
    if (spec.committed !== undefined && !this.isCommitted(spec.committed, spec.type)) return undefined;
    const data = new Array<Element>(countOf(spec.dims)).fill(spec.fill ?? zeroElement(spec.type));
    const { attrOrder = false, dims } = spec;
    const sources = (spec.parts ?? []).flatMap((part) => this.sourceOf(part, spec));
    if (sources.length < (spec.parts?.length ?? 0)) return undefined;
    return { kind: "hard", object: { kind: "dataset", spec, dims, data, sources, ...this.common(attrOrder) } };
  }

  /** Empty where there is no such source. */
  private sourceOf(part: VirtualPart, { type, dims }: DatasetSpec): VirtualSource[] {
    const dataset = this.object(part.path);
    if (dataset?.kind !== "dataset" || dataset.spec.layout === "virtual") return [];
    if (JSON.stringify(dataset.spec.type) !== JSON.stringify(type) || dataset.dims?.length !== dims?.length) return [];
    const fits = (start: readonly number[], within: Dims) =>
      within !== null && start.every((at, d) => at + (part.count[d] as number) <= (within[d] as number));
    return fits(part.from, dataset.dims) && fits(part.at, dims) ? [{ part, dataset, dims: dataset.dims }] : [];
  }

  /** The elements, of a virtual dataset those of its sources. */
  dataOf({ dims, data, sources }: ModelDataset): readonly ModelValue[] {
    if (sources.length === 0 || dims === null) return data;
    const result = [...data];
    for (const { part, dataset } of sources) {
      forEachIndex(part.count, (index) => {
        const to = index.map((k, d) => k + (part.at[d] as number));
        const from = index.map((k, d) => k + (part.from[d] as number));
        result[offsetOf(to, dims)] = dataset.data[offsetOf(from, dataset.dims ?? [])] as Element;
      });
    }
    return result;
  }

  /** Whether the sources of all virtual datasets are where they were, as large as they were. */
  private sourcesStay(): boolean {
    return this.objects().every(
      ({ object }) =>
        object.kind !== "dataset" ||
        object.sources.every(
          ({ part, dataset, dims }) => this.object(part.path) === dataset && String(dims) === String(dataset.dims),
        ),
    );
  }

  private isCommitted(path: string, type: TypeSpec): boolean {
    const object = this.object(path);
    return object?.kind === "datatype" && JSON.stringify(object.type) === JSON.stringify(type);
  }

  private relink(operation: Extract<FileOperation, { op: "unlink" | "move" | "copy" }>): boolean {
    const from = this.place(operation.path);
    const link = from?.group.links.get(from.name);
    if (from === undefined || link === undefined) return false;
    if (operation.op === "unlink") return this.unlink(from);
    const to = this.freePlace(operation.to);
    if (to === undefined) return false;
    if (operation.op === "move") {
      if (link.kind === "hard" && this.reaches(link.object, to.group)) return false;
      const undo = [restoring(from.group.links), restoring(to.group.links)];
      from.group.links.delete(from.name);
      to.group.links.set(to.name, link);
      if (this.sourcesStay()) return true;
      for (const restore of undo) restore();
      return false;
    }
    // A copy of a dataset with external files shares its elements.
    if (link.kind !== "hard" || hasExternalData(link.object)) return false;
    to.group.links.set(to.name, { kind: "hard", object: copyOf(link.object, new Map()) });
    return true;
  }

  /** What a reference names stays: its address would be given to something else. */
  private unlink({ group, name }: Place): boolean {
    const restore = restoring(group.links);
    group.links.delete(name);
    const left = new Set(this.objects().map(({ object }) => object));
    const dangles = (data: readonly ModelValue[]) => !data.every((value) => namesOnly(value, left));
    for (const object of left) {
      const lists = [...object.attributes.values()].map(({ data }) => data);
      if (object.kind === "dataset") lists.push(object.data);
      if (!lists.some(dangles)) continue;
      restore();
      return false;
    }
    if (this.sourcesStay()) return true;
    restore();
    return false;
  }

  private changeData(operation: Extract<FileOperation, { op: "write" | "resize" }>): boolean {
    const dataset = this.object(operation.path);
    if (dataset?.kind !== "dataset" || dataset.dims === null) return false;
    if (dataset.spec.layout === "virtual") return false;
    if (operation.op === "resize") {
      const { dims, data } = dataset;
      if (!resize(dataset, operation.dims)) return false;
      if (this.sourcesStay()) return true;
      Object.assign(dataset, { dims, data });
      return false;
    }
    const { start, count, stride, data } = operation;
    const { dims } = dataset;
    if (start.length !== dims.length || countOf(count) !== data.length) return false;
    if (!data.every((element) => isElementOf(dataset.spec.type, element))) return false;
    const fits = dims.every((size, d) => {
      const n = count[d] as number;
      return n > 0 && (start[d] as number) + (n - 1) * (stride[d] as number) < size;
    });
    if (!fits) return false;
    const elements = this.elements(data);
    if (elements === undefined) return false;
    forEachIndex(count, (index, i) => {
      const at = index.map((k, d) => (start[d] as number) + k * (stride[d] as number));
      dataset.data[offsetOf(at, dims)] = elements[i] as ModelValue;
    });
    return true;
  }

  /** References are kept as the objects that they name. */
  private elements(data: readonly Element[]): ModelValue[] | undefined {
    const values = data.map((element) => parseValue(element, (path) => this.object(path)));
    return values.every((value) => value !== undefined) ? values : undefined;
  }

  private changeAttributes(
    operation: Extract<FileOperation, { op: "attr" | "attrWrite" | "attrDelete" | "attrRename" | "comment" }>,
  ): boolean {
    const object = this.object(operation.path);
    if (object === undefined) return false;
    if (operation.op === "comment") {
      object.comment = operation.text;
      return true;
    }
    const { attributes } = object;
    const { name } = operation;
    const old = attributes.get(name);
    if (operation.op === "attr") {
      const data = this.elements(operation.data);
      if (old !== undefined || data === undefined || data.length !== countOf(operation.dims)) return false;
      if (operation.committed !== undefined && !this.isCommitted(operation.committed, operation.type)) return false;
      attributes.set(name, { type: operation.type, dims: operation.dims, data });
      return true;
    }
    if (old === undefined) return false;
    if (operation.op === "attrDelete") return attributes.delete(name);
    if (operation.op === "attrRename") {
      if (attributes.has(operation.to)) return false;
      renameKey(attributes, name, operation.to);
      return true;
    }
    const data = this.elements(operation.data);
    if (data === undefined || data.length !== old.data.length) return false;
    if (!operation.data.every((element) => isElementOf(old.type, element))) return false;
    old.data = data;
    return true;
  }
}

/** A function that puts back the entries of now, in their order. */
function restoring<T>(map: Map<string, T>): () => void {
  const entries = [...map];
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

function hasExternalData(object: ModelObject): boolean {
  if (object.kind === "dataset") return object.spec.external !== undefined;
  if (object.kind !== "group") return false;
  return [...object.links.values()].some((link) => link.kind === "hard" && hasExternalData(link.object));
}

/** A renamed attribute keeps its place in the order of creation. */
function renameKey<T>(map: Map<string, T>, from: string, to: string): void {
  const entries = [...map];
  map.clear();
  for (const [name, value] of entries) map.set(name === from ? to : name, value);
}

/** Hard links below a copied group to one object lead to one copy. References stay as they are. */
function copyOf(object: ModelObject, copies: Map<ModelObject, ModelObject>): ModelObject {
  const known = copies.get(object);
  if (known !== undefined) return known;
  const attributes = new Map([...object.attributes].map(([name, value]) => [name, { ...value }]));
  if (object.kind !== "group") {
    const copy =
      object.kind === "dataset" ? { ...object, attributes, data: [...object.data] } : { ...object, attributes };
    copies.set(object, copy);
    return copy;
  }
  const links = new Map<string, ModelLink>();
  const copy: ModelGroup = { ...object, attributes, links };
  copies.set(object, copy);
  for (const [name, link] of object.links) {
    links.set(name, link.kind === "hard" ? { kind: "hard", object: copyOf(link.object, copies) } : link);
  }
  return copy;
}

function resize(dataset: ModelDataset, dims: readonly number[]): boolean {
  const { spec, dims: old } = dataset;
  if (spec.layout !== "chunked" || old === null || dims.length !== old.length) return false;
  const max = spec.maxDims ?? spec.dims ?? [];
  if (dims.some((size, d) => (max[d] as number) >= 0 && size > (max[d] as number))) return false;
  const fill = spec.fill ?? zeroElement(spec.type);
  const data = new Array<ModelValue>(countOf(dims)).fill(fill);
  forEachIndex(dims, (index, i) => {
    if (index.every((at, d) => at < (old[d] as number))) data[i] = dataset.data[offsetOf(index, old)] as Element;
  });
  dataset.data = data;
  dataset.dims = dims;
  return true;
}

function offsetOf(index: readonly number[], dims: readonly number[]): number {
  return index.reduce((offset, at, d) => offset * (dims[d] as number) + at, 0);
}

/** Every index below `dims`, in order, with its number. */
function forEachIndex(dims: readonly number[], visit: (index: readonly number[], i: number) => void): void {
  const total = countOf(dims);
  const index = dims.map(() => 0);
  for (let i = 0; i < total; i++) {
    visit(index, i);
    for (let d = dims.length - 1; d >= 0; d--) {
      index[d] = (index[d] as number) + 1;
      if ((index[d] as number) < (dims[d] as number)) break;
      index[d] = 0;
    }
  }
}
