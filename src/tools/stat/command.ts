/** `h5ts stat`: counts the objects of an HDF5 file and the bytes that they take. */

import { isHdf5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { byteText } from "../byte-text.ts";
import { type CommandOutput, runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import type { Platform } from "../platform.ts";
import { reasonText } from "../problem-text.ts";
import { STAT_HELP } from "./help.ts";
import { parseStatOptions, type StatOptions } from "./options.ts";
import { printStatistics } from "./report.ts";
import { FileStatistics } from "./statistics.ts";

/** @returns the exit code. */
export function runStat(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "stat",
    help: STAT_HELP,
    helpsWithErrors: false,
    parse: parseStatOptions,
    run: (options, to) => {
      return printFile(options, to);
    },
  });
}

function printFile(options: StatOptions, { platform, output, warn }: CommandOutput): number {
  const { file: path } = options;
  if (path === undefined) {
    output.write(STAT_HELP);
    throw new UsageError("missing file name");
  }
  const files = new OpenFiles(platform);
  output.write(`Filename: ${byteText(path)}\n`);
  let file: H5File | undefined;
  try {
    file = files.open(path);
    const statistics = FileStatistics.of(file, options);
    for (const warning of statistics.warnings) warn(warning);
    printStatistics(statistics, output);
    return 0;
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    const problem = file === undefined ? "unable to open file" : "unable to traverse objects/links in file";
    warn(`${problem} "${path}": ${reasonText(error)}`);
    return 1;
  } finally {
    files.closeAll();
  }
}
