/** `h5ts mkgrp`: makes groups. Reference implementation: h5mkgrp.c. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import { createGroup } from "../../engine/create-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { createIntermediateGroups } from "../../engine/intermediate-groups.ts";
import { lookupLink } from "../../engine/resolve.ts";
import { realPathOf } from "../../io/path-source.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { MKGRP_HELP } from "./help.ts";

interface MkgrpCommand {
  readonly request: "make" | "help" | "version";
  readonly file: string;
  readonly groups: readonly string[];
  readonly parents: boolean;
  readonly latest: boolean;
  readonly verbose: boolean;
}

const TABLE: OptionTable = {
  letters: "hlpvVE#",
  words: { help: "h", latest: "l", parents: "p", verbose: "v", version: "V", "enable-error-stack": "E" },
};

function parse(words: readonly string[]): MkgrpCommand {
  const flags = new Set<string>();
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) flags.add(option.letter);
  const request = flags.has("h") ? "help" : flags.has("V") ? "version" : "make";
  const [file = "", ...groups] = reader.rest();
  if (request === "make" && file === "") throw new UsageError("missing file name");
  if (request === "make" && groups.length === 0) throw new UsageError("missing group name(s)");
  return { request, file, groups, parents: flags.has("p"), latest: flags.has("l"), verbose: flags.has("v") };
}

/** @returns the exit code. */
export function runMkgrp(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "mkgrp",
    help: MKGRP_HELP,
    parse,
    run: (command, { platform, output }) => {
      makeGroups(command, platform, output);
      return 0;
    },
  });
}

function makeGroups(command: MkgrpCommand, platform: Platform, output: StandardOutput): void {
  const files = new OpenFiles(platform);
  try {
    const file = openOrCreate(files, command);
    for (const name of command.groups) {
      if (!makeGroup(file, name, command.parents)) continue;
      if (command.verbose) output.write(byteText(`h5mkgrp: created group '${name}'\n`));
    }
  } finally {
    files.closeAll();
  }
}

function openOrCreate(files: OpenFiles, { file, latest }: MkgrpCommand): H5File {
  try {
    return files.openForWriting(file);
  } catch (error) {
    if (!isHdf5Error(error) || realPathOf(file) !== undefined) throw error;
    return files.create(file, latest ? { lowBound: "v110", trackTimes: true } : {});
  }
}

/** False when the group was there. */
function makeGroup(file: H5File, name: string, parents: boolean): boolean {
  const root = file.root();
  const { group, name: last, link } = parents ? createIntermediateGroups(root, name) : lookupLink(root, name);
  if (link !== undefined && parents) return false;
  if (link !== undefined) throw new HDF5Error("exists", `unable to create group: '${name}' exists`, { path: name });
  const created = createGroup(group.file, { trackTimes: true });
  group.insertLink(last, { kind: "hard", objectHeaderAddress: created.address });
  return true;
}
