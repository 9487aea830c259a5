import { HDF5Error } from "../base/errors.ts";
import type { Conversion } from "../engine/conversion/conversion.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { Datatype } from "../format/datatype.ts";

/** The conversion between two datatypes of a file. @throws HDF5Error "conversion" when there is none. */
export function requireConversion(from: Datatype, to: Datatype, context: ElementContext): Conversion {
  const conversion = findConversion(from, to, context);
  if (conversion === undefined) {
    throw new HDF5Error("conversion", "no appropriate function for conversion path");
  }
  return conversion;
}
