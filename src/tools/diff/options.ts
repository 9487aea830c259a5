/** The command line of `h5ts diff`. Reference implementation: h5diff_common.c. */
import { driverNamed, type ToolDriver } from "../driver-choice.ts";
import { OptionReader, type OptionTable, type ReadOption, UsageError } from "../option-reader.ts";

export interface DiffOptions {
  request: "diff" | "help" | "version";
  file1: string;
  file2: string;
  object1: string | undefined;
  object2: string | undefined;
  report: boolean;
  verbose: boolean;
  /** 0 to 3. */
  verboseLevel: number;
  quiet: boolean;
  listNotComparable: boolean;
  /** Whether a NaN is equal to a NaN. */
  nansAreEqual: boolean;
  delta: number | undefined;
  relative: number | undefined;
  systemEpsilon: boolean;
  /** Differences in an object after which comparing ends. */
  count: number | undefined;
  followLinks: boolean;
  noDanglingLinks: boolean;
  readonly excludedPaths: string[];
  readonly excludedAttributes: string[];
  driver1: ToolDriver | undefined;
  driver2: ToolDriver | undefined;
}

const TABLE: OptionTable = {
  letters: "hVrv*qn:d:p:NcE#F:A:",
  words: {
    help: "h",
    version: "V",
    report: "r",
    verbose: "v",
    quiet: "q",
    count: "n",
    delta: "d",
    relative: "p",
    nan: "N",
    compare: "c",
    "use-system-epsilon": "e",
    "follow-symlinks": "l",
    "no-dangling-links": "x",
    "exclude-path": "F",
    "exclude-attribute": "A",
    "enable-error-stack": "E",
    "page-buffer-size": "K:",
    "vol-value-1": "1:",
    "vol-name-1": "2:",
    "vol-info-1": "3:",
    "vol-value-2": "4:",
    "vol-name-2": "5:",
    "vol-info-2": "6:",
    "vfd-value-1": "7:",
    "vfd-name-1": "8:",
    "vfd-info-1": "9:",
    "vfd-value-2": "0:",
    "vfd-name-2": "!:",
    "vfd-info-2": "@:",
  },
};

const EXCLUSIVE =
  "-d, -p and --use-system-epsilon options are mutually-exclusive;\nuse no more than one.\n" +
  "Try '-h' or '--help' option for more information or see the h5diff entry in the 'HDF5 Reference Manual'.";

/** A value that an option does not take; told on standard output, as h5diff does it. */
export class RefusedValue extends UsageError {}

/** Options that go together with no other of their kind; told on standard output. */
export class ExclusiveOptions extends Error {}

/** @throws UsageError for what h5diff refuses. */
export function parseDiffOptions(words: readonly string[]): DiffOptions {
  return new DiffParser().parse(words);
}

class DiffParser {
  private readonly options: DiffOptions = {
    request: "diff",
    file1: "",
    file2: "",
    object1: undefined,
    object2: undefined,
    report: false,
    verbose: false,
    verboseLevel: 0,
    quiet: false,
    listNotComparable: false,
    nansAreEqual: true,
    delta: undefined,
    relative: undefined,
    systemEpsilon: false,
    count: undefined,
    followLinks: false,
    noDanglingLinks: false,
    excludedPaths: [],
    excludedAttributes: [],
    driver1: undefined,
    driver2: undefined,
  };
  private readonly drivers = new Map<string, string>();

  parse(words: readonly string[]): DiffOptions {
    const { options } = this;
    const reader = new OptionReader(attachedLevels(words), TABLE);
    for (let option = reader.next(); option !== undefined; option = reader.next()) {
      this.read(option);
      if (options.request !== "diff") return options;
    }
    const [file1, file2, object1, object2 = object1] = reader.rest();
    if (file1 === undefined || file2 === undefined) throw new UsageError("missing file names");
    Object.assign(options, { file1, file2, object1, object2 });
    options.driver1 = driverNamed(this.drivers.get("8"), this.drivers.get("9"));
    options.driver2 = driverNamed(this.drivers.get("!"), this.drivers.get("@"));
    const tolerances = [options.delta !== undefined, options.relative !== undefined, options.systemEpsilon];
    if (tolerances.filter(Boolean).length > 1) throw new ExclusiveOptions(EXCLUSIVE);
    return options;
  }

  private read({ letter, argument = "" }: ReadOption): void {
    const { options } = this;
    switch (letter) {
      case "h":
      case "V":
        options.request = letter === "h" ? "help" : "version";
        break;
      case "r":
        options.report = true;
        break;
      case "v":
        // The first one decides on the level.
        if (!options.verbose) options.verboseLevel = Number.parseInt(argument, 10) || 0;
        options.verbose = true;
        break;
      case "q":
        options.quiet = true;
        break;
      case "c":
        options.listNotComparable = true;
        break;
      case "N":
        options.nansAreEqual = false;
        break;
      case "d":
        options.delta = tolerance(argument, letter);
        break;
      case "p":
        options.relative = tolerance(argument, letter);
        break;
      case "n":
        options.count = differenceCount(argument);
        break;
      default:
        this.readWord(letter, argument);
    }
  }

  private readWord(letter: string, argument: string): void {
    const { options } = this;
    switch (letter) {
      case "e":
        options.systemEpsilon = true;
        break;
      case "l":
        options.followLinks = true;
        break;
      case "x":
        options.noDanglingLinks = true;
        break;
      case "F":
        options.excludedPaths.push(argument);
        break;
      case "A":
        options.excludedAttributes.push(argument);
        break;
      default:
        this.drivers.set(letter, argument);
    }
  }
}

/** The level of `-v` is in the same word or not given. */
function attachedLevels(words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const level = /^-v(\d)$/.exec(word)?.[1];
    if (level !== undefined) return [`--verbose=${level}`];
    return word === "-v" ? ["--verbose"] : [word];
  });
}

/** A number as C's `atof` takes it, not less than zero; hexadecimal is refused. Zero means that values must be equal. */
function tolerance(text: string, letter: string): number | undefined {
  const value = Number.parseFloat(text) || 0;
  if (value < 0 || /^0x/i.test(text)) throw new RefusedValue(`<-${letter} ${text}> is not a valid option`);
  return value === 0 ? undefined : value;
}

function differenceCount(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) === 0) throw new RefusedValue(`<-n ${text}> is not a valid option`);
  return Number(text);
}
