/** Datatypes of operations as those of h5ts, and elements as their bytes. */

import { DEFAULT_WIDTHS, type FileWidths } from "../../../src/base/address.ts";
import type { ElementContext } from "../../../src/engine/conversion/element-context.ts";
import { readSequence, writeSequence } from "../../../src/engine/conversion/heap-elements.ts";
import type { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { forEachHeapId } from "../../../src/engine/heap-ids.ts";
import {
  createObjectReference,
  createRegionReference,
  dereference,
  readReference,
} from "../../../src/engine/references.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { selectPoints, selectRegular } from "../../../src/engine/selection/selection.ts";
import type { Datatype, FixedPointType } from "../../../src/format/datatype.ts";
import {
  arrayOf,
  bitfield,
  compound,
  enumeration,
  fixedPoint,
  fixedString,
  float,
  opaque,
  reference,
  variableSequence,
  variableString,
} from "../../../src/format/predefined-datatypes.ts";
import { elementContextOf } from "../../../src/lowlevel/element-context.ts";
import { type HeapObjectName, heapObjectName } from "../../support/heap-objects.ts";
import { type Element, isPlain, sizeOfType, type TypeSpec } from "./operations.ts";
import { coordinatesText, parseRegion, type Region } from "./regions.ts";

type H5File = DatasetObject["file"];

const REGION = reference("region");
const PADDINGS = ["null-terminate", "null-pad", "space-pad"] as const;
const CHARACTER_SETS = ["ascii", "utf-8"] as const;

function byteOrder(bigEndian: boolean): "big-endian" | "little-endian" {
  return bigEndian ? "big-endian" : "little-endian";
}

/** @param widths - Of the file that elements without a fixed size are in. */
export function datatypeOf(type: TypeSpec, widths: FileWidths = DEFAULT_WIDTHS): Datatype {
  switch (type.t) {
    case "i":
      return fixedPoint(type.s, !type.u, byteOrder(type.be));
    case "f":
      return float(type.s, byteOrder(type.be));
    case "s":
      return fixedString(type.s, PADDINGS[type.p], CHARACTER_SETS[type.c]);
    case "o":
      return opaque(type.s, type.g);
    case "b":
      return bitfield(type.s, byteOrder(type.be));
    case "e": {
      const base = datatypeOf(type.b);
      return enumeration(
        base as FixedPointType,
        type.m.map(([name, value]) => ({ name, value: integerBytes(value, type.b) })),
      );
    }
    case "c": {
      const members = type.m.map(([name, byteOffset, member]) => ({ name, byteOffset, type: datatypeOf(member) }));
      return compound(members, type.s);
    }
    case "a":
      return arrayOf(datatypeOf(type.b), type.d);
    case "vs":
      return variableString(CHARACTER_SETS[type.c], "null-terminate", widths);
    case "vl":
      return variableSequence(datatypeOf(type.b), widths);
    case "r":
      return reference("object");
    case "rr":
      return reference("region");
  }
}

/** The bytes of an integer, in the byte order of its type. */
function integerBytes(value: number, type: TypeSpec): Uint8Array {
  const bytes = new Uint8Array(sizeOfType(type));
  let rest = value;
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = rest & 0xff;
    rest >>= 8;
  }
  return type.t === "i" && type.be ? bytes.reverse() : bytes;
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

export function bytesOfHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

/** Bytes of an element in the file. Compounds are of what has the same size everywhere. */
function sizeIn({ storage }: H5File, type: TypeSpec): number {
  return type.t === "vs" || type.t === "vl" ? datatypeOf(type, storage.widths).size : sizeOfType(type);
}

/** Packed elements; what has no fixed size goes into the heap of `context`, which is that of `file`. */
export function encodeAll(
  file: H5File,
  context: ElementContext,
  type: TypeSpec,
  elements: readonly Element[],
): Uint8Array {
  const size = sizeIn(file, type);
  const bytes = new Uint8Array(size * elements.length);
  elements.forEach((element, i) => {
    encodeOne(file, context, type, element, bytes, i * size);
  });
  return bytes;
}

function encodeOne(
  file: H5File,
  context: ElementContext,
  type: TypeSpec,
  element: Element,
  bytes: Uint8Array,
  offset: number,
): void {
  if (isPlain(type)) bytes.set(bytesOfHex(element), offset);
  else if (type.t === "c") {
    const parts = element.slice(1).split(";");
    type.m.forEach(([, byteOffset, member], k) => {
      encodeOne(file, context, member, parts[k] as Element, bytes, offset + byteOffset);
    });
  } else if (type.t === "r") {
    const path = element.slice(1);
    if (path !== "") bytes.set(createObjectReference(file, resolveObject(file.root(), path).address), offset);
  } else if (type.t === "rr") {
    if (element.length > 1) bytes.set(regionReferenceTo(file, parseRegion(element.slice(1))), offset);
  } else {
    const data = bytesOfHex(element.slice(1));
    const datatype = datatypeOf(type, file.storage.widths) as Extract<Datatype, { class: "variable-length" }>;
    const count = type.t === "vl" ? data.length / sizeOfType(type.b) : data.length;
    writeSequence(datatype, count, data, bytes, offset, context);
  }
}

function regionReferenceTo(file: H5File, region: Region): Uint8Array {
  const { address, dims } = resolveObject(file.root(), region.path) as DatasetObject;
  const selection =
    "points" in region
      ? selectPoints(dims, region.points.flat())
      : selectRegular(dims, region.start, region.count, region.stride);
  const bytes = createRegionReference(file, address, selection);
  forEachHeapId(file, REGION, bytes, (collection, index) =>
    regionObjectsOf(file).add(heapObjectName(collection, index)),
  );
  return bytes;
}

const regionObjects = new WeakMap<H5File, Set<HeapObjectName>>();

/** The heap objects of all region references that were made since a file was opened. */
export function regionObjectsOf(file: H5File): Set<HeapObjectName> {
  const known = regionObjects.get(file) ?? new Set();
  regionObjects.set(file, known);
  return known;
}

/** @param numberOf - Of the object at an address. */
export function decodeAll(
  file: H5File,
  type: TypeSpec,
  bytes: Uint8Array,
  numberOf: (address: number) => number,
): (Element | number)[] {
  const size = sizeIn(file, type);
  return Array.from({ length: bytes.length / size }, (_, i) =>
    decodeOne(file, type, bytes.subarray(i * size, (i + 1) * size), numberOf),
  );
}

function decodeOne(
  file: H5File,
  type: TypeSpec,
  bytes: Uint8Array,
  numberOf: (address: number) => number,
): Element | number {
  if (isPlain(type)) return hexOf(bytes);
  if (type.t === "c") {
    const parts = type.m.map(([, offset, member]) =>
      decodeOne(file, member, bytes.subarray(offset, offset + sizeOfType(member)), numberOf),
    );
    return `{${parts.join(";")}`;
  }
  if (type.t === "r") {
    const target = readReference(file, "object", bytes);
    return target === undefined ? ">" : numberOf(target.objectHeaderAddress);
  }
  if (type.t === "rr") {
    const target = dereference(file, "region", bytes);
    if (target?.selection === undefined) return "#";
    const { object, selection } = target;
    const coordinates: number[][] = [];
    const flat = [...elements(selection)];
    const rank = selection.dims.length;
    for (let at = 0; at < flat.length; at += rank) coordinates.push(flat.slice(at, at + rank));
    return `#${numberOf(object.address)}|${coordinatesText(coordinates)}`;
  }
  const datatype = datatypeOf(type, file.storage.widths) as Extract<Datatype, { class: "variable-length" }>;
  return `v${hexOf(readSequence(datatype, bytes, 0, elementContextOf(file)).bytes)}`;
}

/** The datatype as operations write it. */
export function specOf(type: Datatype): TypeSpec {
  switch (type.class) {
    case "fixed-point":
      return { t: "i", s: type.size, u: !type.signed, be: type.byteOrder === "big-endian" };
    case "floating-point":
      return { t: "f", s: type.size as 4, be: type.byteOrder === "big-endian" };
    case "string":
      return {
        t: "s",
        s: type.size,
        p: PADDINGS.indexOf(type.padding) as 0,
        c: CHARACTER_SETS.indexOf(type.characterSet) as 0,
      };
    case "opaque":
      return { t: "o", s: type.size, g: type.tag };
    case "bitfield":
      return { t: "b", s: type.size, be: type.byteOrder === "big-endian" };
    case "enum": {
      const base = specOf(type.base);
      return { t: "e", b: base, m: type.members.map(({ name, value }) => [name, integerOf(value, base)]) };
    }
    case "compound":
      return {
        t: "c",
        s: type.size,
        m: type.members.map(({ name, byteOffset, type: member }) => [name, byteOffset, specOf(member)]),
      };
    case "array":
      return { t: "a", d: type.dims, b: specOf(type.base) };
    case "variable-length":
      return type.kind === "string"
        ? { t: "vs", c: CHARACTER_SETS.indexOf(type.characterSet) as 0 }
        : { t: "vl", b: specOf(type.base) };
    case "reference":
      return { t: type.kind === "region" ? "rr" : "r" };
    default:
      throw new Error(`datatype of class ${type.class}`);
  }
}

function integerOf(bytes: Uint8Array, type: TypeSpec): number {
  const ordered = type.t === "i" && type.be ? bytes.toReversed() : bytes;
  let value = 0;
  for (let i = ordered.length - 1; i >= 0; i--) value = value * 256 + (ordered[i] as number);
  return type.t === "i" && !type.u && value >= 2 ** (8 * bytes.length - 1) ? value - 2 ** (8 * bytes.length) : value;
}
