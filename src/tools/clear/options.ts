/** The command line of `h5ts clear`. Reference implementation: h5clear.c. */
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";

export interface ClearCommand {
  readonly request: "clear" | "help" | "version";
  readonly file: string;
  readonly status: boolean;
  readonly image: boolean;
  readonly fileSize: boolean;
  /** Bytes; undefined when the file's end stays. */
  readonly increment: number | undefined;
}

const TABLE: OptionTable = {
  letters: "hVsmE#",
  words: { help: "h", version: "V", status: "s", image: "m", filesize: "f", increment: "i", "enable-error-stack": "E" },
};

const DEFAULT_INCREMENT = 1 << 20;

/** `--increment` takes its value behind "=" alone. */
function splitIncrement(words: readonly string[]): { readonly rest: string[]; readonly increment: number | undefined } {
  let increment: number | undefined;
  const rest = words.filter((word) => {
    const found = /^--increment(?:=(.*))?$/.exec(word);
    if (found === null) return true;
    increment = found[1] === undefined ? DEFAULT_INCREMENT : Number(found[1] || Number.NaN);
    return false;
  });
  if (increment === undefined || (Number.isSafeInteger(increment) && increment >= 0)) return { rest, increment };
  throw new UsageError("the increment is not a number of bytes");
}

/** @throws UsageError for what h5clear refuses. */
export function parseClearOptions(words: readonly string[]): ClearCommand {
  const { rest, increment } = splitIncrement(words);
  const command = { status: false, image: false, fileSize: false };
  const done = (request: ClearCommand["request"], file: string): ClearCommand => ({
    ...command,
    increment,
    request,
    file,
  });
  const reader = new OptionReader(rest, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    const { letter } = option;
    if (letter === "h" || letter === "V") return done(letter === "h" ? "help" : "version", "");
    if (letter === "s") command.status = true;
    else if (letter === "m") command.image = true;
    else if (letter === "f") command.fileSize = true;
  }
  const [file, ...others] = reader.rest();
  if (file === undefined || others.length > 0) throw new UsageError("missing file name");
  if (!command.status && !command.image && !command.fileSize && increment === undefined) {
    throw new UsageError("no options specified");
  }
  return done("clear", file);
}
