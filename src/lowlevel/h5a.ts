/** Attributes. C: `H5A`. h5py: `h5py.h5a`. */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { type Attribute, elementCount } from "../engine/attribute-values.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { withWidths } from "../format/datatype-version.ts";
import { guarded, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, requireName, type Size, toInt, toName, toSize } from "./arguments.ts";
import { AttrID } from "./attr-id.ts";
import {
  attributeCount,
  attributeOf,
  CANNOT_ITERATE,
  CANNOT_OPEN,
  CANNOT_TELL,
  hasAttribute,
  NO_NAME,
  orderedAttributes,
} from "./attribute-reading.ts";
import { CSET_UTF8 } from "./character-sets.ts";
import { type LinkFollowing, withLinkAccessList } from "./link-access-list.ts";
import type { LocationID } from "./location-id.ts";
import type { ObjectPlace } from "./open-object.ts";
import { resolvePlace } from "./places.ts";
import type { PropACID } from "./prop-links.ts";
import { SpaceID } from "./space-id.ts";
import { TypeID } from "./type-id.ts";

export { AttrID } from "./attr-id.ts";

/** Whose attributes are meant. */
export interface AttributeHolder extends LinkFollowing {
  /** A name of the object, from the location given. Default ".", the location itself. */
  readonly objName?: Name;
}

/** How an attribute is made. */
export interface AttributeCreation extends AttributeHolder {
  /** What the attribute says of its name: ASCII by default, and UTF-8 of a name that is not ASCII. */
  readonly acpl?: PropACID | null;
}

/** Which attribute a position means. */
export interface AttributeOrder extends AttributeHolder {
  /** `h5.INDEX_NAME` (default) or `h5.INDEX_CRT_ORDER`. */
  readonly indexType?: number;
  /** `h5.ITER_INC` (default) or `h5.ITER_DEC`. */
  readonly order?: number;
}

/** What an attribute is. C: `H5A_info_t`. */
export interface AttrInfo {
  /** Whether {@link corder} counts: the object keeps the order in which attributes were made. */
  readonly corderValid: boolean;
  /** The attribute's place in that order, from 0. */
  readonly corder: number;
  /** `h5t.CSET_…` of the name. */
  readonly cset: number;
  /** Bytes of the value. */
  readonly dataSize: number;
}

function holderPlace<P extends ObjectPlace>(
  loc: { location(): P },
  options: AttributeHolder,
): ObjectPlace<P["object"] | EngineObject, P["file"]> {
  const start = loc.location();
  const name = toName(options.objName ?? ".");
  return name === "." ? start : withLinkAccessList(options.lapl ?? null, () => resolvePlace(start, name));
}

function inOrder(place: ObjectPlace, options: AttributeOrder): Attribute[] {
  return orderedAttributes(place, { idxType: options.indexType ?? 0, order: options.order ?? 0 });
}

function atIndex(place: ObjectPlace, index: number, options: AttributeOrder): Attribute {
  const attribute = inOrder(place, options)[index];
  if (attribute === undefined) throw new NotFoundError("invalid index specified");
  return attribute;
}

/** The attribute of a name or position, exactly one of which is given. */
function attributeAt(place: ObjectPlace, name: string | null, index: number, options: AttributeOrder): Attribute {
  if (name === null) return atIndex(place, index, options);
  return attributeOf(place.object, name);
}

/** The name given, or null when a position is; one of the two must be. */
function oneOf(where: string, name: Name | null, index: number, complaint: string): string | null {
  if ((name === null) === index < 0) throw plainError("TypeError", complaint);
  return name === null ? null : requireName(where, name, NO_NAME);
}

/**
 * Makes an attribute of zeros.
 *
 * @throws RuntimeError "Unable to create attribute (…)"; ValueError for an empty name; OSError `"read-only"` when the
 *   file is not open for writing. C: `H5Acreate_by_name`.
 */
export function create(
  loc: LocationID,
  name: Name,
  tid: TypeID,
  space: SpaceID,
  options: AttributeCreation = {},
): AttrID {
  expectInstance(tid, TypeID, "tid");
  expectInstance(space, SpaceID, "space");
  const where = "H5Acreate_by_name";
  const text = requireName(where, name, NO_NAME);
  return guarded(record(where, "ATTR", "CANTINIT", "unable to create attribute"), () => {
    const place = holderPlace(loc, options);
    const { object } = place;
    guarded(record(where, "ARGS", "WRITEERROR", "no write intent on file"), () => object.file.requireWritable());
    const datatype = withWidths(tid.datatype(), object.file.storage.widths);
    const committed = tid.committedPlace;
    object.createAttribute({
      name: text,
      ...(options.acpl?.getCharEncoding() === CSET_UTF8 && { characterSet: "utf-8" }),
      datatype,
      dataspace: space.extent,
      bytes: new Uint8Array(elementCount(space.extent) * datatype.size),
      committedTypeAddress: committed?.object.file === object.file ? committed.object.address : undefined,
    });
    return new AttrID({ ...place }, text);
  });
}

/**
 * Opens the attribute of a name, or at a position.
 *
 * @throws KeyError when there is none; TypeError unless one of both is given. C: `H5Aopen_by_name`, `H5Aopen_by_idx`.
 */
export function open(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: AttributeOrder = {},
): AttrID {
  const position = toInt(index);
  const text = oneOf("H5Aopen_by_name", name, position, "Exactly one of name or idx must be specified");
  const outer =
    text === null ? record("H5Aopen_by_idx", "ATTR", "CANTOPENOBJ", "unable to open attribute") : CANNOT_OPEN;
  return guarded(outer, () => {
    const place = holderPlace(loc, options);
    return new AttrID({ ...place }, attributeAt(place, text, position, options).name);
  });
}

/** Whether an object has an attribute of that name. @throws ValueError for an empty one. C: `H5Aexists_by_name`. */
export function exists(loc: LocationID, name: Name, options: AttributeHolder = {}): boolean {
  const text = requireName("H5Aexists_by_name", name, NO_NAME);
  return guarded(CANNOT_TELL, () => hasAttribute(holderPlace(loc, options), text));
}

/** Gives an attribute another name. @throws RuntimeError "Can't rename attribute (…)". C: `H5Arename_by_name`. */
export function rename(loc: LocationID, name: Name, newName: Name, options: AttributeHolder = {}): void {
  const from = requireName("H5Arename_by_name", name, "no old attribute name");
  const to = requireName("H5Arename_by_name", newName, "no new attribute name");
  // What keeps its name nobody looks at, be it there or not.
  if (from === to) return;
  guarded(record("H5Arename_by_name", "ATTR", "CANTRENAME", "can't rename attribute"), () => {
    const { file, object } = holderPlace(loc, options);
    object.file.requireWritable();
    if (object.attribute(to) !== undefined) throw new HDF5Error("exists", "attribute with new name already exists");
    if (object.attribute(from) === undefined) throw new NotFoundError("can't locate attribute with old name");
    object.renameAttribute(from, to);
    // Thousands of objects may be open.
    if (!file.shared.hasAttributes) return;
    for (const id of file.shared.identifiers()) {
      if (id instanceof AttrID && id.name === from && id.location().object === object) id.follow(to);
    }
  });
}

/** Deletes the attribute of a name, or at a position. @throws KeyError. C: `H5Adelete_by_name`, `H5Adelete_by_idx`. */
export function remove(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: AttributeOrder = {},
): void {
  const position = toInt(index);
  const text = oneOf("H5Adelete_by_name", name, position, "Exactly one of index or name must be specified.");
  guarded(record("H5Adelete_by_name", "ATTR", "CANTDELETE", "unable to delete attribute"), () => {
    const { object } = holderPlace(loc, options);
    object.file.requireWritable();
    if (text !== null && object.attribute(text) === undefined) throw new NotFoundError("can't locate attribute");
    const { name: found } = attributeAt({ file: loc.location().file, object, path: null }, text, position, options);
    object.deleteAttribute(found);
  });
}

export { remove as delete };

/** Number of attributes of an object. C: `H5Aget_num_attrs`. */
export function getNumAttrs(loc: LocationID): number {
  return attributeCount(loc);
}

function infoOf(attribute: Attribute): AttrInfo {
  return {
    corderValid: attribute.creationOrder !== undefined,
    corder: attribute.creationOrder ?? 0,
    cset: attribute.characterSet === "utf-8" ? 1 : 0,
    dataSize: attribute.bytes.length,
  };
}

/**
 * What the attribute of a name, or at a position, is.
 *
 * @throws as {@link open}. C: `H5Aget_info_by_name`, `H5Aget_info_by_idx`.
 */
export function getInfo(
  loc: LocationID,
  name: Name | null = null,
  index: Size = -1,
  options: AttributeOrder = {},
): AttrInfo {
  const position = toInt(index);
  const text = oneOf("H5Aget_info_by_name", name, position, "Exactly one of name or index must be specified");
  return guarded(record("H5Aget_info_by_name", "ATTR", "CANTOPENOBJ", "can't open attribute"), () => {
    return infoOf(attributeAt(holderPlace(loc, options), text, position, options));
  });
}

/**
 * The name of the attribute at a position.
 *
 * @throws KeyError "Can't open attribute (invalid index specified)". C: `H5Aget_name_by_idx`.
 */
export function getNameByIdx(loc: LocationID, index: Size, options: AttributeOrder = {}): string {
  const position = toSize(index);
  return guarded(record("H5Aget_name_by_idx", "ATTR", "CANTOPENOBJ", "can't open attribute"), () => {
    return atIndex(holderPlace(loc, options), position, options).name;
  });
}

/** Called for each attribute; anything but undefined and null ends the walk. */
export type AttributeVisitor<T> = (name: string, info?: AttrInfo) => T;

/**
 * Calls `func` for the attributes from `index` on until it returns something, which is the result; else null.
 *
 * @throws RuntimeError "Error iterating over attributes (…)" for an `index` behind the last. C: `H5Aiterate_by_name`.
 */
export function iterate<T>(
  loc: LocationID,
  func: AttributeVisitor<T>,
  index: Size = 0,
  options: AttributeOrder & { readonly info?: boolean } = {},
): NonNullable<T> | null {
  for (const attribute of attributesFrom(loc, toInt(index), options)) {
    const result = options.info ? func(attribute.name, infoOf(attribute)) : func(attribute.name);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}

/** The same as an iterator of names and what the attributes are, as they were when the first was asked for. C: `H5Aiterate2`. */
export function* entries(
  loc: LocationID,
  index: Size = 0,
  options: AttributeOrder = {},
): Generator<[name: string, info: AttrInfo]> {
  for (const attribute of attributesFrom(loc, toInt(index), options)) yield [attribute.name, infoOf(attribute)];
}

function attributesFrom(loc: LocationID, first: number, options: AttributeOrder): readonly Attribute[] {
  return guarded(CANNOT_ITERATE, () => {
    const all = inOrder(holderPlace(loc, options), options);
    if (first > 0 && first >= all.length) throw new NotFoundError("invalid index specified");
    return all.slice(first);
  });
}
