/** Transfers between two datatypes: the conversion that they need, found once and used for any number of transfers. */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { holdsPlaces, usesHeap } from "../../format/datatype-questions.ts";
import { findConversion } from "../conversion/convert.ts";
import type { DataTransform } from "../conversion/data-transform.ts";
import type { ElementContext } from "../conversion/element-context.ts";
import type { ConversionFor, ElementConversion } from "./converting-memory.ts";
import { destinationGaps } from "./destination-gaps.ts";
import type { ConvertedTransfer } from "./transfer.ts";

/** What a transfer property list asks for. */
export interface TransferOptions {
  /** Bytes of the buffers that elements are converted in. C: `H5Pset_buffer`. */
  readonly bufferBytes?: number;
  /** What numbers go through in the memory's datatype: behind the conversion for reading, before it for writing. */
  readonly transform?: DataTransform | undefined;
}

/**
 * For reading: from the file's datatype to the memory's. Bytes of memory that no member of the file's compound goes to
 * stay as they are.
 *
 * @throws HDF5Error "conversion" when there is no way ("no appropriate function for conversion path").
 */
export function readTransfer(
  fileType: Datatype,
  memoryType: Datatype,
  context?: ElementContext,
  { bufferBytes, transform }: TransferOptions = {},
): ConvertedTransfer {
  const conversionFor = (type: Datatype) => {
    const conversion = conversionBetween(type, memoryType, context);
    return transform === undefined ? conversion : transformedAfter(conversion, memoryType, transform);
  };
  return {
    fileElementSize: fileType.size,
    memoryElementSize: memoryType.size,
    conversion: conversionFor(fileType),
    conversionFor: withoutPlaces(memoryType, conversionFor),
    bufferBytes,
  };
}

/**
 * For writing: from the memory's datatype to the file's. Members that memory lacks keep their values in the file.
 *
 * @throws HDF5Error "conversion" when there is no way.
 */
export function writeTransfer(
  fileType: Datatype,
  memoryType: Datatype,
  context?: ElementContext,
  { bufferBytes, transform }: TransferOptions = {},
): ConvertedTransfer {
  const conversionFor = (type: Datatype) => {
    const conversion = conversionBetween(memoryType, type, context);
    return transform === undefined ? conversion : transformedBefore(conversion, memoryType, transform);
  };
  return {
    fileElementSize: fileType.size,
    memoryElementSize: memoryType.size,
    conversion: conversionFor(fileType),
    conversionFor: withoutPlaces(memoryType, conversionFor),
    bufferBytes,
  };
}

/** For datatypes without heap IDs and addresses, which mean something else in another file. */
export function withoutPlaces(memoryType: Datatype, conversionFor: ConversionFor): ConversionFor | undefined {
  if (usesHeap(memoryType) || holdsPlaces(memoryType)) return undefined;
  return (type) => (usesHeap(type) || holdsPlaces(type) ? undefined : conversionFor(type));
}

/** @throws HDF5Error "conversion" when there is no way. */
export function conversionBetween(
  source: Datatype,
  destination: Datatype,
  context: ElementContext | undefined,
): ElementConversion {
  const conversion = findConversion(source, destination, context);
  if (conversion === undefined) throw new HDF5Error("conversion", "no appropriate function for conversion path");
  if (conversion.noop) return conversion;
  return {
    noop: false,
    gaps: destinationGaps(source, destination),
    convert: (from, fromOffset, to, toOffset, count) => conversion.convert(from, fromOffset, to, toOffset, count),
  };
}

function transformedAfter(conversion: ElementConversion, type: Datatype, transform: DataTransform): ElementConversion {
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      conversion.convert(source, sourceOffset, destination, destinationOffset, count);
      transform.apply(type, destination, destinationOffset, count);
    },
  };
}

function transformedBefore(conversion: ElementConversion, type: Datatype, transform: DataTransform): ElementConversion {
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const transformed = source.slice(sourceOffset, sourceOffset + count * type.size);
      transform.apply(type, transformed, 0, count);
      conversion.convert(transformed, 0, destination, destinationOffset, count);
    },
  };
}
