/** The command line of `h5ts map`. */
import { OptionReader, type OptionTable, type ReadOption, UsageError } from "../option-reader.ts";

export interface MapOptions {
  summaryOnly: boolean;
  messages: boolean;
  json: boolean;
  /** Path of the picture. */
  svg: string | undefined;
  /** Bytes without an owner count as a problem. */
  check: boolean;
  file: string | undefined;
  request: "map" | "help" | "version";
}

const TABLE: OptionTable = {
  letters: "chjmo:sV",
  words: { summary: "s", messages: "m", json: "j", svg: "o:", check: "c", help: "h", version: "V" },
};

/** @throws UsageError for an unknown option, or more than one file; a missing file is not among it. */
export function parseMapOptions(words: readonly string[]): MapOptions {
  const options: MapOptions = {
    summaryOnly: false,
    messages: false,
    json: false,
    svg: undefined,
    check: false,
    file: undefined,
    request: "map",
  };
  const files: string[] = [];
  // Options may stand behind the file as well.
  for (let rest = words; rest.length > 0; ) {
    const reader = new OptionReader(rest, TABLE);
    for (let option = reader.next(); option !== undefined; option = reader.next()) take(option, options);
    const [file, ...more] = reader.rest();
    if (file !== undefined) files.push(file);
    rest = more;
  }
  if (files.length > 1 && options.request === "map") throw new UsageError("more than one file");
  options.file = files[0];
  return options;
}

function take({ letter, argument }: ReadOption, options: MapOptions): void {
  if (letter === "s") options.summaryOnly = true;
  else if (letter === "m") options.messages = true;
  else if (letter === "j") options.json = true;
  else if (letter === "o") options.svg = argument;
  else if (letter === "c") options.check = true;
  else if (letter === "h") options.request = "help";
  else if (letter === "V") options.request = "version";
}
