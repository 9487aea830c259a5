/**
 * What h5dump tells of a dataset whose data it writes to another file (`h5dump -p -d PATH -o FILE -b`): its datatype,
 * dataspace, layout, filters, and which part of it was written.
 */
import { UNLIMITED } from "../../base/address.ts";
import * as h5t from "../../lowlevel/h5t.ts";
import type { TypeID } from "../../lowlevel/type-id.ts";
import { UsageError } from "../option-reader.ts";
import { HOST_ORDER, type ImportSpec, type NamedFilter, type NumberFormat, stringType, typeOfNumbers } from "./spec.ts";

/** A word, or what stands in brackets. */
type Item = string | readonly Item[];

export function isDump(text: string): boolean {
  return /^\s*HDF5\s/.test(text);
}

/** @throws UsageError for what is no such description, and for datatypes that cannot be imported. */
export function describeDump(text: string): ImportSpec {
  const items = parseItems(text);
  const properties = nestedIn(items.at(-1));
  const at = properties.indexOf("DATASET");
  const path = properties[at + 1];
  if (at < 0 || typeof path !== "string") throw new UsageError("the description names no dataset");
  return new DumpReader(path, nestedIn(properties[at + 2])).spec();
}

const TOKEN = /"((?:[^"\\]|\\.)*)"|[{}()]|[^\s{}(),;"]+/gs;

/** All up to the data, which is not looked at. */
function parseItems(text: string): readonly Item[] {
  const open: Item[][] = [[]];
  const top = (): Item[] => open.at(-1) as Item[];
  const close = (): void => {
    const closed = open.pop() as Item[];
    if (open.length > 0) top().push(closed);
  };
  for (const [word, quoted] of text.matchAll(TOKEN)) {
    if (quoted !== undefined) top().push(quoted);
    else if (word === "{" || word === "(") open.push([]);
    else if (word === "}" || word === ")") close();
    else if (word === "DATA") break;
    else top().push(word);
    if (open.length === 0) throw new UsageError("the description has a bracket too many");
  }
  while (open.length > 1) close();
  return top();
}

function nestedIn(item: Item | undefined): readonly Item[] {
  return item === undefined || typeof item === "string" ? [] : item;
}

const PADDINGS: Readonly<Record<string, number>> = {
  H5T_STR_NULLTERM: h5t.STR_NULLTERM,
  H5T_STR_NULLPAD: h5t.STR_NULLPAD,
  H5T_STR_SPACEPAD: h5t.STR_SPACEPAD,
};

class DumpReader {
  private readonly path: string;
  private readonly properties: readonly Item[];

  constructor(path: string, properties: readonly Item[]) {
    this.path = path.startsWith("/") ? path : `/${path}`;
    this.properties = properties;
  }

  spec(): ImportSpec {
    const type = this.word("DATATYPE");
    const stored = this.extent();
    const isPart = this.properties.includes("SUBSET");
    const dims = isPart ? this.partDims() : stored.dims;
    const chunkDims = this.chunkDims();
    const growing = chunkDims !== undefined && (!isPart || stored.maxDims.includes(UNLIMITED));
    const maxDims = growing ? stored.maxDims : dims;
    const dataset = {
      path: this.path,
      dims,
      maxDims,
      // Of a part that cannot grow, a chunk may not be larger than it.
      chunkDims: chunkDims?.map((size, d) => Math.min(size, maxDims[d] ?? size)),
      filters: chunkDims === undefined ? [] : this.filters(),
    };
    if (type === "H5T_STRING") return { ...dataset, kind: "strings", form: "quoted", type: this.stringType() };
    const output = numberFormat(type);
    // What `-b FILE` and `-b BE` wrote is told nowhere.
    const input: NumberFormat = { ...output, order: HOST_ORDER };
    return { ...dataset, kind: "numbers", form: "binary", input, output };
  }

  private word(keyword: string): string {
    const word = this.properties[this.properties.indexOf(keyword) + 1];
    if (!this.properties.includes(keyword) || typeof word !== "string") throw new UsageError(`${keyword} is missing`);
    return word;
  }

  /** What stands in the brackets behind a keyword, and the words between. */
  private block(keyword: string): readonly Item[] {
    const at = this.properties.indexOf(keyword);
    return at < 0 ? [] : nestedIn(this.properties.slice(at + 1).find((item) => typeof item !== "string"));
  }

  private extent(): { readonly dims: readonly number[]; readonly maxDims: readonly number[] } {
    const kind = this.word("DATASPACE");
    if (kind === "SCALAR") return { dims: [], maxDims: [] };
    if (kind !== "SIMPLE") throw new UsageError(`no data to import: DATASPACE ${kind}`);
    const [dims, , maxDims] = this.block("DATASPACE");
    return { dims: sizesIn(dims), maxDims: sizesIn(maxDims ?? dims) };
  }

  private partDims(): number[] {
    const block = this.block("SUBSET");
    const sizes = (name: string): number[] => sizesIn(block[block.indexOf(name) + 1]);
    const count = sizes("COUNT");
    return block.includes("BLOCK") ? sizes("BLOCK").map((size, d) => size * (count[d] ?? 1)) : count;
  }

  private chunkDims(): number[] | undefined {
    const [kind, dims] = this.block("STORAGE_LAYOUT");
    return kind === "CHUNKED" ? sizesIn(dims) : undefined;
  }

  /** Those that need nothing but what is printed; data that other filters went over is stored without them. */
  private filters(): NamedFilter[] {
    const block = this.block("FILTERS");
    return block.flatMap((item, i): NamedFilter[] => {
      if (item === "SHUFFLE") return [{ name: "shuffle" }];
      if (item === "FLETCHER32") return [{ name: "fletcher32" }];
      if (item === "NBIT") return [{ name: "nbit" }];
      return item === "DEFLATE" ? [{ name: "deflate", level: Number(nestedIn(block[i + 1])[1]) }] : [];
    });
  }

  private stringType(): TypeID {
    const block = this.block("DATATYPE");
    const value = (name: string): string => String(block[block.indexOf(name) + 1]);
    const size = value("STRSIZE");
    return stringType({
      size: size === "H5T_VARIABLE" ? h5t.VARIABLE : (sizesIn([size])[0] ?? 0),
      padding: PADDINGS[value("STRPAD")] ?? h5t.STR_NULLTERM,
      isUtf8: value("CSET") === "H5T_CSET_UTF8",
    });
  }
}

function sizesIn(item: Item | undefined): number[] {
  return nestedIn(item).map((word) => {
    const size = word === "H5S_UNLIMITED" ? UNLIMITED : Number(word);
    if (!Number.isSafeInteger(size) && size !== UNLIMITED) throw new UsageError(`not a size: ${word}`);
    return size;
  });
}

/** @throws UsageError for a datatype that is no plain number. */
function numberFormat(name: string): NumberFormat {
  const [, kind, bits, order] = /^H5T_(STD_I|STD_U|IEEE_F)(8|16|32|64)(BE|LE)$/.exec(name) ?? [];
  const numberClass = kind === "STD_I" ? "integer" : kind === "STD_U" ? "unsigned" : "float";
  const format: NumberFormat = { numberClass, bits: Number(bits), order: order === "BE" ? "BE" : "LE" };
  if (typeOfNumbers(format) === undefined) throw new UsageError(`datatype that cannot be imported: ${name}`);
  return format;
}
