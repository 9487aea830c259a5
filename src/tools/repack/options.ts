/** The command line of `h5ts repack`. Reference implementation: h5repack_main.c. */
import type { FileSpaceOptions, SpaceAccess } from "../../engine/space/file-space.ts";
import type { FileSpaceStrategy } from "../../format/file-space-info.ts";
import { isAtLeast, LIBRARY_VERSIONS, type LibraryVersion, laterVersion } from "../../format/library-version.ts";
import { MESSAGE } from "../../format/message-types.ts";
import { driverNamed, type ToolDriver } from "../driver-choice.ts";
import { OptionReader, type OptionTable, type ReadOption, UsageError } from "../option-reader.ts";
import { type FilterSpec, type LayoutSpec, parseFilter, parseLayout } from "./storage-specs.ts";

export interface RepackOptions {
  request: "repack" | "help" | "version";
  input: string;
  output: string;
  verbose: boolean;
  native: boolean;
  lowBound: LibraryVersion;
  highBound: LibraryVersion;
  merge: boolean;
  prune: boolean;
  /** Bytes below which datasets stay as they are. */
  minimum: number;
  userBlockFile: string | undefined;
  userBlockBytes: number | undefined;
  sortBy: "name" | "creation order";
  descending: boolean;
  /** Of the input; undefined to find out. */
  driver: ToolDriver | undefined;
  readonly filters: FilterSpec[];
  readonly layouts: LayoutSpec[];
  /** What is given of them; the rest is as in the input. */
  fileSpace: FileSpaceOptions;
  space: SpaceAccess;
  /** Links beyond which groups of the new format go dense, and below which they go back; undefined as in the input. */
  maximumCompact: number | undefined;
  minimumDense: number | undefined;
  /** Bytes from which messages of the types in the flags are shared. */
  readonly sharedMessages: { messageTypeFlags: number; minimumMessageSize: number }[];
}

const TABLE: OptionTable = {
  letters: "a:b:c:d:e:f:hi:j:k:l:m:no:q:s:t:u:v#z:E#G:LM:P:S:T:VXWY:",
  words: {
    alignment: "a",
    block: "b",
    compact: "c",
    indexed: "d",
    file: "e",
    filter: "f",
    help: "h",
    infile: "i",
    low: "j",
    high: "k",
    layout: "l",
    minimum: "m",
    native: "n",
    outfile: "o",
    sort_by: "q",
    ssize: "s",
    threshold: "t",
    ublock: "u",
    verbose: "v",
    sort_order: "z",
    "enable-error-stack": "E",
    fs_pagesize: "G",
    latest: "L",
    metadata_block_size: "M",
    fs_persist: "P",
    fs_strategy: "S",
    fs_threshold: "T",
    version: "V",
    merge: "X",
    prune: "W",
    "page-buffer-size": "Y",
    "src-vol-value": "1:",
    "src-vol-name": "2:",
    "src-vol-info": "3:",
    "dst-vol-value": "4:",
    "dst-vol-name": "5:",
    "dst-vol-info": "6:",
    "src-vfd-value": "7:",
    "src-vfd-name": "8:",
    "src-vfd-info": "9:",
    "dst-vfd-value": "0:",
    "dst-vfd-name": "!:",
    "dst-vfd-info": "@:",
  },
};

/** What "latest" is worth as the low bound: the newest format that all libraries since 1.10 read. */
const LATEST_LOW: LibraryVersion = "v110";
const NEWEST: LibraryVersion = "v200";

/** Reads files that name further options; they are one line of a `-e` file each. */
export type ReadText = (path: string) => string;

/** @throws UsageError for what h5repack refuses. */
export function parseRepackOptions(words: readonly string[], readText: ReadText): RepackOptions {
  const parser = new RepackParser(readText);
  return parser.parse(words);
}

class RepackParser {
  private readonly readText: ReadText;
  private readonly options: RepackOptions = {
    request: "repack",
    input: "",
    output: "",
    verbose: false,
    native: false,
    lowBound: "earliest",
    highBound: NEWEST,
    merge: false,
    prune: false,
    minimum: 0,
    userBlockFile: undefined,
    userBlockBytes: undefined,
    sortBy: "creation order",
    descending: false,
    driver: undefined,
    filters: [],
    layouts: [],
    fileSpace: {},
    space: {},
    maximumCompact: undefined,
    minimumDense: undefined,
    sharedMessages: [],
  };
  private latest = false;
  private driverName: string | undefined;
  private driverInfo: string | undefined;

  constructor(readText: ReadText) {
    this.readText = readText;
  }

  parse(words: readonly string[]): RepackOptions {
    const { options } = this;
    const reader = new OptionReader(words, TABLE);
    for (let option = reader.next(); option !== undefined; option = reader.next()) {
      this.read(option);
      if (options.request !== "repack") return options;
    }
    const [input = options.input, output = options.output, ...rest] = reader.rest();
    if (rest.length > 0) throw new UsageError("too many file names");
    if (reader.rest().length === 0 && (options.input === "" || options.output === "")) {
      throw new UsageError("file names missing");
    }
    if (reader.rest().length === 1) throw new UsageError("file names missing");
    options.input = input;
    options.output = output;
    this.finish();
    return options;
  }

  private read({ letter, argument = "" }: ReadOption): void {
    const { options } = this;
    switch (letter) {
      case "h":
      case "V":
        options.request = letter === "h" ? "help" : "version";
        break;
      case "i":
        options.input = argument;
        break;
      case "o":
        options.output = argument;
        break;
      case "v":
        options.verbose = true;
        break;
      case "n":
        options.native = true;
        break;
      case "f":
        options.filters.push(parseFilter(argument));
        break;
      case "l":
        options.layouts.push(parseLayout(argument));
        break;
      case "e":
        this.readOptionFile(argument);
        break;
      case "X":
        options.merge = true;
        break;
      case "W":
        options.prune = true;
        break;
      default:
        this.readFileOption(letter, argument);
    }
  }

  private readFileOption(letter: string, argument: string): void {
    const { options } = this;
    switch (letter) {
      case "L":
        this.latest = true;
        break;
      case "j":
        options.lowBound = boundNamed(argument) ?? LATEST_LOW;
        break;
      case "k":
        options.highBound = boundNamed(argument) ?? NEWEST;
        break;
      case "m":
        options.minimum = positive(argument, "minimum compress size");
        break;
      case "u":
        options.userBlockFile = argument;
        break;
      case "b":
        options.userBlockBytes = userBlock(argument);
        break;
      case "q":
        if (argument !== "name" && argument !== "creation_order") throw new UsageError(`invalid sort by <${argument}>`);
        options.sortBy = argument === "name" ? "name" : "creation order";
        break;
      case "z":
        if (argument !== "ascending" && argument !== "descending")
          throw new UsageError(`invalid sort order <${argument}>`);
        options.descending = argument === "descending";
        break;
      case "8":
        this.driverName = argument;
        break;
      case "9":
        this.driverInfo = argument;
        break;
      default:
        this.readSpaceOption(letter, argument);
    }
  }

  private readSpaceOption(letter: string, argument: string): void {
    const { options } = this;
    switch (letter) {
      case "S":
        options.fileSpace = { ...options.fileSpace, strategy: strategyNamed(argument) };
        break;
      case "P":
        options.fileSpace = { ...options.fileSpace, persist: Number.parseInt(argument, 10) === 1 };
        break;
      case "T":
        options.fileSpace = { ...options.fileSpace, threshold: positive(argument, "free-space threshold") };
        break;
      case "G":
        options.fileSpace = { ...options.fileSpace, pageSize: positive(argument, "file space page size") };
        break;
      case "t":
        options.space = { ...options.space, alignmentThreshold: wholeNumber(argument, "threshold") };
        break;
      case "a":
        options.space = { ...options.space, alignment: positive(argument, "alignment") };
        break;
      case "M":
        options.space = { ...options.space, metaBlockBytes: wholeNumber(argument, "metadata block size") };
        break;
      case "c":
        options.maximumCompact = linkCount(argument, "maximum number of compact links");
        break;
      case "d":
        options.minimumDense = linkCount(argument, "minimum number of indexed links");
        break;
      case "s":
        options.sharedMessages.push(sharedMessages(argument));
        break;
      default:
    }
  }

  private finish(): void {
    const { options } = this;
    const { highBound, maximumCompact, minimumDense } = options;
    if (this.latest) options.lowBound = isAtLeast(highBound, LATEST_LOW) ? LATEST_LOW : highBound;
    if (!isAtLeast(highBound, options.lowBound) || highBound === "earliest") {
      throw new UsageError("invalid low/high bound");
    }
    options.driver = driverNamed(this.driverName, this.driverInfo);
    if (maximumCompact !== undefined || minimumDense !== undefined) this.requireNewGroups();
  }

  /** Only groups of the new format go dense: those of version 1.8 and later. */
  private requireNewGroups(): void {
    const { maximumCompact, minimumDense } = this.options;
    if (maximumCompact !== undefined && minimumDense !== undefined && minimumDense > maximumCompact) {
      throw new UsageError("minimum indexed size is greater than maximum compact size");
    }
    this.options.lowBound = laterVersion(this.options.lowBound, "v108");
  }

  /** `-f TEXT` and `-l TEXT`, one after the other. */
  private readOptionFile(path: string): void {
    const words = this.readText(path)
      .split(/\s+/)
      .filter((word) => word !== "");
    for (let i = 0; i < words.length; i += 2) {
      const argument = words[i + 1];
      if (words[i] === "-f" && argument !== undefined) this.options.filters.push(parseFilter(argument));
      else if (words[i] === "-l" && argument !== undefined) this.options.layouts.push(parseLayout(argument));
      else throw new UsageError(`bad options in file <${path}>`);
    }
  }
}

const STRATEGIES: Readonly<Record<string, FileSpaceStrategy>> = {
  FSM_AGGR: "free-space-managers",
  PAGE: "page",
  AGGR: "aggregators",
  NONE: "none",
};

function strategyNamed(name: string): FileSpaceStrategy {
  const strategy = Object.hasOwn(STRATEGIES, name) ? STRATEGIES[name] : undefined;
  if (strategy === undefined) throw new UsageError(`invalid file space management strategy <${name}>`);
  return strategy;
}

const SHARED_TYPES: Readonly<Record<string, number>> = {
  dspace: MESSAGE.DATASPACE,
  dtype: MESSAGE.DATATYPE,
  fill: MESSAGE.FILL_VALUE,
  pline: MESSAGE.FILTER_PIPELINE,
  attr: MESSAGE.ATTRIBUTE,
};

/** `BYTES` or `BYTES:TYPE`. */
function sharedMessages(text: string): RepackOptions["sharedMessages"][number] {
  const [bytes = "", type] = text.split(":");
  const types = type === undefined ? Object.values(SHARED_TYPES) : [SHARED_TYPES[type]];
  let messageTypeFlags = 0;
  for (const number of types) {
    if (number === undefined) throw new UsageError(`invalid shared message type <${text}>`);
    messageTypeFlags |= 1 << number;
  }
  return { messageTypeFlags, minimumMessageSize: wholeNumber(bytes, "shared message size") };
}

/** A header stores it in two bytes. */
function linkCount(text: string, what: string): number {
  const count = wholeNumber(text, what);
  if (count > 0xffff) throw new UsageError(`invalid ${what} <${text}>`);
  return count;
}

function wholeNumber(text: string, what: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`invalid ${what} <${text}>`);
  return Number(text);
}

/** A version by its name, or by the C library's number; undefined for "latest". */
function boundNamed(text: string): LibraryVersion | undefined {
  const found = LIBRARY_VERSIONS.find((version, number) => text === version || text === `${number}`);
  if (found === undefined && text !== "latest" && text !== `${LIBRARY_VERSIONS.length}`) {
    throw new UsageError(`invalid low/high bound <${text}>`);
  }
  return found;
}

function positive(text: string, what: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new UsageError(`invalid ${what} <${text}>`);
  return Number(text);
}

function userBlock(text: string): number {
  const size = positive(text, "user block size");
  if (size < 512 || 2 ** Math.round(Math.log2(size)) !== size)
    throw new UsageError(`invalid user block size <${text}>`);
  return size;
}
