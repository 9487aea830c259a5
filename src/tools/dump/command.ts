/** `h5ts dump`: prints what is in HDF5 files. */

import { isHdf5Error } from "../../base/errors.ts";
import { byteText } from "../byte-text.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import type { Platform } from "../platform.ts";
import { reasonText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { dumpContents } from "./contents.ts";
import { DUMP_HELP } from "./help.ts";
import { ObjectTables } from "./object-tables.ts";
import { ObjectDump } from "./objects.ts";
import { type DumpOptions, parseDumpOptions } from "./options.ts";
import { SelectedDump } from "./selected.ts";
import { DumpSession, INDENT, StopError } from "./session.ts";
import { dumpSuperblock } from "./superblock.ts";
import { dumpXml } from "./xml/xml-file.ts";

/** @returns the exit code. */
export function runDump(words: readonly string[], platform: Platform): number {
  let options: DumpOptions;
  try {
    options = parseDumpOptions(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    platform.writeStandardError(`h5ts dump error: ${error.message}\n`);
    return 1;
  }
  if (options.request !== "dump") {
    const text = options.request === "help" ? DUMP_HELP : versionLine("dump");
    platform.writeStandardOutput(new TextEncoder().encode(text));
    return 0;
  }
  const problem = contradiction(options);
  if (problem !== undefined) {
    platform.writeStandardError(`h5ts dump error: ${problem}\n`);
    return 1;
  }
  const files = new OpenFiles(platform, options.driver);
  const session = new DumpSession(options, files, platform);
  try {
    if (options.driver?.name === "onion") onionHeading(session);
    for (const path of options.files) dumpUndamaged(session, path);
  } catch (error) {
    if (!(error instanceof StopError)) throw error;
  } finally {
    session.close();
    files.closeAll();
  }
  return session.exitCode;
}

/** Options that do not go together. */
function contradiction(options: DumpOptions): string | undefined {
  if (options.binary !== undefined && options.dataFile === undefined) {
    return "binary output requires a file name, use -o <filename>";
  }
  if (!options.xml) return undefined;
  if (options.selected.length > 0) return 'option "to display selected objects" not available for XML';
  if (options.superblock) return 'option "--boot-block" not available for XML';
  if (options.showIds) return 'option "--object-ids" not available for XML';
  if (options.characters) return 'option "--string" not available for XML';
  if (options.usesOutputOption) return 'option "--output" not available for XML';
  return undefined;
}

/** What is printed before a revision of an onion file, or in place of all of its contents. */
function onionHeading(session: DumpSession): void {
  const { options, files } = session;
  const spread = options.driver?.spread;
  if (!options.countRevisions) {
    if (spread?.kind === "onion" && spread.revision !== undefined) {
      session.writeStandard(`Using revision ${spread.revision}\n`);
    }
    return;
  }
  const path = options.files[0] as string;
  try {
    session.writeStandard(`The number of revisions for the onion file is ${files.revisionCount(path)}\n`);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    session.fail(`unable to count the revisions of "${path}": ${error.message}`);
  }
  throw new StopError();
}

/** What damage leaves no room to say in place ends the dump of that file. */
function dumpUndamaged(session: DumpSession, path: string): void {
  try {
    dumpFile(session, path);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    session.indent = 0;
    session.fail(`"${path}": ${error.message}`);
  }
}

function dumpFile(session: DumpSession, path: string): void {
  let tables: ObjectTables;
  try {
    tables = new ObjectTables(session.files.open(path), session.options.order, (name, error) =>
      session.fail(`"${byteText(name)}": ${error.message}`),
    );
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    session.fail(`unable to open file "${path}": ${reasonText(error)}`);
    throw new StopError();
  }
  session.tables.length = 0;
  session.tables.push(tables);
  session.current = tables;
  session.identifiers.datasetsVisited(tables.datasets.size);
  dumpText(session, tables, path);
}

function dumpText(session: DumpSession, tables: ObjectTables, path: string): void {
  const { file } = tables;
  const { options } = session;
  if (options.xml) {
    dumpXml(session, file.root());
    return;
  }
  session.write(`HDF5 "${byteText(path)}" {`);
  if (options.contents) {
    session.write("\n");
    dumpContents(session, file);
    session.write("}\n");
    throw new StopError();
  }
  if (options.superblock) dumpSuperblock(session, file);
  const root = file.root();
  if (options.selected.length === 0) {
    session.indent += INDENT;
    new ObjectDump(session).group(root, "/");
    session.indent -= INDENT;
  } else {
    const dump = new SelectedDump(session, root);
    for (const selected of options.selected) dump.dump(selected);
  }
  session.write("\n}\n");
}
