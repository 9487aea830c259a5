/** `h5ts unjam`: takes the user block from a file. Reference implementation: h5unjam.c. */

import { HDF5Error } from "../../base/errors.ts";
import type { ByteSource } from "../../io/source.ts";
import { runCommand } from "../command-frame.ts";
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { copyBytes, eachPiece, isSameFile, moveBytes, userBlockBytes, withPath, withTarget } from "../user-blocks.ts";
import { UNJAM_HELP } from "./help.ts";

interface UnjamCommand {
  readonly request: "unjam" | "help" | "version";
  readonly input: string;
  readonly output: string;
  /** Undefined for the standard output. */
  readonly userFile: string | undefined;
  readonly drops: boolean;
}

const TABLE: OptionTable = {
  letters: "hu:i:o:dV",
  words: { help: "h", i: "i:", u: "u:", o: "o:", delete: "d", version: "V" },
};

function parse(words: readonly string[]): UnjamCommand {
  const given = new Map<string, string>();
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    given.set(option.letter, option.argument ?? "");
  }
  const request = given.has("h") ? "help" : given.has("V") ? "version" : "unjam";
  const input = given.get("i");
  if (request === "unjam" && input === undefined) throw new UsageError("missing argument for -i <HDF5 file>.");
  if (given.has("u") && given.has("d")) throw new UsageError("-u and --delete do not go together");
  const output = given.get("o") ?? input ?? "";
  return { request, input: input ?? "", output, userFile: given.get("u"), drops: given.has("d") };
}

/** @returns the exit code. */
export function runUnjam(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "unjam",
    help: UNJAM_HELP,
    parse,
    run: (command, { output, warn }) => {
      if (!unjam(command, output)) warn(`"${command.input}" has no user block: no change to file`);
      return 0;
    },
  });
}

/** @returns false for a file without a user block, of which nothing is made. */
function unjam(command: UnjamCommand, standardOutput: StandardOutput): boolean {
  const { input, output } = command;
  if (!isSameFile(input, output)) {
    return withPath(input, (source) => {
      const size = takenBlock(command, source, standardOutput);
      if (size === 0) return false;
      withTarget(output, "w", (target) => copyBytes(source, size, source.byteLength() - size, target, 0));
      return true;
    });
  }
  return withTarget(output, "r+", (target) => {
    const size = takenBlock(command, target, standardOutput);
    if (size === 0) return false;
    const rest = target.byteLength() - size;
    moveBytes(target, size, rest, 0);
    target.truncate(rest);
    return true;
  });
}

/** Puts the user block where it is wanted. @returns its bytes. */
function takenBlock({ input, userFile, drops }: UnjamCommand, source: ByteSource, output: StandardOutput): number {
  const size = userBlockBytes(input, source);
  if (userFile !== undefined && isSameFile(userFile, input)) {
    throw new HDF5Error("argument", "the user block cannot go into the file it comes from", { path: input });
  }
  if (drops || size === 0) return size;
  if (userFile === undefined) eachPiece(source, 0, size, (piece) => output.writeBytes(piece));
  else withTarget(userFile, "w", (target) => copyBytes(source, 0, size, target, 0));
  return size;
}
