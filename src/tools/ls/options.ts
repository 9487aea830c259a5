/** The command line of `h5ts ls`. Reference implementation: `main` in h5ls.c. */
import { driverNamed, type ToolDriver } from "../driver-choice.ts";
import { UsageError } from "../option-reader.ts";

export interface ListOptions {
  files: readonly string[];
  /** Whether verbose listings tell where raw data lies. */
  addresses: boolean;
  data: boolean;
  fullNames: boolean;
  groupItself: boolean;
  labels: boolean;
  recursive: boolean;
  simple: boolean;
  strings: boolean;
  hexadecimal: boolean;
  followSoftLinks: boolean;
  followExternalLinks: boolean;
  refuseDanglingLinks: boolean;
  verbosity: number;
  /** Columns of data lines; 0 for one element a line. */
  columns: number;
  /** Undefined to find out. */
  driver: ToolDriver | undefined;
  request: "list" | "help" | "version";
}

type Switch = (options: ListOptions) => void;

const LETTERS: Readonly<Record<string, Switch>> = {
  "?": (options) => {
    options.request = "help";
  },
  h: (options) => {
    options.request = "help";
  },
  a: (options) => {
    options.addresses = true;
  },
  d: (options) => {
    options.data = true;
  },
  e: () => {},
  E: (options) => {
    options.followExternalLinks = true;
  },
  f: (options) => {
    options.fullNames = true;
  },
  g: (options) => {
    options.groupItself = true;
  },
  l: (options) => {
    options.labels = true;
  },
  r: (options) => {
    options.recursive = true;
    options.fullNames = true;
  },
  S: (options) => {
    options.simple = true;
  },
  s: (options) => {
    options.strings = true;
  },
  v: (options) => {
    options.verbosity++;
  },
  V: (options) => {
    options.request = "version";
  },
  x: (options) => {
    options.hexadecimal = true;
  },
};

const WORDS: Readonly<Record<string, string>> = {
  "--help": "h",
  "--address": "a",
  "--data": "d",
  "--enable-error-stack": "e",
  "--errors": "e",
  "--external": "E",
  "--full": "f",
  "--group": "g",
  "--label": "l",
  "--recursive": "r",
  "--simple": "S",
  "--string": "s",
  "--verbose": "v",
  "--version": "V",
  "--hexdump": "x",
};

/** Options with a value behind "=" that change nothing here. */
const IGNORED = ["--vol-value=", "--vol-name=", "--vol-info=", "--vfd-value=", "--page-buffer-size="];

function columnsOf(text: string): number {
  if (!/^\s*\d+$/.test(text)) throw new UsageError(`not a width: ${text}`);
  return Number(text);
}

/** @throws UsageError for what h5ls refuses. */
export function parseListOptions(words: readonly string[]): ListOptions {
  const options: ListOptions = {
    files: [],
    addresses: false,
    data: false,
    fullNames: false,
    groupItself: false,
    labels: false,
    recursive: false,
    simple: false,
    strings: false,
    hexadecimal: false,
    followSoftLinks: false,
    followExternalLinks: false,
    refuseDanglingLinks: false,
    verbosity: 0,
    columns: 80,
    driver: undefined,
    request: "list",
  };
  const driver: DriverWords = {};
  let i = 0;
  for (; i < words.length && (words[i] as string).startsWith("-"); i++) {
    const word = words[i] as string;
    if (word === "--") {
      i++;
      break;
    }
    if (word === "--width" || word === "-w") {
      const value = words[++i];
      if (value === undefined) throw new UsageError("a width is missing");
      options.columns = columnsOf(value);
    } else if (!applyDriverWord(driver, word)) applyWord(options, word);
    if (options.request !== "list") return options;
  }
  options.driver = driverNamed(driver.name, driver.info);
  options.files = words.slice(i);
  if (options.files.length === 0) throw new UsageError("missing file name");
  if (options.recursive && options.groupItself) {
    throw new UsageError("'recursive' option not compatible with 'group info' option!");
  }
  if (options.refuseDanglingLinks && !options.followSoftLinks) {
    throw new UsageError("--no-dangling-links must be used along with --follow-symlinks option!");
  }
  return options;
}

/** What was said of the file driver. */
interface DriverWords {
  name?: string;
  info?: string;
}

/** @returns whether the word was about the driver. */
function applyDriverWord(driver: DriverWords, word: string): boolean {
  const value = word.slice(word.indexOf("=") + 1);
  if (/^--vfd(-name)?=/.test(word)) driver.name = value;
  else if (word.startsWith("--vfd-info=")) driver.info = value;
  else return false;
  return true;
}

function applyWord(options: ListOptions, word: string): void {
  const letter = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (letter !== undefined) LETTERS[letter]?.(options);
  else if (word === "--follow-symlinks") options.followSoftLinks = true;
  else if (word === "--no-dangling-links") options.refuseDanglingLinks = true;
  else if (word.startsWith("--width=")) options.columns = columnsOf(word.slice(8));
  else if (word.startsWith("-w")) options.columns = columnsOf(word.slice(2));
  else if (word.startsWith("--")) {
    if (!IGNORED.some((prefix) => word.startsWith(prefix))) throw new UsageError(`Unknown argument: ${word}`);
  } else {
    for (const each of word.slice(1)) {
      const apply = Object.hasOwn(LETTERS, each) ? LETTERS[each] : undefined;
      if (apply === undefined) throw new UsageError(`Unknown argument: -${each}`);
      apply(options);
    }
  }
}
