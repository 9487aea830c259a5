/**
 * Complex numbers: to each other part by part, to and from real numbers, and to what programs without them use instead.
 *
 * C (HDF5 2.0): `H5T__conv_complex`, `H5T__conv_complex_compat`. Measured: an array of two or a compound of two named r...
 * and i..., packed, converts only when its parts are of exactly the base type.
 */
import { product } from "../../base/bits.ts";
import type { ComplexType, CompoundType, Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import { specialNames } from "../../format/special-names.ts";
import { type Conversion, copyConversion, repeatedConversion } from "./conversion.ts";
import { numericConversion } from "./numeric-conversion.ts";
import { isNumeric } from "./numeric-endpoints.ts";

/** @param source - Complex, unless `destination` is. */
export function complexConversion(source: Datatype, destination: Datatype): Conversion | undefined {
  if (source.class === "complex") {
    const base = source.base as FloatingPointType;
    if (destination.class === "complex") {
      const part = numericConversion(base, destination.base as FloatingPointType);
      return repeatedConversion(part, 2, base.size);
    }
    if (isNumeric(destination)) return realPartConversion(source, destination);
    return standsFor(destination, base) ? copyConversion(source.size) : undefined;
  }
  const complex = destination as ComplexType;
  if (isNumeric(source)) return conversionOfReals(source, complex);
  return standsFor(source, complex.base) ? copyConversion(complex.size) : undefined;
}

/** Whether `type` is bytes for bytes a complex number with these parts. */
function standsFor(type: Datatype, part: Datatype): boolean {
  if (type.class === "array") return product(type.dims) === 2 && datatypesEqual(type.base, part);
  return type.class === "compound" && datatypesEqual(complexPartOf(type) ?? type, part);
}

/**
 * The part's type when a compound stands for a complex number, as h5py and others write them: two packed members of one
 * float type, the name of the first beginning with r, that of the second with i. Otherwise undefined.
 */
export function complexPartOf(type: CompoundType): FloatingPointType | undefined {
  const [re, im] = type.members;
  return re?.name.startsWith("r") && im?.name.startsWith("i") ? partOfPair(type) : undefined;
}

/** The same for members of exactly the names that h5py goes by. */
export function pyComplexPartOf(type: CompoundType): FloatingPointType | undefined {
  const [re, im] = type.members;
  const [reName, imName] = specialNames.complexNumbers;
  return re?.name === reName && im?.name === imName ? partOfPair(type) : undefined;
}

/** The type of two packed members of one float type. */
function partOfPair(type: CompoundType): FloatingPointType | undefined {
  const [re, im] = type.members;
  if (re === undefined || im === undefined || type.members.length !== 2) return undefined;
  if (re.type.class !== "floating-point" || !datatypesEqual(re.type, im.type)) return undefined;
  const packed = re.byteOffset === 0 && im.byteOffset === re.type.size && type.size === 2 * re.type.size;
  return packed ? re.type : undefined;
}

/** The real parts; imaginary parts are dropped. */
function realPartConversion(source: ComplexType, destination: FixedPointType | FloatingPointType): Conversion {
  const part = numericConversion(source.base as FloatingPointType, destination);
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        part.convert(from, sourceOffset + i * source.size, to, destinationOffset + i * destination.size, 1);
      }
    },
  };
}

function conversionOfReals(source: FixedPointType | FloatingPointType, destination: ComplexType): Conversion {
  const part = numericConversion(source, destination.base as FloatingPointType);
  const partSize = destination.base.size;
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const at = destinationOffset + i * destination.size;
        part.convert(from, sourceOffset + i * source.size, to, at, 1);
        to.fill(0, at + partSize, at + 2 * partSize);
      }
    },
  };
}
