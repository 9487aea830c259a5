/** `h5ts ls`: lists the objects of HDF5 files. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { lookupLink } from "../../engine/resolve.ts";
import type { Link } from "../../format/link.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import type { Platform } from "../platform.ts";
import { reasonText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { LIST_HELP } from "./help.ts";
import { ListSession } from "./list-session.ts";
import { Listing } from "./listing.ts";
import { type ListOptions, parseListOptions } from "./options.ts";

/** @returns the exit code. */
export function runList(words: readonly string[], platform: Platform): number {
  let options: ListOptions;
  try {
    options = parseListOptions(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    platform.writeStandardError(`h5ts ls: ${error.message}\n`);
    return 1;
  }
  if (options.request !== "list") {
    const text = options.request === "help" ? LIST_HELP : versionLine("ls");
    platform.writeStandardOutput(new TextEncoder().encode(text));
    return 0;
  }
  const files = new OpenFiles(platform, options.driver);
  const session = new ListSession(options, platform);
  try {
    for (const word of options.files) if (!listUndamaged(session, files, word)) break;
  } finally {
    session.output.flush();
    files.closeAll();
  }
  return session.exitCode;
}

interface OpenedWord {
  readonly file: H5File;
  readonly fileName: string;
  readonly path: string;
}

/** The longest leading part of `word` that is a file; the rest is a path in it. Otherwise what is wrong with the file. */
function openLongest(files: OpenFiles, word: string): OpenedWord | HDF5Error {
  let problem: HDF5Error | undefined;
  for (let end = word.length; end > 0; end = word.lastIndexOf("/", end - 1)) {
    const fileName = word.slice(0, end);
    try {
      return { file: files.open(fileName), fileName, path: word.slice(end) };
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      // That `file/path` is no file tells less than what is wrong with `file`.
      if (problem === undefined || problem.errno !== undefined) problem = error;
    }
  }
  return problem ?? new HDF5Error("argument", "no file name");
}

/** What damage leaves no room to say in place ends the listing of that file. */
function listUndamaged(session: ListSession, files: OpenFiles, word: string): boolean {
  try {
    return listWord(session, files, word);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    session.warn(`${word}: ${error.message}`);
    session.exitCode = 1;
    return true;
  }
}

/** @returns false when nothing more is to be listed. */
function listWord(session: ListSession, files: OpenFiles, word: string): boolean {
  const opened = openLongest(files, word);
  if (isHdf5Error(opened)) {
    session.warn(`${word}: unable to open file: ${reasonText(opened)}`);
    session.exitCode = 1;
    return true;
  }
  const { file, fileName } = opened;
  if (session.options.verbosity > 0)
    session.output.write(`Opened "${fileName}" with ${files.driverName(fileName)} driver.\n`);
  if (opened.path === "" && session.options.recursive) session.showsStart = true;
  const path = opened.path === "" ? "/" : opened.path;
  const listing = new Listing(session, file, fileName, path);
  let link: Link | undefined;
  if (path !== "/") {
    try {
      link = lookupLink(file.root(), path).link;
      if (link === undefined) throw new HDF5Error("not-found", `object '${path}' doesn't exist`);
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      listing.notFound(path);
      session.exitCode = 1;
      return false;
    }
  }
  if (link === undefined || link.target.kind === "hard") {
    if (!listing.visit(path)) {
      session.exitCode = 1;
      return false;
    }
  } else listing.link(path, link);
  if (session.options.refuseDanglingLinks && listing.hasDanglingLink) session.exitCode = 1;
  return true;
}
