/** The command line of `h5ts copy`. Reference implementation: h5copy.c. */
import type { CopyOptions } from "../../engine/copy-options.ts";
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";

export interface CopyCommand {
  readonly request: "copy" | "help" | "version";
  readonly input: string;
  readonly output: string;
  readonly source: string;
  readonly destination: string;
  readonly parents: boolean;
  readonly verbose: boolean;
  /** The flag that was given last. */
  readonly flag: string | undefined;
  readonly copy: CopyOptions;
}

const TABLE: OptionTable = {
  letters: "d:f:hi:o:ps:vVE#",
  words: {
    destination: "d",
    flag: "f",
    help: "h",
    input: "i",
    output: "o",
    parents: "p",
    source: "s",
    verbose: "v",
    version: "V",
    "enable-error-stack": "E",
  },
};

const FLAGS: Readonly<Record<string, CopyOptions>> = {
  shallow: { shallow: true },
  soft: { expandSoftLinks: true },
  ext: { expandExternalLinks: true },
  ref: { expandReferences: true },
  noattr: { withoutAttributes: true },
  merge: { mergeCommittedTypes: {} },
  nullmsg: {},
  allflags: {
    shallow: true,
    expandSoftLinks: true,
    expandExternalLinks: true,
    expandReferences: true,
    withoutAttributes: true,
  },
};

const NAMES = [
  ["input", "Input file name missing"],
  ["output", "Output file name missing"],
  ["source", "Source object name missing"],
  ["destination", "Destination object name missing"],
] as const;

/** @throws UsageError for what h5copy refuses. */
export function parseCopyOptions(words: readonly string[]): CopyCommand {
  const names: Partial<Record<(typeof NAMES)[number][0], string>> = {};
  let parents = false;
  let verbose = false;
  let flag: string | undefined;
  let copy: CopyOptions = {};
  const command = (request: CopyCommand["request"]): CopyCommand => {
    const { input = "", output = "", source = "", destination = "" } = names;
    return { request, input, output, source, destination, parents, verbose, flag, copy };
  };
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const { letter, argument = "" } = option;
    if (letter === "h" || letter === "V") return command(letter === "h" ? "help" : "version");
    if (letter === "i") names.input = argument;
    else if (letter === "o") names.output = argument;
    else if (letter === "s") names.source = argument;
    else if (letter === "d") names.destination = argument;
    else if (letter === "p") parents = true;
    else if (letter === "v") verbose = true;
    else if (letter === "f") {
      const meaning = Object.hasOwn(FLAGS, argument) ? FLAGS[argument] : undefined;
      if (meaning === undefined) throw new UsageError("Error in input flag");
      copy = { ...copy, ...meaning };
      flag = argument;
    }
  }
  for (const [name, problem] of NAMES) if (names[name] === undefined) throw new UsageError(problem);
  return command("copy");
}
