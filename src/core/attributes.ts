/** Attributes, for reading. */
import { NotFoundError } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { compareNames } from "../engine/names.ts";
import { contextOf, shapeOf, valuesOf } from "./values.ts";

/** The attributes of an object, by name; iterating gives the names. */
export class Attributes {
  readonly #object: EngineObject;

  /** @internal */
  constructor(object: EngineObject) {
    this.#object = object;
  }

  /** Names: in order of creation where the object tracks it, else sorted. */
  keys(): string[] {
    const attributes = [...this.#object.attributes()];
    attributes.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0) || compareNames(a.name, b.name));
    return attributes.map(({ name }) => name);
  }

  /** Whether there is an attribute of that name. */
  has(name: string): boolean {
    return this.#object.attribute(name) !== undefined;
  }

  /**
   * The value of an attribute, as `Dataset.read` gives elements; null of one without elements.
   *
   * @typeParam T - What the caller expects, which is not checked.
   * @throws NotFoundError when there is none of that name.
   */
  get<T = unknown>(name: string): T {
    const attribute = this.#object.attribute(name);
    if (attribute === undefined) throw new NotFoundError(`can't locate attribute: '${name}'`, { path: name });
    const { dataspace, bytes, datatype } = attribute;
    const shape = shapeOf(dataspace);
    // Not `slice`, which does not copy when the bytes are a Node Buffer.
    return (shape && valuesOf(new Uint8Array(bytes), datatype, shape, contextOf(this.#object.file))) as T;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }
}
