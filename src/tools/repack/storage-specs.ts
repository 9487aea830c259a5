/** What `-f` and `-l` say. Reference implementation: h5repack_parse.c. */
import type { FilterDescription } from "../../format/filter-pipeline.ts";
import * as h5p from "../../lowlevel/h5p.ts";
import * as h5z from "../../lowlevel/h5z.ts";
import { UsageError } from "../option-reader.ts";

export interface Specified<T> {
  /** Undefined for all datasets. */
  readonly objects: readonly string[] | undefined;
  readonly value: T;
}

/** `undefined` takes all filters away. */
export type FilterSpec = Specified<FilterDescription | undefined>;

export type LayoutSpec = Specified<
  | { readonly kind: "compact" }
  | { readonly kind: "contiguous" }
  | { readonly kind: "chunked"; readonly chunkDims: readonly number[] }
>;

/** Splits `a,b:TEXT`; a colon in front of nothing is no list. */
function splitObjects(text: string): { objects: readonly string[] | undefined; rest: string } {
  const colon = text.lastIndexOf(":");
  if (colon < 0) return { objects: undefined, rest: text };
  const objects = text.slice(0, colon).split(",");
  if (objects.includes("")) throw new UsageError(`Invalid object list in <${text}>`);
  return { objects, rest: text.slice(colon + 1) };
}

function integers(text: string | undefined, what: string): number[] {
  return (text ?? "").split(",").map((part) => {
    if (!/^\d+$/.test(part)) throw new UsageError(`compression parameter not digit in <${what}>`);
    return Number(part);
  });
}

/** The one parameter list that a filter takes, as numbers. */
function counted(text: string | undefined, what: string, count: number): number[] {
  const values = integers(text, what);
  if (values.length !== count) throw new UsageError(`invalid number of parameters in <${what}>`);
  return values;
}

/** @throws UsageError for a filter that there is not, or wrong parameters. */
export function parseFilter(text: string): FilterSpec {
  const { objects, rest } = splitObjects(text);
  const equals = rest.indexOf("=");
  const name = equals < 0 ? rest : rest.slice(0, equals);
  const parameters = equals < 0 ? undefined : rest.slice(equals + 1);
  return { objects, value: filterOf(name, parameters, text) };
}

function filterOf(name: string, parameters: string | undefined, text: string): FilterDescription | undefined {
  if (parameters !== undefined && ["NONE", "SHUF", "FLET", "NBIT"].includes(name)) {
    throw new UsageError(`extra parameter in ${name} <${text}>`);
  }
  const list = h5p.create(h5p.DATASET_CREATE);
  switch (name) {
    case "NONE":
      return undefined;
    case "GZIP": {
      const [level = 0] = counted(parameters, text, 1);
      if (level > 9) throw new UsageError(`invalid compression parameter in <${text}>`);
      list.setDeflate(level);
      break;
    }
    case "SZIP": {
      const [pixels = "", coding] = (parameters ?? "").split(",");
      const mask = coding === "NN" ? h5z.SZIP_NN_OPTION_MASK : coding === "EC" ? h5z.SZIP_EC_OPTION_MASK : undefined;
      if (mask === undefined) throw new UsageError(`szip mask must be 'NN' or 'EC' in <${text}>`);
      const [count = 0] = counted(pixels, text, 1);
      if (count % 2 !== 0 || count < 2 || count > 32) throw new UsageError(`pixels_per_block is wrong in <${text}>`);
      list.setSzip(mask, count);
      break;
    }
    case "SHUF":
      list.setShuffle();
      break;
    case "FLET":
      list.setFletcher32();
      break;
    case "NBIT":
      list.setNbit();
      break;
    case "SOFF": {
      const [factor = "", type] = (parameters ?? "").split(",");
      if (type !== "IN" && type !== "DS") throw new UsageError(`scale type must be 'IN' or 'DS' in <${text}>`);
      const [count = 0] = counted(factor, text, 1);
      list.setScaleoffset(type === "IN" ? h5z.SO_INT : h5z.SO_FLOAT_DSCALE, count);
      break;
    }
    case "UD": {
      const [id = 0, flag = 0, valueCount, ...values] = integers(parameters, text);
      if (valueCount !== values.length) throw new UsageError(`incorrect number of values in <${text}>`);
      list.setFilter(id, flag === 1 ? h5z.FLAG_OPTIONAL : h5z.FLAG_MANDATORY, values);
      break;
    }
    default:
      throw new UsageError(`invalid filter type in <${text}>`);
  }
  return list.values().filters[0];
}

/** @throws UsageError for a layout that there is not, or wrong parameters. */
export function parseLayout(text: string): LayoutSpec {
  const { objects, rest } = splitObjects(text);
  if (rest === "COMPA") return { objects, value: { kind: "compact" } };
  if (rest === "CONTI") return { objects, value: { kind: "contiguous" } };
  const [name, dims] = rest.split("=");
  if (name !== "CHUNK" || dims === undefined) throw new UsageError(`in parse layout: unknown layout in <${text}>`);
  if (dims === "NONE") return { objects, value: { kind: "contiguous" } };
  const chunkDims = dims.split("x").map((dim) => {
    if (!/^\d+$/.test(dim) || Number(dim) === 0)
      throw new UsageError(`in parse layout, invalid chunk size in <${text}>`);
    return Number(dim);
  });
  return { objects, value: { kind: "chunked", chunkDims } };
}
