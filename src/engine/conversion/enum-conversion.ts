/**
 * Enumerations to each other by the names of members. C: `H5T__conv_enum`.
 *
 * The destination must have all names of the source. A value that is no member becomes an element of all bits one.
 */
import type { EnumType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";

export function enumConversion(source: EnumType, destination: EnumType): Conversion | undefined {
  const byName = new Map(destination.members.map(({ name, value }) => [name, value]));
  const byValue = new Map<Key, Uint8Array>();
  for (const { name, value } of source.members) {
    const target = byName.get(name);
    if (target === undefined) return undefined;
    byValue.set(keyOf(value, 0, source.size), target);
  }
  const sizeOfSource = source.size;
  const sizeOfDestination = destination.size;
  const others = new Uint8Array(sizeOfDestination).fill(0xff);
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0, at = destinationOffset; i < count; i++) {
        const value = byValue.get(keyOf(from, sourceOffset + i * sizeOfSource, sizeOfSource)) ?? others;
        for (let k = 0; k < sizeOfDestination; k++) to[at++] = value[k] as number;
      }
    },
  };
}

/** The bytes of a value: as a number, where one holds them. */
type Key = number | string;

function keyOf(bytes: Uint8Array, offset: number, size: number): Key {
  if (size <= 4) {
    let number = 0;
    for (let i = offset; i < offset + size; i++) number = (number << 8) | (bytes[i] as number);
    return number;
  }
  let key = "";
  for (let i = offset; i < offset + size; i++) key += String.fromCharCode(bytes[i] as number);
  return key;
}
