/**
 * Values in the form that options of a read ask for: numbers in place of bigints, bytes in place of text.
 *
 * Both are made where the values are, which nobody else has yet, and only in those members that may hold any: to take an
 * object for its properties and make another of them takes longer than to read it.
 */
import { encodeUtf8 } from "../base/text.ts";
import { allocateNumeric, HIGH, LOW } from "../engine/conversion/numeric-layout.ts";
import type { CompoundType, Datatype } from "../format/datatype.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { ArrayData } from "./ndarray.ts";

type Change = (value: unknown) => unknown;
/** What becomes of elements that are not made of others; undefined when they stay. */
type ChangeOf = (type: Datatype) => Change | undefined;

/**
 * @param values - Elements of `type`, which change.
 * @throws OverflowError for bigints that are no exact numbers.
 */
export function withNumbers(values: ArrayData, type: Datatype): ArrayData {
  return isLong(values) ? exactNumbers(values) : changed(values, type, numberChange);
}

/** @param values - Elements of `type`, which change. */
export function withTextBytes(values: ArrayData, type: Datatype): ArrayData {
  return changed(values, type, textChange);
}

function numberChange(type: Datatype): Change | undefined {
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
    case "time":
    case "enum":
    case "opaque":
      return type.size > 4 ? (value) => (typeof value === "bigint" ? exactNumber(value) : value) : undefined;
    default:
      return undefined;
  }
}

function textChange(type: Datatype): Change | undefined {
  const isText = type.class === "string" || type.class === "variable-length";
  return isText ? (value) => encodeUtf8(value as string) : undefined;
}

function changed(values: ArrayData, type: Datatype, changeOf: ChangeOf): ArrayData {
  const change = Array.isArray(values) ? changeWithin(type, changeOf) : undefined;
  return change === undefined ? values : changeItems(values as unknown[], change, 1);
}

function changeWithin(type: Datatype, changeOf: ChangeOf): Change | undefined {
  if (type.class === "compound") return changeOfMembers(type, changeOf);
  if (type.class !== "array" && (type.class !== "variable-length" || type.kind === "string")) return changeOf(type);
  const change = changeWithin(type.base, changeOf);
  if (change === undefined) return undefined;
  const depth = type.class === "array" ? type.dims.length : 1;
  return (value) => {
    if (isLong(value)) return exactNumbers(value);
    return Array.isArray(value) ? changeItems(value, change, depth) : value;
  };
}

function changeOfMembers({ members }: CompoundType, changeOf: ChangeOf): Change | undefined {
  const changes = members.flatMap(({ name, type }) => {
    const change = changeWithin(type, changeOf);
    return change === undefined ? [] : [{ name, change }];
  });
  if (changes.length === 0) return undefined;
  return (value) => {
    const properties = value as Record<string, unknown>;
    for (const { name, change } of changes) properties[name] = change(properties[name]);
    return properties;
  };
}

/** @param depth - Of arrays in arrays, as an array datatype has dimensions. */
function changeItems(items: unknown[], change: Change, depth: number): unknown[] {
  for (let i = 0; i < items.length; i++) {
    items[i] = depth === 1 ? change(items[i]) : changeItems(items[i] as unknown[], change, depth - 1);
  }
  return items;
}

type LongArray = BigInt64Array | BigUint64Array;

function isLong(value: unknown): value is LongArray {
  return value instanceof BigInt64Array || value instanceof BigUint64Array;
}

/** From their halves: a bigint of each costs a hundred times as much (Node 20). */
function exactNumbers(values: LongArray): ArrayData {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const numbers = allocateNumeric("float64", values.length);
  const least = values instanceof BigInt64Array ? -0x1f_ffff : 0;
  const low = LOW;
  const high = HIGH;
  for (let i = 0, w = 0; i < numbers.length; i++, w += 2) {
    const upper = words[w + high] as number;
    const isExact = upper >= least && upper <= 0x1f_ffff;
    numbers[i] = isExact
      ? upper * 0x1_0000_0000 + ((words[w + low] as number) >>> 0)
      : exactNumber(values[i] as bigint);
  }
  return numbers;
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw plainError("OverflowError", `integer ${value} is no exact number; read it as a bigint`);
}
