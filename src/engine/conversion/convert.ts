/**
 * The conversion between two datatypes.
 *
 * C: `H5Tfind`, `H5Tconvert`. The rules are those of libhdf5, measured with 1.10.8 and 2.0.0.
 */
import { product } from "../../base/bits.ts";
import type { Datatype } from "../../format/datatype.ts";
import { elementsInterchangeable, hasVariableLength } from "../../format/datatype-questions.ts";
import { bitfieldConversion } from "./bitfield-conversion.ts";
import { complexConversion } from "./complex-conversion.ts";
import { compoundConversion } from "./compound-conversion.ts";
import { type Conversion, copyConversion, repeatedConversion } from "./conversion.ts";
import { findCustomConversion } from "./custom-conversions.ts";
import type { ElementContext } from "./element-context.ts";
import { enumConversion } from "./enum-conversion.ts";
import { numericConversion } from "./numeric-conversion.ts";
import { isNumeric } from "./numeric-endpoints.ts";
import { referenceConversion } from "./reference-conversion.ts";
import { sequenceConversion } from "./sequence-conversion.ts";
import { stringConversion } from "./string-conversion.ts";
import { watchedConversion } from "./watched-conversion.ts";

/** Whether elements of `source` are ones of `destination` as they are; those of variable length are to be copied all the same. */
export function isCopied(source: Datatype, destination: Datatype): boolean {
  if (findCustomConversion(source, destination) !== undefined) return false;
  return source === destination || elementsInterchangeable(source, destination);
}

/**
 * How elements of `source` become elements of `destination`; undefined when there is no way ("no appropriate function
 * for conversion path").
 *
 * Between: integers and floats of any layout; enumerations by name, and from enumerations to numbers (not back: convert
 * to the enumeration's base); fixed strings of one character set; bit fields; compounds by member name; arrays of equal
 * dimensions; complex numbers, reals, and what else stands for
 * complex numbers; variable-length data, if `context` is
 * there to read and write its heap objects; references of another file, whose addresses may have another width. All other datatypes convert to their equals only.
 */
export function findConversion(
  source: Datatype,
  destination: Datatype,
  context?: ElementContext,
): Conversion | undefined {
  const custom = findCustomConversion(source, destination);
  if (custom !== undefined) return custom;
  const isOtherHeap = context?.copiesHeapObjects === true || context?.source !== undefined;
  const copiesObjects = isOtherHeap && hasVariableLength(source);
  if (elementsInterchangeable(source, destination) && !copiesObjects) return copyConversion(source.size);
  if (isNumeric(source) && isNumeric(destination)) {
    const plain = numericConversion(source, destination);
    return context?.watcher === undefined ? plain : watchedConversion(source, destination, plain, context.watcher);
  }
  if (source.class === "complex" || destination.class === "complex") return complexConversion(source, destination);
  if (source.class === "enum" && isNumeric(destination)) return findConversion(source.base, destination, context);
  if (source.class !== destination.class) return undefined;
  switch (source.class) {
    case "enum":
      return enumConversion(source, destination as typeof source);
    case "string":
      return stringConversion(source, destination as typeof source);
    case "bitfield":
      return bitfieldConversion(source, destination as typeof source);
    case "compound":
      return compoundConversion(source, destination as typeof source, findConversion, context);
    case "variable-length":
      return sequenceConversion(source, destination as typeof source, findConversion, context);
    case "reference":
      return referenceConversion(source, destination as typeof source, context);
    case "array": {
      const { dims, base } = destination as typeof source;
      if (dims.length !== source.dims.length || dims.some((dim, i) => dim !== source.dims[i])) return undefined;
      const item = findConversion(source.base, base, context);
      return item && repeatedConversion(item, product(dims), source.base.size);
    }
    default:
      return undefined;
  }
}
