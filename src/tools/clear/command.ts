/** `h5ts clear`: takes away what a writer that died left in a file. Reference implementation: h5clear.c. */

import { HDF5Error } from "../../base/errors.ts";
import { H5File } from "../../engine/h5-file.ts";
import { clearConsistencyFlags, extendFile, fileEnds, isMarkedOpen } from "../../engine/superblock-repair.ts";
import { openPath } from "../../io/path-source.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { CLEAR_HELP } from "./help.ts";
import { type ClearCommand, parseClearOptions } from "./options.ts";

/** @returns the exit code. */
export function runClear(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "clear",
    help: CLEAR_HELP,
    parse: parseClearOptions,
    run: (command, { output }) => {
      clear(command, output);
      return 0;
    },
  });
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
