/** The command line of `h5ts stat`. Reference implementation: `parse_command_line` in h5stat.c. */
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";

/** Parts of the output. */
export type StatPart =
  | "file"
  | "file metadata"
  | "groups"
  | "group metadata"
  | "datasets"
  | "dataset metadata"
  | "datatypes"
  | "attributes"
  | "free space"
  | "summary";

export interface StatOptions {
  /** Undefined for everything. */
  parts: Set<StatPart> | undefined;
  /** Groups of fewer links are small. */
  linkThreshold: number;
  /** One-dimensional datasets of fewer elements are small. */
  sizeThreshold: number;
  /** Objects of at most so many attributes have few. */
  attributeThreshold: number;
  /** Undefined when none was given. */
  file: string | undefined;
  request: "statistics" | "help" | "version";
}

const DEFAULT_THRESHOLD = 10;

const TABLE: OptionTable = {
  letters: "Aa:Ddm:E#FfhGgl:sSTV",
  words: {
    help: "h",
    version: "V",
    file: "f",
    filemetadata: "F",
    group: "g",
    links: "l:",
    groupmetadata: "G",
    dset: "d",
    dims: "m:",
    dsetmetadata: "D",
    dtypemetadata: "T",
    attribute: "A",
    numattrs: "a:",
    freespace: "s",
    summary: "S",
    "enable-error-stack": "E",
    "page-buffer-size": "K:",
    "s3-cred": "w:",
    "hdfs-attrs": "H:",
  },
};

const PARTS: Readonly<Record<string, StatPart>> = {
  f: "file",
  F: "file metadata",
  g: "groups",
  G: "group metadata",
  d: "datasets",
  D: "dataset metadata",
  T: "datatypes",
  A: "attributes",
  s: "free space",
  S: "summary",
};

/** Reads a number as C's `atoi` does: 0 where there is none. */
function threshold(text: string | undefined, what: string): number {
  const value = Number.parseInt(text ?? "", 10) || 0;
  if (value < 1) throw new UsageError(`Invalid threshold for ${what}`);
  return value;
}

/** @throws UsageError for what h5stat refuses; a missing file is not among it. */
export function parseStatOptions(words: readonly string[]): StatOptions {
  const options: StatOptions = {
    parts: undefined,
    linkThreshold: DEFAULT_THRESHOLD,
    sizeThreshold: DEFAULT_THRESHOLD,
    attributeThreshold: DEFAULT_THRESHOLD,
    file: undefined,
    request: "statistics",
  };
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const { letter, argument } = option;
    const part = PARTS[letter];
    if (part !== undefined) options.parts = (options.parts ?? new Set()).add(part);
    else if (letter === "l") options.linkThreshold = threshold(argument, "small groups");
    else if (letter === "m") options.sizeThreshold = threshold(argument, "small datasets");
    else if (letter === "a") options.attributeThreshold = threshold(argument, "small # of attributes");
    else if (letter === "h" || letter === "V") {
      options.request = letter === "h" ? "help" : "version";
      return options;
    }
  }
  options.file = reader.rest()[0];
  return options;
}
