/** `h5ts diff`: compares two files, or two objects. Reference implementation: h5diff_main.c, h5diff_common.c. */

import { isHdf5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { problemText, reasonText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { Comparison } from "./comparison.ts";
import { DIFF_HELP } from "./help.ts";
import { type DiffOptions, ExclusiveOptions, parseDiffOptions, RefusedValue } from "./options.ts";
import { DiffState } from "./state.ts";

const LINE = `${"-".repeat(32)}\n`;

/** @returns the exit code: 0 without differences, 1 with, 2 for an error. */
export function runDiff(words: readonly string[], platform: Platform): number {
  const output = new StandardOutput(platform);
  const warn = (problem: string): void => platform.writeStandardError(`h5ts diff error: ${problem}\n`);
  try {
    const options = parseDiffOptions(words);
    if (options.request === "help") output.write(DIFF_HELP);
    else if (options.request === "version") output.write(versionLine("diff"));
    else return compareFiles(options, platform, new DiffState(options, output, warn));
    return 0;
  } catch (error) {
    if (error instanceof ExclusiveOptions) output.write(`h5diff error: ${error.message}\n`);
    else if (error instanceof UsageError) {
      if (error instanceof RefusedValue) output.write(`${error.message}\n`);
      else warn(error.message);
      output.write(DIFF_HELP);
    } else throw error;
    return 1;
  } finally {
    output.flush();
  }
}

function compareFiles(options: DiffOptions, platform: Platform, state: DiffState): number {
  const problem = invalid(options);
  if (problem !== undefined) {
    state.write(`Error: ${problem}\n`);
    return 2;
  }
  const files1 = new OpenFiles(platform, options.driver1);
  // A file that is compared with itself is the same file.
  const files2 = options.driver2 === options.driver1 ? files1 : new OpenFiles(platform, options.driver2);
  try {
    const file1 = opened(files1, options.file1, state);
    const file2 = file1 && opened(files2, options.file2, state);
    if (file1 === undefined || file2 === undefined) return 2;
    const found = differences(file1, file2, state);
    if (!state.options.quiet && !state.failed && state.notComparable) tellNotComparable(state);
    if (state.failed) return 2;
    return found > 0 || state.contentsDiffer ? 1 : 0;
  } finally {
    files1.closeAll();
    files2.closeAll();
  }
}

/** How many there are, of what can be read. */
function differences(file1: H5File, file2: H5File, state: DiffState): number {
  try {
    return new Comparison(file1, file2, state).run();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    state.warn(problemText(error));
    state.failed = true;
    return 0;
  }
}

function invalid({ quiet, verbose, report, noDanglingLinks, followLinks }: DiffOptions): string | undefined {
  if (quiet && (verbose || report)) return "-q (quiet mode) cannot be added to verbose or report modes";
  if (noDanglingLinks && !followLinks) return "--no-dangling-links must be used along with --follow-symlinks option.";
  return undefined;
}

function opened(files: OpenFiles, path: string, state: DiffState): H5File | undefined {
  try {
    return files.open(path);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    state.write(`h5diff: <${path}>: unable to open file\n`);
    state.warn(`${path}: ${reasonText(error)}`);
    return undefined;
  }
}

function tellNotComparable(state: DiffState): void {
  if (state.options.listNotComparable) return;
  const more = state.options.verbose ? " without details of differences" : "";
  state.write(`${LINE}Some objects are not comparable\n${LINE}Use -c for a list of objects${more}.\n`);
}
