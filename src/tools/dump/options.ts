/**
 * The command line of `h5ts dump`.
 *
 * The grammar is h5dump's own, which no general parser has: letters with optional arguments that may stand in the next
 * word, subsetting options that belong to the dataset named before them. Reference implementation: `parse_command_line`
 * in h5dump.c.
 */
import type { BinaryForm } from "../data/data-session.ts";
import { parseNumberList, parseSubset, type Subset } from "../data/subset.ts";
import { driverNamed, type ToolDriver } from "../driver-choice.ts";
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";
import type { LinkOrder } from "../traverse.ts";
import type { PackedBits } from "../value-format.ts";

export type SelectionKind = "attribute" | "dataset" | "group" | "link" | "datatype" | "path";

/** An object to be dumped instead of the whole file. */
export interface Selected {
  readonly kind: SelectionKind;
  readonly path: string;
  subset?: Subset | undefined;
}

export interface DumpOptions {
  files: readonly string[];
  selected: Selected[];
  /** `undefined` prints to standard output, "" nowhere. */
  ddlFile: string | undefined;
  dataFile: string | undefined;
  attributeFile: string | undefined;
  usesOutputOption: boolean;
  binary: BinaryForm | undefined;
  showData: boolean;
  showAttributeData: boolean;
  includeAttributes: boolean;
  showIds: boolean;
  characters: boolean;
  superblock: boolean;
  properties: boolean;
  contents: boolean;
  contentsVerbosity: number;
  indices: boolean;
  escapes: boolean;
  regions: boolean;
  compactSubsets: boolean;
  packedBits: PackedBits[];
  firstMissing: boolean;
  virtualGap: number;
  floatFormat: string | undefined;
  /** 0: one element a line, lines as long as need be. */
  columns: number;
  order: LinkOrder;
  xml: boolean;
  xmlSchema: boolean;
  xmlDtdUri: string | undefined;
  xmlPrefix: string;
  /** Undefined to find out. */
  driver: ToolDriver | undefined;
  /** Whether revisions of an onion file are counted, and nothing is dumped. */
  countRevisions: boolean;
  request: "dump" | "help" | "version";
}

const TABLE: OptionTable = {
  letters: "a:b*c:d:ef:g:hik:l:m:n*o*pq:rs:t:uvw:xyz:A*BCD:E#F:G:HK:M:N:O*RS:VX:",
  words: {
    attribute: "a",
    binary: "b",
    count: "c",
    dataset: "d",
    escape: "e",
    filedriver: "f",
    group: "g",
    help: "h",
    "object-ids": "i",
    block: "k",
    "soft-link": "l",
    format: "m",
    contents: "n",
    output: "o",
    properties: "p",
    sort_by: "q",
    string: "r",
    start: "s",
    datatype: "t",
    "use-dtd": "u",
    "vds-view-first-missing": "v",
    width: "w",
    xml: "x",
    noindex: "y",
    sort_order: "z",
    onlyattr: "A",
    superblock: "B",
    "boot-block": "B",
    "no-compact-subset": "C",
    "xml-dtd": "D",
    "enable-error-stack": "E",
    form: "F",
    "vds-gap-size": "G",
    header: "H",
    "page-buffer-size": "K",
    "packed-bits": "M",
    any_path: "N",
    ddl: "O",
    region: "R",
    stride: "S",
    version: "V",
    "xml-ns": "X",
    "s3-cred": "$:",
    "hdfs-attrs": "#:",
    "vol-value": "1:",
    "vol-name": "2:",
    "vol-info": "3:",
    "vfd-value": "4:",
    "vfd-name": "5:",
    "vfd-info": "6:",
  },
};

function defaults(): DumpOptions {
  return {
    files: [],
    selected: [],
    ddlFile: undefined,
    dataFile: undefined,
    attributeFile: undefined,
    usesOutputOption: false,
    binary: undefined,
    showData: true,
    showAttributeData: true,
    includeAttributes: true,
    showIds: false,
    characters: false,
    superblock: false,
    properties: false,
    contents: false,
    contentsVerbosity: 0,
    indices: true,
    escapes: false,
    regions: false,
    compactSubsets: true,
    packedBits: [],
    firstMissing: false,
    virtualGap: 0,
    floatFormat: undefined,
    columns: 80,
    order: { by: "name", descending: false },
    xml: false,
    xmlSchema: true,
    xmlDtdUri: undefined,
    xmlPrefix: "hdf5:",
    driver: undefined,
    countRevisions: false,
    request: "dump",
  };
}

const SELECTING: Readonly<Record<string, SelectionKind>> = {
  N: "path",
  a: "attribute",
  d: "dataset",
  g: "group",
  l: "link",
  t: "datatype",
};

const SUBSETTING: Readonly<Record<string, keyof Subset>> = { s: "start", S: "stride", c: "count", k: "block" };

/** In place of a revision of the onion driver. */
const REVISION_COUNT = "revision_count";

/** C's `atoi`. */
function leadingInteger(text: string): number {
  return Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0);
}

class DumpCommandLine {
  private readonly options = defaults();
  private readonly reader: OptionReader;
  /** The dataset that subsetting options and packed bits belong to; other options end this. */
  private lastDataset: Selected | undefined;
  private driverName: string | undefined;
  private driverInfo: string | undefined;

  constructor(words: readonly string[]) {
    this.reader = new OptionReader(words, TABLE);
  }

  parse(): DumpOptions {
    const { options, reader } = this;
    for (let option = reader.next(); option !== undefined; option = reader.next()) {
      if (SUBSETTING[option.letter] !== undefined) this.subset(option.letter, option.argument ?? "");
      else if (SELECTING[option.letter] !== undefined) this.select(option.letter, option.argument ?? "");
      else this.apply(option.letter, option.argument);
      if (options.request !== "dump") return options;
    }
    options.driver = driverNamed(this.driverName, this.driverInfo);
    options.files = reader.rest();
    if (options.files.length === 0) throw new UsageError("missing file name");
    return options;
  }

  private select(letter: string, path: string): void {
    const kind = SELECTING[letter] as SelectionKind;
    const { subset, path: plain } =
      kind === "dataset" && this.options.compactSubsets ? parseSubset(path) : { subset: undefined, path };
    const selected: Selected = { kind, path: plain, subset };
    this.options.selected.push(selected);
    this.lastDataset = kind === "dataset" ? selected : undefined;
  }

  private subset(letter: string, text: string): void {
    if (this.lastDataset === undefined) throw this.misplaced(letter);
    const part = SUBSETTING[letter] as keyof Subset;
    const list = parseNumberList(text);
    this.lastDataset.subset = { ...this.lastDataset.subset, [part]: list };
    // The next option that is no part of the subset ends it.
    const following = this.reader.peekLetter();
    if (following === undefined || SUBSETTING[following] === undefined) this.lastDataset = undefined;
  }

  private misplaced(letter: string): UsageError {
    return new UsageError(`option "-${letter}" can only be used after --dataset option`);
  }

  private apply(letter: string, argument: string | undefined): void {
    const { options } = this;
    if ("nBHiwo".includes(letter) || (letter === "A" && argument === undefined)) this.lastDataset = undefined;
    switch (letter) {
      case "R":
        options.regions = true;
        break;
      case "B":
        options.superblock = true;
        break;
      case "n":
        options.contents = true;
        if (argument !== undefined) options.contentsVerbosity = leadingInteger(argument);
        break;
      case "p":
        options.properties = true;
        break;
      case "y":
        options.indices = false;
        break;
      case "e":
        options.escapes = true;
        break;
      case "H":
        options.showData = false;
        options.showAttributeData = false;
        break;
      case "A":
        if (argument !== undefined) {
          if (leadingInteger(argument) === 0) options.includeAttributes = false;
        } else {
          options.showData = false;
          options.showAttributeData = true;
        }
        break;
      case "i":
        options.showIds = true;
        break;
      case "r":
        options.characters = true;
        break;
      case "C":
        options.compactSubsets = false;
        break;
      case "h":
        options.request = "help";
        break;
      case "V":
        options.request = "version";
        break;
      case "E":
      case "K":
        break;
      default:
        this.applyOutput(letter, argument ?? "", argument);
    }
  }

  private applyOutput(letter: string, argument: string, given: string | undefined): void {
    const { options } = this;
    switch (letter) {
      case "w": {
        const columns = leadingInteger(argument);
        options.columns = columns <= 0 ? 65535 : columns;
        break;
      }
      case "m":
        options.floatFormat = argument;
        options.columns = 0;
        break;
      case "O":
        options.ddlFile = given ?? "";
        break;
      case "o":
        this.dataOutput(given ?? "");
        break;
      case "b":
        options.binary = given === undefined ? "NATIVE" : binaryForm(given);
        break;
      case "q":
        options.order = { ...options.order, by: sortKey(argument) };
        break;
      case "z":
        options.order = { ...options.order, descending: isDescending(argument) };
        break;
      case "M":
        if (this.lastDataset === undefined) throw this.misplaced("M");
        options.packedBits = parsePackedBits(argument);
        break;
      case "v":
        options.firstMissing = true;
        break;
      case "G":
        options.virtualGap = leadingInteger(argument);
        if (options.virtualGap < 0) throw new UsageError("the gap must not be negative");
        break;
      case "f":
      case "5":
        this.driverName = argument;
        break;
      case "6":
        if (argument === REVISION_COUNT) options.countRevisions = true;
        else this.driverInfo = argument;
        break;
      default:
        this.applyXml(letter, argument);
    }
  }

  private dataOutput(path: string): void {
    const { options } = this;
    options.usesOutputOption = true;
    if (options.binary !== undefined) {
      options.dataFile = path;
      return;
    }
    if (options.showAttributeData && !options.showData) options.attributeFile = path;
    if (options.showData || options.selected.length === 0) options.dataFile = path;
  }

  private applyXml(letter: string, argument: string): void {
    const { options } = this;
    switch (letter) {
      case "x":
        options.xml = true;
        options.xmlSchema = true;
        break;
      case "u":
        options.xml = true;
        options.xmlSchema = false;
        options.xmlPrefix = "";
        break;
      case "D":
        options.xmlDtdUri = argument;
        break;
      case "X":
        if (!options.xmlSchema) throw new UsageError("a namespace needs a schema");
        options.xmlPrefix = argument === ":" ? "" : argument;
        break;
      case "1":
      case "2":
      case "3":
      case "4":
        return;
      default:
        throw new UsageError(`option "-${letter}" is not available`);
    }
    options.columns = 0;
  }
}

function binaryForm(text: string): BinaryForm {
  if (text === "NATIVE" || text === "MEMORY") return "NATIVE";
  if (text === "FILE" || text === "LE" || text === "BE") return text;
  throw new UsageError(`unknown form of binary output "${text}"`);
}

function sortKey(text: string): LinkOrder["by"] {
  if (text === "name") return "name";
  if (text === "creation_order") return "creation order";
  throw new UsageError(`cannot sort by "${text}"`);
}

function isDescending(text: string): boolean {
  if (text === "ascending" || text === "descending") return text === "descending";
  throw new UsageError(`unknown sort order "${text}"`);
}

const MOST_PACKED_BITS = 8;

/** `offset,length,offset,length,...`: bits to print, at most eight pairs, within 64 bits. */
export function parsePackedBits(text: string): PackedBits[] {
  if (!/^\d+,\d+(,\d+,\d+)*$/.test(text)) throw new UsageError(`Bad mask list(${text})`);
  const numbers = text.split(",").map(Number);
  const pairs: PackedBits[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    const offset = numbers[i] as number;
    const length = numbers[i + 1] as number;
    if (offset >= 64) throw new UsageError(`Packed Bit offset value(${offset}) must be between 0 and 63`);
    if (length === 0) throw new UsageError("Packed Bit length value(0) must be positive.");
    if (offset + length > 64)
      throw new UsageError(`Packed Bit offset+length value(${offset + length}) too large. Max is 64`);
    pairs.push({ offset, length });
  }
  if (pairs.length > MOST_PACKED_BITS) throw new UsageError(`Too many masks requested (max. ${MOST_PACKED_BITS})`);
  return pairs;
}

/** @throws UsageError for what h5dump refuses. */
export function parseDumpOptions(words: readonly string[]): DumpOptions {
  return new DumpCommandLine(words).parse();
}
