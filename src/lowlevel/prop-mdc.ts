/** How `H5Pencode` writes the settings of the metadata cache. Reference implementation: H5Pfapl.c, `H5P__facc_cache_config_enc`. */
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import { CacheConfig, type CacheImageConfig } from "./h5ac.ts";
import { readDouble, size, type ValueCodec, writeDouble } from "./prop-codec.ts";

/** C: `H5AC__MAX_TRACE_FILE_NAME_LEN`. */
export const MAX_TRACE_FILE_NAME = 1024;

const UNSIGNED = 4;
const DOUBLE = 8;

type Fields = { -readonly [K in keyof CacheConfig]: CacheConfig[K] };
type FlagName = { [K in keyof Fields]: Fields[K] extends boolean ? K : never }[keyof Fields];
type NumberName = { [K in keyof Fields]: Fields[K] extends number ? K : never }[keyof Fields];

/** How a field is written; `null` stands for the name of the trace file. */
type Field =
  | readonly [kind: "flag", name: FlagName]
  | readonly [kind: "u8" | "i32" | "u32" | "i64" | "size" | "double", name: NumberName]
  | readonly [kind: "name", name: "traceFileName"];

const FIELDS: readonly Field[] = [
  ["i32", "version"],
  ["flag", "rptFcnEnabled"],
  ["flag", "openTraceFile"],
  ["flag", "closeTraceFile"],
  ["name", "traceFileName"],
  ["flag", "evictionsEnabled"],
  ["flag", "setInitialSize"],
  ["size", "initialSize"],
  ["double", "minCleanFraction"],
  ["size", "maxSize"],
  ["size", "minSize"],
  ["i64", "epochLength"],
  ["u8", "incrMode"],
  ["double", "lowerHrThreshold"],
  ["double", "increment"],
  ["flag", "applyMaxIncrement"],
  ["size", "maxIncrement"],
  ["u8", "flashIncrMode"],
  ["double", "flashMultiple"],
  ["double", "flashThreshold"],
  ["u8", "decrMode"],
  ["double", "upperHrThreshold"],
  ["double", "decrements"],
  ["flag", "applyMaxDecrement"],
  ["size", "maxDecrement"],
  ["i32", "epochsBeforeEviction"],
  ["flag", "applyEmptyReserve"],
  ["double", "emptyReserve"],
  ["u32", "dirtyBytesThreshold"],
  ["i32", "metadataWriteStrategy"],
];

function writeNumber(writer: Writer, kind: Exclude<Field[0], "flag" | "name">, value: number): void {
  switch (kind) {
    case "u8":
      writer.u8(value);
      break;
    case "i32":
      writer.i32(value);
      break;
    case "u32":
      writer.u32(value);
      break;
    case "i64":
      writer.u64(value);
      break;
    case "size":
      size.encode(writer, value);
      break;
    case "double":
      writeDouble(writer, value);
      break;
    default:
      kind satisfies never;
  }
}

function readNumber(cursor: Cursor, kind: Exclude<Field[0], "flag" | "name">, name: string): number {
  switch (kind) {
    case "u8":
      return cursor.u8(name);
    case "i32":
      return cursor.i32(name);
    case "u32":
      return cursor.u32(name);
    case "i64":
      return cursor.u64(name);
    case "size":
      return size.decode(cursor);
    case "double":
      return readDouble(cursor);
    default:
      return kind satisfies never;
  }
}

export const cacheConfig: ValueCodec<Readonly<CacheConfig>> = {
  encode(writer, config) {
    writer.u8(UNSIGNED).u8(DOUBLE);
    for (const field of FIELDS) {
      if (field[0] === "flag") writer.u32(config[field[1]] ? 1 : 0);
      else if (field[0] === "name") {
        const bytes = encodeUtf8(config.traceFileName).subarray(0, MAX_TRACE_FILE_NAME);
        writer.bytes(bytes).zeros(MAX_TRACE_FILE_NAME + 1 - bytes.length);
      } else writeNumber(writer, field[0], config[field[1]]);
    }
  },
  decode(cursor) {
    cursor.version([UNSIGNED], "Size of an unsigned int");
    cursor.version([DOUBLE], "Size of a double");
    const config = new CacheConfig();
    for (const field of FIELDS) {
      if (field[0] === "flag") config[field[1]] = cursor.u32(field[1]) !== 0;
      else if (field[0] === "name") config.traceFileName = cursor.text(MAX_TRACE_FILE_NAME + 1, "traceFileName");
      else config[field[1]] = readNumber(cursor, field[0], field[1]);
    }
    return config;
  },
};

export const cacheImageConfig: ValueCodec<CacheImageConfig> = {
  encode(writer, { version, generateImage, saveResizeStatus, entryAgeout }) {
    writer.u8(UNSIGNED).i32(version);
    writer
      .u32(generateImage ? 1 : 0)
      .u32(saveResizeStatus ? 1 : 0)
      .i32(entryAgeout);
  },
  decode(cursor) {
    cursor.version([UNSIGNED], "Size of an unsigned int");
    return {
      version: cursor.i32("version"),
      generateImage: cursor.u32("generate_image") !== 0,
      saveResizeStatus: cursor.u32("save_resize_status") !== 0,
      entryAgeout: cursor.i32("entry_ageout"),
    };
  },
};
