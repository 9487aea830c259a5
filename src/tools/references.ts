/**
 * References: what they lead to, and how the tools write them.
 *
 * Specification: VII, "Reference Encoding". Reference implementation: H5Rint.c; `h5tools_str_sprint_reference`.
 */
import { isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { isHdf5Error } from "../base/errors.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { selectionFromStored } from "../engine/selection/stored-selection.ts";
import type { ReferenceType } from "../format/datatype.ts";
import { decodeSelection } from "../format/selection.ts";
import { byteText } from "./byte-text.ts";
import { traverse } from "./traverse.ts";

/** The names of a file's objects by address: the path under which each is met first. */
export class ReferencePaths {
  private readonly byFile = new Map<H5File, Map<number, string>>();

  pathOf(object: EngineObject): string | undefined {
    let paths = this.byFile.get(object.file);
    if (paths === undefined) {
      paths = new Map();
      this.byFile.set(object.file, paths);
      this.collect(object.file, paths);
    }
    return paths.get(object.address);
  }

  private collect(file: H5File, paths: Map<number, string>): void {
    try {
      traverse(file, {
        object: (path, object, seenAs) => {
          if (seenAs === undefined) paths.set(object.address, path);
        },
      });
    } catch (error) {
      // What was found before the damage still has its names.
      if (!isHdf5Error(error)) throw error;
    }
  }
}

export interface ResolvedReference {
  readonly kind: "object" | "region" | "attribute";
  readonly file: H5File;
  /** The file's name where the reference carries one of its own. */
  readonly externalFile: string | undefined;
  /** Undefined when there is no object at the address. */
  readonly target: EngineObject | undefined;
  /** Undefined where it cannot be read, or there is no dataset to select from. */
  readonly region: Selection | undefined;
  readonly attribute: string | undefined;
}

const STRUCTURE = "Reference";
const EXTERNAL = 0x01;
const STANDARD_KINDS: Readonly<Record<number, ResolvedReference["kind"]>> = {
  2: "object",
  3: "region",
  4: "attribute",
};

function openAt(file: H5File, address: number): EngineObject | undefined {
  if (address === 0 || !isDefined(address)) return undefined;
  try {
    return file.object(address);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

function cursorOver(file: H5File, bytes: Uint8Array): Cursor {
  return new Cursor(bytes, { structure: STRUCTURE, widths: file.storage.widths });
}

function readRegion(cursor: Cursor, target: EngineObject | undefined): Selection | undefined {
  if (!(target instanceof DatasetObject)) return undefined;
  return selectionFromStored(decodeSelection(cursor), target.dataspace.dims);
}

/** Reads a reference; undefined for a null one, whose bytes are all zero. */
export function resolveReference(file: H5File, type: ReferenceType, bytes: Uint8Array): ResolvedReference | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined;
  const cursor = cursorOver(file, bytes);
  if (type.kind === "object") {
    const target = openAt(file, cursor.addressValue("Object Address"));
    return { kind: "object", file, externalFile: undefined, target, region: undefined, attribute: undefined };
  }
  if (type.kind === "region") {
    const heap = file.globalHeap.read(cursor.addressValue("Collection Address"), cursor.u32("Object Index"));
    const data = cursorOver(file, heap);
    const target = openAt(file, data.addressValue("Dataset Address"));
    const region = readRegion(data, target);
    return { kind: "region", file, externalFile: undefined, target, region, attribute: undefined };
  }
  return resolveStandard(file, cursor);
}

function resolveStandard(file: H5File, cursor: Cursor): ResolvedReference | undefined {
  const code = cursor.u8("Reference Type");
  const kind = STANDARD_KINDS[code];
  if (kind === undefined) return undefined;
  const isExternal = (cursor.u8("Flags") & EXTERNAL) !== 0;
  let data = cursor;
  if (kind !== "object" || isExternal) {
    cursor.u32("Size");
    data = cursorOver(
      file,
      file.globalHeap.read(cursor.addressValue("Collection Address"), cursor.u32("Object Index")),
    );
  }
  const tokenSize = data.u8("Token Size");
  const address = data.uint(Math.min(tokenSize, file.storage.widths.sizeOfOffsets), "Token");
  data.skip(Math.max(tokenSize - file.storage.widths.sizeOfOffsets, 0), "Token");
  let externalFile: string | undefined;
  if (isExternal) externalFile = data.text(data.u16("File Name Length"), "File Name");
  const target = isExternal ? openExternal(file, externalFile ?? "", address) : openAt(file, address);
  let region: Selection | undefined;
  let attribute: string | undefined;
  if (kind === "region") {
    data.u32("Selection Size");
    data.u32("Rank");
    region = readRegion(data, target);
  } else if (kind === "attribute") {
    attribute = data.text(data.u16("Attribute Name Length"), "Attribute Name");
  }
  return { kind, file, externalFile, target, region, attribute };
}

/** The object at an address of another file, which is found as an external link's file is. */
function openExternal(file: H5File, name: string, address: number): EngineObject | undefined {
  try {
    return openAt(file.otherFiles.linked(name, "links"), address);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

const KIND_WORDS = { group: "GROUP", dataset: "DATASET", datatype: "DATATYPE" } as const;

/** `DATASET "file/path"`: a reference that is a value of its own. */
export function standaloneReferenceText(reference: ResolvedReference | undefined, paths: ReferencePaths): string {
  if (reference === undefined) return "NULL";
  const { target } = reference;
  const word =
    reference.kind === "attribute"
      ? "ATTRIBUTE"
      : reference.kind === "region"
        ? "DATASET"
        : target === undefined
          ? "UNKNOWN"
          : KIND_WORDS[target.kind];
  const file = byteText(reference.externalFile ?? reference.file.name);
  const path = target === undefined ? "" : byteText(paths.pathOf(target) ?? "");
  const attribute = reference.attribute === undefined ? "" : `/${byteText(reference.attribute)}`;
  return `${word} "${file}${path}${attribute}"`;
}

/**
 * Digits of the number in front of a path. The C tools print a memory address there by mistake; ours is the object's address
 * in the file, as wide as theirs so that lines break in the same places.
 */
const NUMBER_DIGITS = 14;

/** A reference within a compound, an array or a sequence: `DATASET 1234 "/path"`. */
export function referenceText(
  file: H5File,
  paths: ReferencePaths,
  type: ReferenceType,
  view: DataView,
  offset: number,
): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + offset, type.size);
  const reference = resolveReference(file, type, bytes);
  if (type.kind !== "object" && type.kind !== "region") return standaloneReferenceText(reference, paths);
  const target = reference?.target;
  const path = target === undefined ? "" : byteText(paths.pathOf(target) ?? "");
  if (type.kind === "region") return `DATASET "${path}"`;
  if (target === undefined) return "<unknown>";
  return `${KIND_WORDS[target.kind]} ${String(target.address).padStart(NUMBER_DIGITS, "0")} "${path}"`;
}
