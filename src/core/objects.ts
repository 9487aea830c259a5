/** Groups, datasets and committed datatypes, for reading. */
import { Cursor } from "../base/cursor.ts";
import { NotFoundError, UnsupportedError } from "../base/errors.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { DatatypeObject } from "../engine/datatype-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { lookupLink, resolveObject } from "../engine/resolve.ts";
import type { Datatype as DatatypeValue } from "../format/datatype.ts";
import { Attributes } from "./attributes.ts";
import { type BoxIndex, boxOf } from "./box.ts";
import { readBox } from "./read-box.ts";
import { contextOf, type NDArray, shapeOf, valuesOf } from "./values.ts";

abstract class FileObject<O extends EngineObject> {
  protected readonly object: O;
  /** The object's attributes. */
  readonly attrs: Attributes;

  /** @internal */
  constructor(object: O) {
    this.object = object;
    this.attrs = new Attributes(object);
  }
}

/** A group: a mapping from names to objects; iterating gives the names. */
export class Group extends FileObject<GroupObject> {
  /** Names of the links: in order of creation where the group tracks it, else by name. */
  keys(): string[] {
    const { object } = this;
    const links = [...object.links()];
    if (object.tracksCreationOrder) links.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    return links.map(({ name }) => name);
  }

  /** Whether there is a link of that path, which may lead nowhere. @throws UnsupportedError for external links on the way. */
  has(path: string): boolean {
    try {
      return lookupLink(this.object, path).link !== undefined;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  /**
   * The object of a path, relative to this group or, with a leading slash, to the root; or of an object reference read from
   * the file. Soft links are followed.
   *
   * @typeParam T - What the caller expects, which is not checked: a dataset by default.
   * @throws NotFoundError "object 'x' doesn't exist"; UnsupportedError for external links and for references to regions
   *   and attributes.
   */
  get<T extends Member = Dataset>(path: string | ReferenceValue): T {
    const { object } = this;
    const found = typeof path === "string" ? resolveObject(object, path) : object.file.object(addressOf(object, path));
    return memberOf(found) as T;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
}

/** An object that a name leads to. */
export type Member = Group | Dataset | Datatype;

function memberOf(object: EngineObject): Member {
  if (object instanceof GroupObject) return new Group(object);
  return object instanceof DatasetObject ? new Dataset(object) : new Datatype(object as DatatypeObject);
}

/** Specification: IV.A.2.d, class 7, "Object Reference". */
function addressOf({ file: { storage } }: GroupObject, { kind, bytes }: ReferenceValue): number {
  if (kind !== "object") throw new UnsupportedError(`references of kind "${kind}"`);
  const { widths, limits } = storage;
  return new Cursor(bytes, { structure: "Reference", widths, limits }).addressValue("Object Address");
}

/** A datatype that is an object of the file. */
export class Datatype extends FileObject<DatatypeObject> {
  /** The datatype, as a value. */
  get datatype(): DatatypeValue {
    return this.object.datatype;
  }

  /** The datatype in numpy's words: `"<i4"`. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }
}

/** A dataset: elements of one datatype in an array of any rank. */
export class Dataset extends FileObject<DatasetObject> {
  /** The datatype in the file, as a value. */
  get datatype(): DatatypeValue {
    return this.object.datatype;
  }

  /** The datatype in numpy's words: `"<i4"`, `"|b1"`, `"|O"` for strings of any length, `"[('x', '<f8')]"`. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }

  /** Elements a dimension: `[]` of a scalar, null of a dataset without elements. A virtual dataset tells what is stored. */
  get shape(): number[] | null {
    return shapeOf(this.object.storedDataspace);
  }

  /** Elements a dimension of a chunk; null unless storage is chunked. */
  get chunks(): number[] | null {
    const { layout } = this.object;
    return layout.kind === "chunked" ? [...layout.chunkDims] : null;
  }

  /** Numbers of the filters, in the order in which they are applied to what is written. */
  get filterIds(): number[] {
    return this.object.pipeline?.filters.map(({ id }) => id) ?? [];
  }

  /**
   * The elements that an index or a slice for each dimension selects; dimensions without one are taken whole.
   *
   * @typeParam T - What the caller expects, which is not checked.
   * @returns `{ data, shape, stride }` with a flat typed array for numbers (64-bit integers as bigints, half floats as singles),
   *   an array of values for everything else; a single element as its bare value; null of a dataset without elements.
   * @throws HDF5Error "argument" for indices outside of the extent; UnsupportedError for elements in other files and virtual
   *   datasets; FilterError for chunks that cannot be decoded, with the name of a filter that is not there.
   */
  read<T = NDArray>(args: readonly BoxIndex[] = []): T {
    const { object } = this;
    const { storedDataspace, datatype, file } = object;
    if (storedDataspace.kind === "null") return null as T;
    const box = boxOf(storedDataspace.dims, args);
    return valuesOf(readBox(object, box), datatype, box.shape, contextOf(file)) as T;
  }
}
