/** The command line of `h5ts import`. Reference implementation: h5import.c, `main` and `gtoken`. */
import { UsageError } from "../option-reader.ts";
import type { Keyword, Keywords } from "./configuration.ts";

/** One file to import: with a configuration file, or with options. */
export interface InputFile {
  readonly file: string;
  readonly configuration: string | undefined;
  readonly keywords: Keywords;
}

export interface ImportCommand {
  readonly request: "import" | "help" | "version";
  readonly inputs: readonly InputFile[];
  readonly output: string;
}

/** Options that belong to the input file before them, which may be shortened; their letters start them. */
const KEYWORD_OPTIONS: Readonly<Record<string, Keyword>> = {
  dims: "DIMENSION-SIZES",
  path: "PATH",
  type: "INPUT-CLASS",
  size: "INPUT-SIZE",
};
const OPTIONS = [...Object.keys(KEYWORD_OPTIONS), "config", "outfile", "help", "Version"];

interface Draft {
  readonly file: string;
  configuration: string | undefined;
  readonly keywords: Map<Keyword, readonly string[]>;
}

/** @throws UsageError for what h5import refuses. */
export function parseImportOptions(words: readonly string[]): ImportCommand {
  const inputs: Draft[] = [];
  let output: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith("-")) {
      inputs.push({ file: word, configuration: undefined, keywords: new Map() });
      continue;
    }
    const option = optionNamed(word);
    if (option === "help" || option === "Version") {
      return { request: option === "help" ? "help" : "version", inputs: [], output: "" };
    }
    const value = words[++i];
    if (value === undefined) throw new UsageError(`value expected for option "${word}"`);
    if (option === "outfile") output = value;
    else addOption(inputs.at(-1), option, value);
  }
  if (inputs.length === 0) throw new UsageError("no input file given");
  if (output === undefined) throw new UsageError("no output file given");
  for (const input of inputs) requireOne(input);
  return { request: "import", inputs, output };
}

function optionNamed(word: string): string {
  const name = word.replace(/^--?/, "");
  const option =
    name === "version" ? "Version" : OPTIONS.find((candidate) => name !== "" && candidate.startsWith(name));
  if (option === undefined) throw new UsageError(`unknown option "${word}"`);
  return option;
}

function addOption(input: Draft | undefined, option: string, value: string): void {
  if (input === undefined) throw new UsageError(`-${option} stands before an input file`);
  if (option === "config") {
    if (input.configuration !== undefined) throw new UsageError("-config appears twice for a file");
    input.configuration = value;
    return;
  }
  const keyword = KEYWORD_OPTIONS[option] as Keyword;
  if (input.keywords.has(keyword)) throw new UsageError(`-${option} appears twice for a file`);
  input.keywords.set(keyword, keyword === "DIMENSION-SIZES" ? value.split(",") : [value]);
}

function requireOne({ file, configuration, keywords }: Draft): void {
  if (configuration === undefined && keywords.size === 0) {
    throw new UsageError(`neither -config nor -dims for the input file ${file}`);
  }
  if (configuration !== undefined && keywords.size > 0) {
    throw new UsageError(`-config does not go with other options of the input file ${file}`);
  }
}
