/** `h5ts repart`: copies a file into members of another size, or into one. Reference implementation: h5repart.c. */

import { HDF5Error } from "../../base/errors.ts";
import { DEFAULT_LIMITS } from "../../base/limits.ts";
import { rewriteFamilyRecord } from "../../engine/family-record.ts";
import { openFamily } from "../../engine/file-drivers.ts";
import { driverInfoOf } from "../../engine/member-files.ts";
import { findSuperblock, readSuperblock } from "../../engine/superblock-access.ts";
import { readableExtension } from "../../engine/superblock-extension.ts";
import { FamilySource, FamilyTarget, familyMemberName, isFamilyName } from "../../io/family-source.ts";
import { openPath, realPathOf, removePath } from "../../io/path-source.ts";
import type { ByteSource, ByteTarget } from "../../io/source.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import type { Platform } from "../platform.ts";
import { copyBytes } from "../user-blocks.ts";
import { REPART_HELP } from "./help.ts";
import { parseRepartOptions, type RepartCommand } from "./options.ts";

/** @returns the exit code. */
export function runRepart(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "repart",
    help: REPART_HELP,
    parse: parseRepartOptions,
    run: (command, { output }) => {
      repart(command, (line) => command.isVerbose && output.write(byteText(`${line}\n`)));
      return 0;
    },
  });
}

function repart(command: RepartCommand, tell: (line: string) => void): void {
  const { source: from, destination, memberByteLength, toSingle } = command;
  const toFamily = isFamilyName(destination);
  const source = openSource(from, tell);
  try {
    const byteLength = source.byteLength();
    requireOtherFiles(command, source, toFamily ? Math.ceil(byteLength / memberByteLength) : 1);
    const target = toFamily ? newFamily(destination, memberByteLength, tell) : openPath(destination, "w");
    if (!toFamily) tell(`> ${destination}`);
    try {
      copyBytes(source, 0, byteLength, target, 0);
      target.truncate(byteLength);
      // Any bytes can be cut into members; only those of an HDF5 file tell of them.
      const changes = toFamily || toSingle;
      if (changes && findSuperblock(target) !== undefined)
        rewriteFamilyRecord(target, toFamily ? memberByteLength : undefined);
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

/** All of a file, or of a family, whose members are as long as it says. */
function openSource(name: string, tell: (line: string) => void): ByteSource {
  const open = (path: string): ByteSource => {
    const source = openPath(path, "r");
    tell(`< ${path}`);
    return source;
  };
  if (!isFamilyName(name)) return open(name);
  const family = openFamily(name, undefined, false, (member) =>
    realPathOf(member) === undefined ? undefined : open(member),
  ) as FamilySource;
  if (findSuperblock(family) === undefined) return family;
  const superblock = readSuperblock(family, DEFAULT_LIMITS);
  const extension = readableExtension(family, superblock, DEFAULT_LIMITS);
  const info = driverInfoOf(family, superblock, extension, DEFAULT_LIMITS);
  if (info?.kind === "family") family.adoptMemberByteLength(info.memberByteLength);
  return family;
}

function namesOf(name: string, count: number): string[] {
  return isFamilyName(name) ? Array.from({ length: count }, (_, i) => familyMemberName(name, i)) : [name];
}

/** @throws HDF5Error "argument" when a file would be written over another that it comes from. */
function requireOtherFiles({ source: from, destination }: RepartCommand, source: ByteSource, count: number): void {
  const sources = source instanceof FamilySource ? Math.ceil(source.byteLength() / source.memberByteLength) : 1;
  const taken = new Set(namesOf(from, sources).map(realPathOf));
  for (const name of namesOf(destination, count)) {
    const path = realPathOf(name);
    if (path !== undefined && taken.has(path))
      throw new HDF5Error("argument", "a file cannot be copied into itself", { path: name });
  }
}

/** Members of an older family of that name are deleted: what is behind the new ones would be taken for theirs. */
function newFamily(pattern: string, memberByteLength: number, tell: (line: string) => void): ByteTarget {
  for (let i = 0; ; i++) {
    const name = familyMemberName(pattern, i);
    if (realPathOf(name) === undefined) break;
    removePath(name);
  }
  const make = (name: string): ByteTarget => {
    tell(`> ${name}`);
    return openPath(name, "w");
  };
  return new FamilyTarget(pattern, () => undefined, make, memberByteLength);
}
