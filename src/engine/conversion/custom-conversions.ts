/** Conversions that a program adds to the library's own. Reference implementation: H5T.c, `H5T__register`, `H5T__unregister`. */
import type { Datatype } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";

export interface CustomConversion {
  /** The conversion from one datatype to another; undefined for what it does not convert. */
  find(source: Datatype, destination: Datatype): Conversion | undefined;
}

let registered: readonly CustomConversion[] = [];

/** The last one added is asked first, before the library's own. */
export function addConversion(conversion: CustomConversion): void {
  registered = [conversion, ...registered];
}

export function removeConversions(remove: (conversion: CustomConversion) => boolean): void {
  registered = registered.filter((conversion) => !remove(conversion));
}

export function hasCustomConversions(): boolean {
  return registered.length > 0;
}

export function findCustomConversion(source: Datatype, destination: Datatype): Conversion | undefined {
  // Each transfer asks, and nearly always there are none.
  for (let i = 0; i < registered.length; i++) {
    const found = registered[i]?.find(source, destination);
    if (found !== undefined) return found;
  }
  return undefined;
}
