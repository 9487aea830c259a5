/**
 * What keywords say of an input file: those of a configuration file, or of the command line.
 *
 * Reference implementation: h5import.c, `processConfigurationFile`, `validateConfigurationParameters`, `setDefaultValues`.
 */
import { UNLIMITED } from "../../base/address.ts";
import { UsageError } from "../option-reader.ts";
import { describeDump, isDump } from "./dump-description.ts";
import {
  HOST_ORDER,
  type ImportSpec,
  type NamedFilter,
  type NumberClass,
  type NumberFormat,
  type NumberOrder,
  typeOfNumbers,
} from "./spec.ts";

const KEYWORDS = [
  "PATH",
  "INPUT-CLASS",
  "INPUT-SIZE",
  "INPUT-BYTE-ORDER",
  "RANK",
  "DIMENSION-SIZES",
  "OUTPUT-CLASS",
  "OUTPUT-SIZE",
  "OUTPUT-ARCHITECTURE",
  "OUTPUT-BYTE-ORDER",
  "CHUNKED-DIMENSION-SIZES",
  "COMPRESSION-TYPE",
  "COMPRESSION-PARAM",
  "EXTERNAL-STORAGE",
  "MAXIMUM-DIMENSIONS",
] as const;

export type Keyword = (typeof KEYWORDS)[number];

/** The words behind each keyword. */
export type Keywords = ReadonlyMap<Keyword, readonly string[]>;

interface InputClass {
  readonly form: "text" | "binary";
  readonly numberClass: NumberClass;
}

const INPUT_CLASSES: Readonly<Record<string, InputClass>> = {
  TEXTIN: { form: "text", numberClass: "integer" },
  TEXTUIN: { form: "text", numberClass: "unsigned" },
  TEXTFP: { form: "text", numberClass: "float" },
  TEXTFPE: { form: "text", numberClass: "float" },
  IN: { form: "binary", numberClass: "integer" },
  UIN: { form: "binary", numberClass: "unsigned" },
  FP: { form: "binary", numberClass: "float" },
};

const OUTPUT_CLASSES: Readonly<Record<string, NumberClass>> = { IN: "integer", UIN: "unsigned", FP: "float" };

const MAX_RANK = 32;
const DEFAULT_LEVEL = 6;

function isKeyword(word: string): word is Keyword {
  return (KEYWORDS as readonly string[]).includes(word);
}

/**
 * Reads the text of a configuration file, which may be what h5dump tells of a dataset.
 *
 * @param number - Of the input file, from 0: names a dataset without a path.
 * @throws UsageError for what cannot be imported so.
 */
export function parseConfiguration(text: string, number: number): ImportSpec {
  return isDump(text) ? describeDump(text) : describeKeywords(readKeywords(text), number);
}

function readKeywords(text: string): Keywords {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const keywords = new Map<Keyword, string[]>();
  for (let i = 0; i < words.length; ) {
    const keyword = words[i++] as string;
    if (!isKeyword(keyword)) throw new UsageError(`unknown keyword: ${keyword}`);
    if (keywords.has(keyword)) throw new UsageError(`${keyword} keyword appears twice`);
    const values: string[] = [];
    // The first word behind a keyword is its value whatever it is: a dataset may be named RANK.
    while (i < words.length && (values.length === 0 || !isKeyword(words[i] as string)))
      values.push(words[i++] as string);
    if (values.length === 0) throw new UsageError(`${keyword} has no value`);
    keywords.set(keyword, values);
  }
  return keywords;
}

/** @throws UsageError for values that there are not, and those that do not go together. */
export function describeKeywords(keywords: Keywords, number: number): ImportSpec {
  const reader = new KeywordReader(keywords);
  const path = reader.path(number);
  if (reader.one("INPUT-CLASS") === "STR") {
    return { kind: "strings", form: "lines", type: undefined, path, dims: undefined, filters: [] };
  }
  const { form, numberClass } = reader.choice("INPUT-CLASS", INPUT_CLASSES, "FP");
  const input: NumberFormat = {
    numberClass,
    bits: reader.count("INPUT-SIZE") ?? 32,
    order: form === "binary" ? (reader.order("INPUT-BYTE-ORDER") ?? HOST_ORDER) : HOST_ORDER,
  };
  requireType("INPUT", input);
  const dims = reader.dimensions();
  return {
    kind: "numbers",
    form,
    path,
    input,
    output: reader.output(input),
    dims,
    chunkDims: reader.chunkDims(dims),
    maxDims: reader.maxDims(dims),
    filters: reader.filters(),
    external: reader.external(),
  };
}

function requireType(what: "INPUT" | "OUTPUT", format: NumberFormat): void {
  if (typeOfNumbers(format) === undefined) {
    throw new UsageError(`invalid value for ${what}-SIZE: ${format.bits} (of class ${format.numberClass})`);
  }
}

class KeywordReader {
  private readonly keywords: Keywords;

  constructor(keywords: Keywords) {
    this.keywords = keywords;
  }

  /** The one value of a keyword. */
  one(keyword: Keyword): string | undefined {
    const values = this.keywords.get(keyword);
    if (values !== undefined && values.length > 1) throw new UsageError(`${keyword} has more than one value`);
    return values?.[0];
  }

  choice<T>(keyword: Keyword, choices: Readonly<Record<string, T>>, standard: string): T {
    const value = this.one(keyword) ?? standard;
    const chosen = Object.hasOwn(choices, value) ? choices[value] : undefined;
    if (chosen === undefined) throw new UsageError(`invalid value for ${keyword}: ${value}`);
    return chosen;
  }

  count(keyword: Keyword): number | undefined {
    const value = this.one(keyword);
    return value === undefined ? undefined : wholeNumber(keyword, value);
  }

  order(keyword: Keyword): NumberOrder | undefined {
    return this.one(keyword) === undefined ? undefined : this.choice(keyword, { BE: "BE", LE: "LE" }, "BE");
  }

  /** The parts of a path may be words of their own. */
  path(number: number): string {
    const parts = (this.keywords.get("PATH") ?? [`dataset${number}`]).flatMap((word) => word.split(/[/"]/));
    const named = parts.filter((part) => part !== "");
    if (named.length === 0) throw new UsageError("PATH names no dataset");
    return `/${named.join("/")}`;
  }

  dimensions(): number[] {
    const dims = this.keywords.get("DIMENSION-SIZES")?.map((word) => wholeNumber("DIMENSION-SIZES", word));
    if (dims === undefined) throw new UsageError("DIMENSION-SIZES is missing");
    const rank = this.count("RANK") ?? dims.length;
    if (rank < 1 || rank > MAX_RANK) throw new UsageError(`invalid value for RANK: ${rank}`);
    if (dims.length !== rank) throw new UsageError(`DIMENSION-SIZES has ${dims.length} values, RANK is ${rank}`);
    return dims;
  }

  /** A value for each dimension. */
  private perDimension(
    keyword: Keyword,
    dims: readonly number[],
    read: (word: string) => number,
  ): number[] | undefined {
    const values = this.keywords.get(keyword)?.map(read);
    if (values !== undefined && values.length !== dims.length) {
      throw new UsageError(`${keyword} has ${values.length} values, DIMENSION-SIZES ${dims.length}`);
    }
    return values;
  }

  chunkDims(dims: readonly number[]): number[] | undefined {
    const keyword = "CHUNKED-DIMENSION-SIZES";
    const chunkDims = this.perDimension(keyword, dims, (word) => wholeNumber(keyword, word));
    if (chunkDims?.some((size, d) => size > (dims[d] as number))) {
      throw new UsageError(`${keyword} cannot exceed DIMENSION-SIZES`);
    }
    return chunkDims;
  }

  maxDims(dims: readonly number[]): number[] | undefined {
    const keyword = "MAXIMUM-DIMENSIONS";
    const maxDims = this.perDimension(keyword, dims, (word) =>
      word === "-1" ? UNLIMITED : wholeNumber(keyword, word),
    );
    if (maxDims?.some((size, d) => size < (dims[d] as number))) {
      throw new UsageError(`${keyword} cannot be less than DIMENSION-SIZES, except for -1: unlimited`);
    }
    if (maxDims !== undefined) this.requireChunks(keyword);
    return maxDims;
  }

  private requireChunks(keyword: Keyword): void {
    if (this.keywords.has("CHUNKED-DIMENSION-SIZES")) return;
    throw new UsageError(`${keyword} needs CHUNKED-DIMENSION-SIZES`);
  }

  filters(): NamedFilter[] {
    const isNamed = this.keywords.has("COMPRESSION-TYPE");
    if (!isNamed && !this.keywords.has("COMPRESSION-PARAM")) return [];
    this.choice("COMPRESSION-TYPE", { GZIP: true }, "GZIP");
    this.requireChunks(isNamed ? "COMPRESSION-TYPE" : "COMPRESSION-PARAM");
    const level = this.count("COMPRESSION-PARAM") ?? DEFAULT_LEVEL;
    if (level > 9) throw new UsageError(`invalid value for COMPRESSION-PARAM: ${level}`);
    return [{ name: "deflate", level }];
  }

  external(): string | undefined {
    const name = this.one("EXTERNAL-STORAGE");
    if (name !== undefined && this.keywords.has("CHUNKED-DIMENSION-SIZES")) {
      throw new UsageError("EXTERNAL-STORAGE does not go with CHUNKED-DIMENSION-SIZES");
    }
    return name;
  }

  output(input: NumberFormat): NumberFormat {
    const numberClass =
      this.one("OUTPUT-CLASS") === undefined ? input.numberClass : this.choice("OUTPUT-CLASS", OUTPUT_CLASSES, "");
    const bits = this.count("OUTPUT-SIZE") ?? input.bits;
    const architecture = this.one("OUTPUT-ARCHITECTURE") ?? "NATIVE";
    const format: NumberFormat = { numberClass, bits, order: this.outputOrder(architecture) };
    if (architecture === "STD" && numberClass === "float") {
      throw new UsageError("OUTPUT-ARCHITECTURE cannot be STD if OUTPUT-CLASS is floating point (FP)");
    }
    if (architecture === "IEEE" && numberClass !== "float") {
      throw new UsageError("OUTPUT-ARCHITECTURE cannot be IEEE if OUTPUT-CLASS is integer (IN, UIN)");
    }
    requireType("OUTPUT", format);
    return format;
  }

  private outputOrder(architecture: string): NumberOrder {
    const order = this.order("OUTPUT-BYTE-ORDER");
    switch (architecture) {
      case "NATIVE":
        return order ?? HOST_ORDER;
      case "STD":
      case "IEEE":
      case "UNIX":
        return order ?? "BE";
      case "INTEL":
      case "ALPHA":
        return "LE";
      case "MIPS":
        return "BE";
      default:
        throw new UsageError(`invalid value for OUTPUT-ARCHITECTURE: ${architecture}`);
    }
  }
}

function wholeNumber(what: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new UsageError(`invalid value for ${what}: ${text}`);
  return value;
}
