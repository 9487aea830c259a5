/**
 * Enumerations to each other by the names of members. C: `H5T__conv_enum`.
 *
 * The destination must have all names of the source. A value that is no member becomes an element of all bits one.
 */
import type { EnumType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";

export function enumConversion(source: EnumType, destination: EnumType): Conversion | undefined {
  const byName = new Map(destination.members.map(({ name, value }) => [name, value]));
  const byValue = new Map<string, Uint8Array>();
  for (const { name, value } of source.members) {
    const target = byName.get(name);
    if (target === undefined) return undefined;
    byValue.set(keyOf(value, 0, source.size), target);
  }
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const at = destinationOffset + i * destination.size;
        const value = byValue.get(keyOf(from, sourceOffset + i * source.size, source.size));
        if (value === undefined) to.fill(0xff, at, at + destination.size);
        else to.set(value, at);
      }
    },
  };
}

function keyOf(bytes: Uint8Array, offset: number, size: number): string {
  let key = "";
  for (let i = offset; i < offset + size; i++) key += String.fromCharCode(bytes[i] as number);
  return key;
}
