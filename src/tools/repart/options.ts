/** The command line of `h5ts repart`. Reference implementation: h5repart.c. */
import { UsageError } from "../option-reader.ts";

export interface RepartCommand {
  readonly request: "repart" | "help" | "version";
  readonly source: string;
  readonly destination: string;
  readonly memberByteLength: number;
  /** Whether the copy is no family any more. */
  readonly toSingle: boolean;
  readonly isVerbose: boolean;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes: a number, with `k`, `m` or `g` behind it in either case. */
function sizeIn(text: string | undefined, option: string): number {
  const found = /^(\d+)([kmg]?)$/i.exec(text ?? "");
  const size = Number(found?.[1]) * (UNITS[found?.[2]?.toLowerCase() ?? ""] ?? 0);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new UsageError(`no number of bytes for option "${option}"`);
}

/** @throws UsageError for what h5repart refuses. */
export function parseRepartOptions(words: readonly string[]): RepartCommand {
  const command = { memberByteLength: UNITS.g as number, toSingle: false, isVerbose: false };
  const rest = [...words];
  while (rest[0]?.startsWith("-")) {
    const word = rest.shift() as string;
    const option = word.slice(0, 2);
    if (word === "-family_to_single" || word === "-family_to_sec2") command.toSingle = true;
    else if (word === "-v") command.isVerbose = true;
    else if (word === "-V") return { ...command, request: "version", source: "", destination: "" };
    else if (word === "-h" || word === "--help") return { ...command, request: "help", source: "", destination: "" };
    else if (option === "-m" || option === "-b") {
      const size = sizeIn(word.length > 2 ? word.slice(2) : rest.shift(), option);
      if (option === "-m") command.memberByteLength = size;
    } else throw new UsageError(`unknown option "${word}"`);
  }
  const [source, destination, ...others] = rest;
  if (source === undefined || destination === undefined || others.length > 0)
    throw new UsageError("two names expected");
  return { ...command, request: "repart", source, destination };
}
