/** Attributes of an object, by name. h5py: `AttributeManager`. */

import { product } from "../base/bits.ts";
import { Printable } from "../base/printable.ts";
import type { Attribute } from "../engine/attribute-values.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { withWidths } from "../format/datatype-version.ts";
import { guarded, plainError, record } from "../lowlevel/api-error.ts";
import { toName } from "../lowlevel/arguments.ts";
import type { AttrID } from "../lowlevel/attr-id.ts";
import {
  attributeCount,
  attributeNames,
  attributeType,
  hasAttribute,
  openAttribute,
  readAttribute,
} from "../lowlevel/attribute-reading.ts";
import { shapeOf } from "../lowlevel/dataset-reading.ts";
import { elementContextOf, withStaging } from "../lowlevel/element-context.ts";
import * as h5a from "../lowlevel/h5a.ts";
import * as h5s from "../lowlevel/h5s.ts";
import type { LocationID } from "../lowlevel/location-id.ts";
import { bytesOf } from "../lowlevel/memory-type.ts";
import { createWithValue } from "../lowlevel/new-attribute.ts";
import type { OpenObject } from "../lowlevel/open-object.ts";
import { NULL_EXTENT } from "../lowlevel/space-extent.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { typeIdOf } from "../lowlevel/type-wrap.ts";
import { entriesOf } from "./argument-checks.ts";
import { opened } from "./closed-error.ts";
import { READ_OPTIONS, type ReadOptions, readValue } from "./decode-value.ts";
import { type DtypeLike, datatypeFrom, typeIdWithin } from "./dtype.ts";
import { Empty } from "./empty.ts";
import { type EncodedValue, encodeArray, encodeValue, typedValueOf } from "./encode-value.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";
import type { NDArray } from "./ndarray.ts";

/** How an attribute is read. */
export interface AttributeReadOptions<D = never> extends ReadOptions {
  /** Returned when there is no attribute of the name; without it that is an error. */
  readonly default?: D;
}

/** How an attribute is stored; what is left out follows from the data. */
export interface AttributeOptions {
  /** Dimensions, which must hold as many elements as the data; a number for a single one. */
  readonly shape?: number | readonly number[];
  /** Datatype in the file. Default: what follows from the data; a committed one is referred to. */
  readonly dtype?: DtypeLike;
}

const ATTRIBUTE_READ_OPTIONS: OptionNames<AttributeReadOptions> = { ...READ_OPTIONS, default: true };
const NO_OPTIONS = {};

const ATTRIBUTE_OPTIONS: OptionNames<AttributeOptions> = { shape: true, dtype: true };

/** A value ready to become an attribute; `encoded` is undefined for one without elements. */
interface NewAttribute {
  readonly datatype: Datatype;
  readonly dataspace: Dataspace;
  readonly encoded: EncodedValue | undefined;
}

/**
 * Attributes of an object: a mapping from names to values. h5py: `AttributeManager`.
 *
 * Once the object or its file is closed, what needs the file throws ValueError `"closed"` ("Not a file id (Not a file
 * id)").
 */
export class AttributeManager extends Printable {
  readonly #handle: OpenObject;

  /** Of the object of a handle; `object.attrs` makes it. */
  constructor(handle: OpenObject) {
    super();
    this.#handle = handle;
  }

  #open(): OpenObject {
    return opened(this.#handle);
  }

  /** For what the low level does by identifiers. */
  #openId(): LocationID {
    return this.#open() as LocationID;
  }

  /**
   * The value: a scalar bare, an array as `{ data, shape, stride }`, strings as strings, `Empty` without elements.
   *
   * @throws KeyError when there is none of that name and no default; ValueError for an empty name; TypeError for an option
   *   that there is none of.
   */
  get<T = unknown, D = never>(name: string, options: AttributeReadOptions<D> = NO_OPTIONS): T | D {
    if (options !== NO_OPTIONS) requireKnown(options, ATTRIBUTE_READ_OPTIONS, "get");
    const handle = this.#open();
    if ("default" in options && !hasAttribute(handle.location(), toName(name))) return options.default as D;
    return this.#read(openAttribute(handle, toName(name)), options) as T;
  }

  #read(attribute: Attribute, options: ReadOptions): NDArray | Empty | unknown {
    const { object } = this.#handle.location();
    const datatype = attributeType(object, attribute);
    const shape = shapeOf(attribute.dataspace);
    if (shape === null) return new Empty(datatype);
    return readValue({
      datatype,
      shape,
      context: elementContextOf(object.file),
      options,
      read: (buffer, memoryType) => {
        readAttribute(object, attribute, { bytes: bytesOf(buffer), datatype: memoryType });
      },
    });
  }

  /** The low-level handle of an attribute. @throws KeyError. h5py: `get_id`. */
  getId(name: string): AttrID {
    return h5a.open(this.#openId(), name);
  }

  /**
   * Stores a value, in place of any of that name; datatype and shape follow from it: numbers are `"<f8"`, `null` and
   * `Empty` have no elements.
   *
   * @throws as {@link create}.
   */
  set(name: string, value: unknown): void {
    this.create(name, value);
  }

  /**
   * Stores a value with a datatype or shape of the caller's choice, in place of any of that name. The old one is taken
   * out once the new one is written.
   *
   * @throws ValueError when `shape` does not hold the data; TypeError for what HDF5 has no datatype for; OSError
   *   `"read-only"` when the file is open for reading only. C: `H5Acreate_by_name`, `H5Awrite`.
   */
  create(name: string, data: unknown, options: AttributeOptions = {}): void {
    const id = this.#openId();
    requireKnown(options, ATTRIBUTE_OPTIONS, "create");
    const { engine } = id.location().file;
    guarded(record("H5Acreate_by_name", "ARGS", "WRITEERROR", "no write intent on file"), () =>
      engine.requireWritable(),
    );
    withStaging(engine, (context) => this.#createWithin(context, name, data, options));
  }

  #createWithin(context: ElementContext, name: string, data: unknown, options: AttributeOptions): void {
    const id = this.#openId();
    const attribute = newAttribute(data, options, context);
    const replaces = h5a.exists(id, name);
    const firstName = replaces ? temporaryName(id) : name;
    const created = create(id, firstName, attribute, options);
    try {
      if (created !== undefined) {
        const { encoded } = attribute;
        if (encoded !== undefined && encoded.bytes.length > 0) {
          created.write(encoded.bytes, typeIdOf(encoded.memoryType));
        }
        created.close();
      }
      if (replaces) {
        h5a.delete(id, name);
        h5a.rename(id, firstName, name);
      }
    } catch (error) {
      if (h5a.exists(id, firstName)) h5a.delete(id, firstName);
      throw error;
    } finally {
      created?.close();
    }
  }

  /**
   * Changes the value and keeps datatype and shape; creates the attribute if there is none.
   *
   * @throws TypeError when the value is of another shape (a single element fits any shape of one); OSError for an
   *   attribute without elements, and `"read-only"` when the file is open for reading only. C: `H5Awrite`.
   */
  modify(name: string, value: unknown): void {
    const id = this.#openId();
    if (!h5a.exists(id, name)) {
      this.set(name, value);
      return;
    }
    const datatype = attributeType(id.location().object, openAttribute(id, toName(name)));
    const attribute = h5a.open(id, name);
    try {
      const { shape } = attribute;
      if (shape === null) throw plainError("OSError", "Empty attributes can't be modified");
      withStaging(id.location().file.engine, (context) => {
        const encoded = encodeValue(datatype, value, context);
        const same = shape.length === encoded.shape.length && shape.every((size, d) => size === encoded.shape[d]);
        if (!same && !(product(shape) === 1 && product(encoded.shape) === 1)) {
          throw plainError("TypeError", "Shape of data is incompatible with existing attribute");
        }
        if (encoded.bytes.length > 0) attribute.write(encoded.bytes, typeIdOf(encoded.memoryType));
      });
    } finally {
      attribute.close();
    }
  }

  /**
   * Takes an attribute out.
   *
   * @throws KeyError when there is none of that name, or, `"read-only"`, when the file is open for reading only. C:
   *   `H5Adelete`.
   */
  delete(name: string): void {
    h5a.delete(this.#openId(), name);
  }

  /**
   * Whether there is an attribute of that name. False when the object is closed.
   *
   * @throws ValueError for an empty name. C: `H5Aexists`.
   */
  has(name: string): boolean {
    return this.#handle.valid && hasAttribute(this.#handle.location(), toName(name));
  }

  /** Takes an attribute out and gives its value. @throws KeyError when there is none, unless a `default` is given. */
  pop<T = unknown, D = never>(name: string, options: AttributeReadOptions<D> = {}): T | D {
    requireKnown(options, ATTRIBUTE_READ_OPTIONS, "pop");
    const value = this.get<T, D>(name, options);
    if (this.has(name)) this.delete(name);
    return value;
  }

  /** As {@link set} for each name of an object, a Map or a list of pairs. */
  update(values: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]>): void {
    for (const [name, value] of entriesOf(values)) this.set(name, value);
  }

  /** Number of attributes. */
  get length(): number {
    return attributeCount(this.#open());
  }

  /** Names, in order of creation where the object tracks it, else in byte order. */
  keys(): string[] {
    return attributeNames(this.#open());
  }

  /** The values of {@link keys}, each read when it is asked for, as {@link get} without options gives it. */
  *values(): Generator<unknown> {
    for (const name of this.keys()) yield this.get(name);
  }

  /** The pairs of {@link keys} and {@link values}. */
  *items(): Generator<[string, unknown]> {
    for (const name of this.keys()) yield [name, this.get(name)];
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  /** `<Attributes of HDF5 object>`. */
  override toString(): string {
    return this.#handle.valid ? "<Attributes of HDF5 object>" : "<Attributes of closed HDF5 object>";
  }
}

/** A name that no attribute of the object has, for the time until the old one is out of the way. */
function temporaryName(id: LocationID): string {
  for (let i = 0; ; i++) {
    const name = `\u0001replacement ${i}`;
    if (!h5a.exists(id, name)) return name;
  }
}

function newAttribute(data: unknown, options: AttributeOptions, context: ElementContext): NewAttribute {
  const { widths } = context;
  const dtype = options.dtype ?? undefined;
  const shape = options.shape ?? undefined;
  const datatype = dtype === undefined ? undefined : withWidths(datatypeFrom(dtype), widths);
  if (data === null || data instanceof Empty) {
    if (shape !== undefined) throw plainError("ValueError", "Shape of new attribute conflicts with shape of data");
    const type = datatype ?? (data ?? new Empty()).datatype;
    return { datatype: type, dataspace: NULL_EXTENT, encoded: undefined };
  }
  const typed = typedValueOf(data, datatype);
  const type = withWidths(typed.datatype, widths);
  const encoded = encodeArray(type, typed, context);
  const dims = shape === undefined ? encoded.shape : typeof shape === "number" ? [shape] : shape;
  if (product(dims) !== product(encoded.shape)) {
    throw plainError("ValueError", "Shape of new attribute conflicts with shape of data");
  }
  return { datatype: type, dataspace: h5s.createSimple(dims).extent, encoded };
}

/** @returns The attribute if its value is still to be written. */
function create(
  id: LocationID,
  name: string,
  { datatype, dataspace, encoded }: NewAttribute,
  options: AttributeOptions,
): AttrID | undefined {
  const dtype = options.dtype ?? undefined;
  if (encoded !== undefined && dtype === undefined) {
    const { bytes, memoryType } = encoded;
    if (createWithValue(id, name, { datatype, dataspace, bytes, memoryType })) return undefined;
  }
  const committed = dtype === undefined ? undefined : typeIdWithin(dtype);
  return h5a.create(id, name, committed ?? typeIdOf(datatype), new SpaceID(dataspace));
}
