/** `h5ts clear`: takes away what a writer that died left in a file. Reference implementation: h5clear.c. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import { H5File } from "../../engine/h5-file.ts";
import { clearConsistencyFlags, extendFile, fileEnds, isMarkedOpen } from "../../engine/superblock-repair.ts";
import { openPath } from "../../io/path-source.ts";
import { byteText } from "../byte-text.ts";
import { UsageError } from "../option-reader.ts";
import { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { problemText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { CLEAR_HELP } from "./help.ts";
import { type ClearCommand, parseClearOptions } from "./options.ts";

/** @returns the exit code. */
export function runClear(words: readonly string[], platform: Platform): number {
  const output = new StandardOutput(platform);
  const warn = (problem: string): void => platform.writeStandardError(`h5ts clear error: ${problem}\n`);
  try {
    const command = parseClearOptions(words);
    if (command.request === "help") output.write(CLEAR_HELP);
    else if (command.request === "version") output.write(versionLine("clear"));
    else clear(command, output);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) output.write(CLEAR_HELP);
    else if (!isHdf5Error(error)) throw error;
    warn(problemText(error));
    return 1;
  } finally {
    output.flush();
  }
}

function clear({ file, status, image, fileSize, increment }: ClearCommand, output: StandardOutput): void {
  if (fileSize) printEnds(file, status, output);
  if (status || increment !== undefined) {
    const target = openPath(file, "r+");
    try {
      if (status) clearConsistencyFlags(target);
      if (increment !== undefined) extendFile(target, increment);
    } finally {
      target.close();
    }
  }
  if (image) removeImage(file);
}

/** @throws HDF5Error "state" for a file that is marked as open, unless the mark is about to go. */
function printEnds(path: string, anyway: boolean, output: StandardOutput): void {
  const source = openPath(path, "r");
  try {
    if (!anyway && isMarkedOpen(source)) throw new HDF5Error("state", "file is already open for write", { path });
    const { endOfAllocation, endOfFile } = fileEnds(source);
    output.write(byteText(`EOA is ${endOfAllocation}; EOF is ${endOfFile} \n`));
  } finally {
    source.close();
  }
}

/** An image is put in its places when a file is opened to be changed. */
function removeImage(path: string): void {
  const target = openPath(path, "r+");
  try {
    H5File.open(target, { writable: true }).close();
  } catch (error) {
    target.close();
    throw error;
  }
}
