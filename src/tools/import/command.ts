/** `h5ts import`: makes datasets of text and of binary numbers. Reference implementation: h5import.c. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import { realPathOf, removePath } from "../../io/path-source.ts";
import * as h5f from "../../lowlevel/h5f.ts";
import { runCommand } from "../command-frame.ts";
import { UsageError } from "../option-reader.ts";
import type { Platform } from "../platform.ts";
import { reasonText } from "../problem-text.ts";
import { readText, withPath } from "../user-blocks.ts";
import { type InputFile, parseImportOptions } from "./command-line.ts";
import { describeKeywords, parseConfiguration } from "./configuration.ts";
import { IMPORT_HELP } from "./help.ts";
import { importDataset } from "./new-dataset.ts";
import type { ImportSpec } from "./spec.ts";

/** @returns the exit code. */
export function runImport(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "import",
    help: IMPORT_HELP,
    helpsWithErrors: false,
    parse: parseImportOptions,
    run: (command) => {
      importAll(command.inputs, command.output);
      return 0;
    },
  });
}

/** All descriptions are read before the output is opened; a new output goes again when an input cannot be read. */
function importAll(inputs: readonly InputFile[], output: string): void {
  const specs = inputs.map(describe);
  const isNew = realPathOf(output) === undefined;
  const file = isNew ? h5f.create(output, { flags: h5f.ACC_EXCL }) : h5f.open(output);
  try {
    inputs.forEach(({ file: path }, i) => {
      about(path, () => withPath(path, (source) => importDataset(file, specs[i] as ImportSpec, source)));
    });
  } catch (error) {
    file.close();
    if (isNew) removePath(output);
    throw error;
  }
  file.close();
}

function describe({ configuration, keywords }: InputFile, number: number): ImportSpec {
  if (configuration === undefined) return describeKeywords(keywords, number);
  return about(configuration, () => parseConfiguration(readText(configuration), number));
}

/** Errors name the file that they are about. */
function about<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${path}: ${error.message}`);
    if (isHdf5Error(error)) throw new HDF5Error(error.code, `${path}: ${reasonText(error)}`, { path, cause: error });
    throw error;
  }
}
