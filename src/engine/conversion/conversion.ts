/** What a conversion between two datatypes looks like. */
import type { Datatype } from "../../format/datatype.ts";
import type { ElementContext } from "./element-context.ts";

export interface Conversion {
  /** The bytes of both datatypes mean the same: converting is copying. */
  readonly noop: boolean;
  /**
   * Converts `count` packed elements.
   *
   * Destination bytes that no part of the source goes to stay: members of a compound that the source lacks, padding of
   * kind "background". Source and destination must not overlap.
   *
   * @param sourceOffset - In bytes, as is `destinationOffset`.
   */
  convert(
    source: Uint8Array,
    sourceOffset: number,
    destination: Uint8Array,
    destinationOffset: number,
    count: number,
  ): void;
}

/** Finds the conversion of parts of a datatype; undefined where there is none. */
export type FindConversion = (
  source: Datatype,
  destination: Datatype,
  context: ElementContext | undefined,
) => Conversion | undefined;

/** The conversion between two datatypes of `size` bytes that mean the same. */
export function copyConversion(size: number): Conversion {
  return {
    noop: true,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      destination.set(source.subarray(sourceOffset, sourceOffset + count * size), destinationOffset);
    },
  };
}

/** The conversion of elements that are `perElement` items one after the other. */
export function repeatedConversion(item: Conversion, perElement: number, itemSize: number): Conversion {
  if (item.noop) return copyConversion(itemSize * perElement);
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      item.convert(source, sourceOffset, destination, destinationOffset, count * perElement);
    },
  };
}
