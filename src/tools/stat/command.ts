/** `h5ts stat`: counts the objects of an HDF5 file and the bytes that they take. */

import { isHdf5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { byteText } from "../byte-text.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { problemText, reasonText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { STAT_HELP } from "./help.ts";
import { parseStatOptions, type StatOptions } from "./options.ts";
import { printStatistics } from "./report.ts";
import { FileStatistics } from "./statistics.ts";

/** @returns the exit code. */
export function runStat(words: readonly string[], platform: Platform): number {
  const output = new StandardOutput(platform);
  const warn = (problem: string): void => platform.writeStandardError(`h5ts stat error: ${problem}\n`);
  try {
    const options = parseStatOptions(words);
    if (options.request === "help") output.write(STAT_HELP);
    else if (options.request === "version") output.write(versionLine("stat"));
    else if (options.file !== undefined) return printFile(options.file, options, platform, output, warn);
    else {
      warn("missing file name");
      output.write(STAT_HELP);
      return 1;
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    warn(problemText(error));
    return 1;
  } finally {
    output.flush();
  }
}

function printFile(
  path: string,
  options: StatOptions,
  platform: Platform,
  output: StandardOutput,
  warn: (problem: string) => void,
): number {
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
