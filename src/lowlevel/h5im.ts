/**
 * Images and palettes. C: `H5IM`.
 *
 * Specification: "HDF5 Image and Palette Specification", version 1.2.
 *
 * | attribute      | on      | value                                              |
 * | -------------- | ------- | -------------------------------------------------- |
 * | CLASS          | both    | "IMAGE" or "PALETTE"                               |
 * | IMAGE_VERSION  | image   | "1.2"                                              |
 * | IMAGE_SUBCLASS | image   | "IMAGE_INDEXED" (8 bit) or "IMAGE_TRUECOLOR" (24)  |
 * | INTERLACE_MODE | image   | "INTERLACE_PIXEL" or "INTERLACE_PLANE"; 24 bit only |
 * | PALETTE        | image   | object references to palettes                      |
 * | PAL_VERSION    | palette | "1.2"                                              |
 */
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import { PREDEFINED, reference } from "../format/predefined-datatypes.ts";
import { plainError, unspecifiedError } from "./api-error.ts";
import { type Name, type Size, toInt, toSize, toSizes } from "./arguments.ts";
import { DatasetID } from "./dataset-id.ts";
import { elementContextOf } from "./element-context.ts";
import { open as openAttribute, remove as removeAttribute } from "./h5a.ts";
import { makeAndWrite } from "./h5lt.ts";
import { ALL, createSimple } from "./h5s.ts";
import { findAttribute, getAttributeString, putAttribute, setAttributeString } from "./lite-attributes.ts";
import type { LocationID } from "./location-id.ts";
import { addressOf, objectReference } from "./reference.ts";
import { typeIdOf } from "./type-wrap.ts";
import { withDataset } from "./with-dataset.ts";

/** How the colours of a true-colour image lie: pixel by pixel, or plane by plane. */
export const INTERLACE_PIXEL = "INTERLACE_PIXEL";
export const INTERLACE_PLANE = "INTERLACE_PLANE";

const IMAGE_CLASS = "IMAGE";
const PALETTE_CLASS = "PALETTE";
const PALETTE = "PALETTE";
const SPECIFICATION_VERSION = "1.2";
const BYTES = PREDEFINED.NATIVE_UCHAR;

/** What an image is. C: what `H5IMget_image_info` gives. */
export interface ImageInfo {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1, or 3 of a true-colour image. */
  readonly planes: number;
  /** `INTERLACE_PIXEL`, `INTERLACE_PLANE`, or "" of an indexed image. */
  readonly interlace: string;
  /** Number of palettes tied to it. */
  readonly npals: number;
}

function makeBytes(loc: LocationID, name: Name, dims: readonly number[], data: Uint8Array): void {
  const expected = dims.reduce((count, dim) => count * dim, 1);
  if (data.length !== expected) throw plainError("ValueError", `${data.length} bytes for dims (${dims.join(", ")})`);
  makeAndWrite(loc, name, createSimple(dims), typeIdOf(BYTES), data, BYTES);
}

function setTexts(loc: LocationID, name: Name, texts: Readonly<Record<string, string>>): void {
  for (const [attribute, value] of Object.entries(texts)) setAttributeString(loc, name, attribute, value);
}

/**
 * Makes an image whose pixels are numbers of colours in a palette, row by row.
 *
 * @param data - `width * height` bytes. @throws ValueError for another number. C: `H5IMmake_image_8bit`.
 */
export function makeImage8bit(loc: LocationID, name: Name, width: Size, height: Size, data: Uint8Array): void {
  makeBytes(loc, name, [toSize(height), toSize(width)], data);
  setTexts(loc, name, {
    CLASS: IMAGE_CLASS,
    IMAGE_VERSION: SPECIFICATION_VERSION,
    IMAGE_SUBCLASS: "IMAGE_INDEXED",
  });
}

/**
 * Makes an image of three colours a pixel.
 *
 * @param interlace - `INTERLACE_PIXEL`: data is height × width × 3; `INTERLACE_PLANE`: 3 × height × width.
 * @throws RuntimeError for another interlace mode. C: `H5IMmake_image_24bit`.
 */
export function makeImage24bit(
  loc: LocationID,
  name: Name,
  width: Size,
  height: Size,
  interlace: string,
  data: Uint8Array,
): void {
  const [columns, rows] = [toSize(width), toSize(height)];
  if (interlace !== INTERLACE_PIXEL && interlace !== INTERLACE_PLANE) throw unspecifiedError("H5IMmake_image_24bit");
  makeBytes(loc, name, interlace === INTERLACE_PIXEL ? [rows, columns, 3] : [3, rows, columns], data);
  setTexts(loc, name, {
    CLASS: IMAGE_CLASS,
    IMAGE_VERSION: SPECIFICATION_VERSION,
    IMAGE_SUBCLASS: "IMAGE_TRUECOLOR",
    INTERLACE_MODE: interlace,
  });
}

/** The text of an attribute, or undefined when there is none such. */
function textOf(loc: LocationID, name: Name, attribute: string): string | undefined {
  return withDataset(loc, name, (dataset) =>
    findAttribute(dataset, attribute) ? getAttributeString(dataset, ".", attribute) : undefined,
  );
}

/**
 * What an image is.
 *
 * @throws RuntimeError for a dataset that is none, KeyError when there is none. C: `H5IMget_image_info`.
 */
export function getImageInfo(loc: LocationID, name: Name): ImageInfo {
  const interlace = textOf(loc, name, "INTERLACE_MODE") ?? "";
  const dims = withDataset(loc, name, (dataset) => dataset.shape ?? []);
  const npals = getNpalettes(loc, name);
  if (dims.length !== 2 && dims.length !== 3) throw unspecifiedError("H5IMget_image_info");
  const [first, second, third = 1] = dims as [number, number, number?];
  if (interlace.startsWith(INTERLACE_PLANE)) return { width: third, height: second, planes: first, interlace, npals };
  return { width: second, height: first, planes: third, interlace, npals };
}

/** All bytes of an image, in the order they are stored in. C: `H5IMread_image`. */
export function readImage(loc: LocationID, name: Name): Uint8Array {
  return withDataset(loc, name, readBytes);
}

function readBytes(dataset: DatasetID): Uint8Array {
  const bytes = new Uint8Array(dataset.getSpace().getSimpleExtentNpoints());
  dataset.read(ALL, ALL, bytes, typeIdOf(BYTES));
  return bytes;
}

/**
 * Makes a palette: `dims` are colours and components of each, which are 3.
 *
 * @throws ValueError unless there are two of them. C: `H5IMmake_palette`.
 */
export function makePalette(loc: LocationID, name: Name, dims: readonly Size[], data: Uint8Array): void {
  const sizes = toSizes(dims, "pal_dims");
  if (sizes.length !== 2) throw plainError("ValueError", "pal_dims must be a tuple of size 2.");
  makeBytes(loc, name, sizes, data);
  setTexts(loc, name, { CLASS: PALETTE_CLASS, PAL_VERSION: SPECIFICATION_VERSION });
}

/** References to the palettes of an image, in the order they were tied to it. */
function palettesOf(image: DatasetID): ReferenceValue[] {
  if (!findAttribute(image, PALETTE)) return [];
  const attribute = openAttribute(image, PALETTE);
  try {
    const type = attribute.getType().datatype();
    if (type.class !== "reference") return [];
    const count = attribute.getSpace().getSimpleExtentNpoints();
    const bytes = new Uint8Array(count * type.size);
    attribute.read(bytes, typeIdOf(type));
    return decodeElements(type, bytes, count, elementContextOf(image.location().object.file)) as ReferenceValue[];
  } finally {
    attribute.close();
  }
}

/** Ties a palette, behind those that it has, to an image of the same file. C: `H5IMlink_palette`. */
export function linkPalette(loc: LocationID, imageName: Name, palName: Name): void {
  withDataset(loc, imageName, (image) =>
    withDataset(loc, palName, (palette) => {
      const { file } = image.location().object;
      const target = palette.location().object;
      if (target.file !== file) throw unspecifiedError("H5IMlink_palette");
      const references = [...palettesOf(image), objectReference(file, target.address)];
      // The C library writes the first one as a scalar.
      const { extent } = createSimple(references.length === 1 ? [] : [references.length]);
      putAttribute(image, ".", PALETTE, extent, reference("object", file.storage.widths), references);
    }),
  );
}

/**
 * Unties all palettes of an image, as the C library does whichever is named; `palName` must be a palette.
 *
 * @throws KeyError for an image without palettes. C: `H5IMunlink_palette`.
 */
export function unlinkPalette(loc: LocationID, imageName: Name, palName: Name): void {
  if (!isPalette(loc, palName)) throw unspecifiedError("H5IMunlink_palette");
  withDataset(loc, imageName, (image) => removeAttribute(image, PALETTE));
}

/** Number of palettes tied to an image. C: `H5IMget_npalettes`. */
export function getNpalettes(loc: LocationID, imageName: Name): number {
  return withDataset(loc, imageName, (image) => palettesOf(image).length);
}

/** Calls with a palette of an image. @throws IndexError when there is none of that number. */
function withPalette<T>(loc: LocationID, imageName: Name, palNumber: Size, use: (palette: DatasetID) => T): T {
  return withDataset(loc, imageName, (image) => {
    const { file } = image.location();
    const found = palettesOf(image)[toInt(palNumber)];
    const address = found && addressOf(file.engine, found);
    if (address === undefined) throw plainError("IndexError", `no palette of number ${palNumber}`);
    const object = file.engine.object(address);
    if (!(object instanceof DatasetObject)) throw unspecifiedError("H5IMget_palette");
    const palette = new DatasetID({ file, object, path: null });
    try {
      return use(palette);
    } finally {
      palette.close();
    }
  });
}

/**
 * `[colours, components]` of a palette of an image, which are numbered from 0.
 *
 * @throws IndexError when there is no such palette. C: `H5IMget_palette_info`.
 */
export function getPaletteInfo(loc: LocationID, imageName: Name, palNumber: Size): number[] {
  return withPalette(loc, imageName, palNumber, (palette) => palette.shape ?? []);
}

/** The bytes of a palette of an image. C: `H5IMget_palette`. */
export function getPalette(loc: LocationID, imageName: Name, palNumber: Size): Uint8Array {
  return withPalette(loc, imageName, palNumber, readBytes);
}

/** Whether a dataset's CLASS says that it is an image. @throws KeyError when there is no dataset. C: `H5IMis_image`. */
export function isImage(loc: LocationID, name: Name): boolean {
  return textOf(loc, name, "CLASS") === IMAGE_CLASS;
}

/** Whether a dataset's CLASS says that it is a palette. C: `H5IMis_palette`. */
export function isPalette(loc: LocationID, name: Name): boolean {
  return textOf(loc, name, "CLASS") === PALETTE_CLASS;
}
