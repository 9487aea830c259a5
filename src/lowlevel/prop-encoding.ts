/**
 * Property lists as bytes of their own. C: `H5Pencode2`, `H5Pdecode`.
 *
 * | field                   | bytes                              |
 * | ----------------------- | ---------------------------------- |
 * | Version                 | 1, here 0                          |
 * | Type of the list        | 1, `H5P_plist_type_t`              |
 * | Name, value, name, ...  | names end in zero; values are each property's own |
 * | End                     | 1, here 0                          |
 */
import { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import { Writer } from "../base/writer.ts";
import { guarded, libraryError, record } from "./api-error.ts";
import { findSpec, specsOf } from "./prop-order.ts";
import type { PropClassID } from "./property-class.ts";

const VERSION = 0;

export function encodeList(cls: PropClassID, values: object, own: ReadonlySet<string>): Uint8Array {
  const writer = new Writer().u8(VERSION).u8(cls.library?.type ?? 0);
  const outer = record("H5Pencode2", "PLIST", "CANTENCODE", "unable to encode property list");
  guarded(outer, () => {
    for (const { name, codec } of specsOf(cls, own)) {
      if (codec === undefined) continue;
      writer.bytes(encodeUtf8(name)).u8(0);
      codec.encode(writer, values);
    }
  });
  return writer.u8(0).copy();
}

/** What bytes hold: the values of a list, and which properties stand there. */
export interface DecodedList {
  readonly values: object;
  readonly names: readonly string[];
}

/**
 * Decodes the properties of a list whose class is known.
 *
 * @param defaults - What properties have that do not stand there.
 */
export function decodeList(bytes: Uint8Array, cls: PropClassID, defaults: object): DecodedList {
  const outer = record("H5Pdecode", "PLIST", "CANTDECODE", "unable to decode property list");
  return guarded(outer, () => {
    const cursor = new Cursor(bytes, { structure: "Encoded property list" });
    cursor.skip(2, "Version and type");
    const places = new Map<string, number>();
    for (;;) {
      const name = cursor.nulTerminated("Property name");
      if (name === "") break;
      const codec = findSpec(cls, name)?.codec;
      if (codec === undefined) {
        throw libraryError([outer, record("H5P__decode", "PLIST", "NOTFOUND", `property doesn't exist: '${name}'`)]);
      }
      places.set(name, cursor.position);
      codec.decode(cursor, defaults);
    }
    // Some depend on others, which the order of the class has before them, whatever that of the bytes.
    let values = defaults;
    for (const { name, codec } of specsOf(cls)) {
      const place = places.get(name);
      if (place === undefined || codec === undefined) continue;
      cursor.position = place;
      values = { ...values, ...codec.decode(cursor, values) };
    }
    return { values, names: [...places.keys()] };
  });
}

/** The type of list that bytes begin with. @throws RuntimeError when they do not begin like a list. */
export function encodedListType(bytes: Uint8Array): number {
  const outer = record("H5Pdecode", "PLIST", "CANTDECODE", "unable to decode property list");
  const [version, type] = bytes;
  if (version === undefined || type === undefined || version !== VERSION) {
    const text = `bad version # of encoded information, expected ${VERSION}, got ${version ?? "nothing"}`;
    throw libraryError([outer, record("H5P__decode", "PLIST", "VERSION", text)]);
  }
  return type;
}
