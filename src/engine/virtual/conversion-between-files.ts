/**
 * Conversion of the elements of virtual datasets whose sources are in other files, where heap IDs and addresses mean
 * something else: elements move to the other file, and are converted in the one or the other.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { elementsInterchangeable } from "../../format/datatype-questions.ts";
import { withWidths } from "../../format/datatype-version.ts";
import { findConversion } from "../conversion/convert.ts";
import type { ElementContext, HeapObjectId } from "../conversion/element-context.ts";
import type { ElementConversion } from "../dataset-io/converting-memory.ts";
import { destinationGaps } from "../dataset-io/destination-gaps.ts";
import { movingConversion } from "./moved-heap-data.ts";

/** Elements of one file. */
export interface ElementsOfFile {
  readonly datatype: Datatype;
  readonly context: ElementContext;
}

/** @throws HDF5Error "conversion" where the library has none. */
export function requiredConversion(from: Datatype, to: Datatype, context: ElementContext): ElementConversion {
  const conversion = findConversion(from, to, context);
  if (conversion === undefined) throw new HDF5Error("conversion", "no appropriate function for conversion path");
  return {
    noop: conversion.noop,
    gaps: conversion.noop ? "none" : destinationGaps(from, to),
    convert: conversion.convert.bind(conversion),
  };
}

/** No heap collection is there, where every file has its superblock. */
const PASSAGE_ADDRESS = 1;

/** What elements keep in a heap, between two conversions. */
class Passage {
  private readonly objects: Uint8Array[] = [];

  /** The file's heap, and what passes. */
  in(file: ElementContext): ElementContext {
    return {
      ...file,
      readHeapObject: (address, index) => {
        const passing = address === PASSAGE_ADDRESS ? this.objects[index - 1] : undefined;
        return passing ?? file.readHeapObject(address, index);
      },
      writeHeapObject: (bytes) => ({ address: PASSAGE_ADDRESS, index: this.objects.push(bytes) }),
    };
  }

  clear(): void {
    this.objects.length = 0;
  }
}

/** Of what is read from another file. `lend` makes bytes readable in this file's heap. */
export function conversionFromOtherFile(
  other: ElementsOfFile,
  own: ElementsOfFile,
  lend: (bytes: Uint8Array) => HeapObjectId,
): ElementConversion {
  const lending = { ...own.context, writeHeapObject: lend };
  const moved = withWidths(other.datatype, own.context.widths);
  if (elementsInterchangeable(moved, own.datatype)) return movingConversion(other.datatype, other.context, lending);
  const passage = new Passage();
  const passing = passage.in(own.context);
  const moving = movingConversion(other.datatype, other.context, passing);
  const converting = requiredConversion(moved, own.datatype, {
    ...passing,
    writeHeapObject: lend,
    copiesHeapObjects: true,
  });
  return {
    ...converting,
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const middle = new Uint8Array(count * moved.size);
      moving.convert(source, sourceOffset, middle, 0, count);
      converting.convert(middle, 0, destination, destinationOffset, count);
      passage.clear();
    },
  };
}

/** Of what is written to another file. Members that its elements have more keep what they hold. */
export function conversionToOtherFile(own: ElementsOfFile, other: ElementsOfFile): ElementConversion {
  const wanted = withWidths(other.datatype, own.context.widths);
  if (elementsInterchangeable(own.datatype, wanted)) {
    return movingConversion(own.datatype, own.context, other.context);
  }
  const passage = new Passage();
  const passing = passage.in(own.context);
  const converting = requiredConversion(own.datatype, wanted, passing);
  const moving = movingConversion(wanted, passing, other.context);
  const back = movingConversion(other.datatype, other.context, passing);
  const keeps = converting.gaps === "kept";
  return {
    noop: false,
    gaps: keeps ? "kept" : "none",
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const middle = new Uint8Array(count * wanted.size);
      if (keeps) back.convert(destination, destinationOffset, middle, 0, count);
      converting.convert(source, sourceOffset, middle, 0, count);
      moving.convert(middle, 0, destination, destinationOffset, count);
      passage.clear();
    },
  };
}
