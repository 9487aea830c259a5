/** `h5ts jam`: puts a user block in front of a file. Reference implementation: h5jam.c. */

import { HDF5Error } from "../../base/errors.ts";
import { runCommand } from "../command-frame.ts";

import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";
import type { Platform } from "../platform.ts";
import {
  copyBytes,
  isHdf5File,
  isSameFile,
  moveBytes,
  userBlockBytes,
  userBlockSizeFor,
  withPath,
  withTarget,
} from "../user-blocks.ts";
import { JAM_HELP } from "./help.ts";

interface JamCommand {
  readonly request: "jam" | "help" | "version";
  readonly input: string;
  readonly userFile: string;
  readonly output: string;
  readonly clobber: boolean;
}

const TABLE: OptionTable = {
  letters: "hi:u:o:cV",
  words: { help: "h", i: "i:", u: "u:", o: "o:", clobber: "c", version: "V" },
};

function parse(words: readonly string[]): JamCommand {
  const given = new Map<string, string>();
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    given.set(option.letter, option.argument ?? "");
  }
  const request = given.has("h") ? "help" : given.has("V") ? "version" : "jam";
  const input = given.get("i");
  const userFile = given.get("u");
  if (request === "jam" && userFile === undefined) throw new UsageError("missing argument for -u <user_file>.");
  if (request === "jam" && input === undefined) throw new UsageError("missing argument for -i <HDF5 file>.");
  const output = given.get("o") ?? input ?? "";
  return { request, input: input ?? "", userFile: userFile ?? "", output, clobber: given.has("c") };
}

/** @returns the exit code. */
export function runJam(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "jam",
    help: JAM_HELP,
    parse,
    run: (command) => {
      jam(command);
      return 0;
    },
  });
}

function jam({ input, userFile, output, clobber }: JamCommand): void {
  if (isHdf5File(userFile)) {
    throw new HDF5Error("argument", "-u <user_file> cannot be HDF5 file, but it appears to be an HDF5 file.");
  }
  withPath(userFile, (added) => {
    const { old, end } = withPath(input, (source) => ({
      old: userBlockBytes(input, source),
      end: source.byteLength(),
    }));
    const start = clobber ? 0 : old;
    const used = start + added.byteLength();
    const size = Math.max(userBlockSizeFor(used), clobber ? old : 0);
    const inPlace = isSameFile(input, output);
    withTarget(output, inPlace ? "r+" : "w", (target) => {
      if (inPlace) moveBytes(target, old, end - old, size);
      else
        withPath(input, (source) => {
          copyBytes(source, old, end - old, target, size);
          copyBytes(source, 0, start, target, 0);
        });
      copyBytes(added, 0, added.byteLength(), target, start);
      if (size > used) target.write(used, new Uint8Array(size - used));
    });
  });
}
