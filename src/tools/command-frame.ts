/** What the commands have in common: words are read, help and version told, problems reported, output written. */
import { isHdf5Error } from "../base/errors.ts";
import { UsageError } from "./option-reader.ts";
import { StandardOutput } from "./output.ts";
import type { Platform } from "./platform.ts";
import { problemText } from "./problem-text.ts";
import { versionLine } from "./version.ts";

/** Where a running command writes. */
export interface CommandOutput {
  readonly platform: Platform;
  /** The standard output. */
  readonly output: StandardOutput;
  /** Tells of a problem, on the standard error. */
  readonly warn: (problem: string) => void;
}

export interface Command<O extends { readonly request: string }> {
  readonly name: string;
  readonly help: string;
  /** Whether the help is printed for words that make no sense. Default: it is. */
  readonly helpsWithErrors?: boolean;
  /** @throws UsageError, which is reported. */
  parse(words: readonly string[]): O;
  /** @returns the exit code. @throws HDF5Error, which is reported, with 1 as the exit code. */
  run(options: O, to: CommandOutput): number;
}

/** @returns the exit code. */
export function runCommand<O extends { readonly request: string }>(
  words: readonly string[],
  platform: Platform,
  command: Command<O>,
): number {
  const output = new StandardOutput(platform);
  const warn = (problem: string): void => platform.writeStandardError(`h5ts ${command.name} error: ${problem}\n`);
  try {
    const options = command.parse(words);
    if (options.request === "help") output.write(command.help);
    else if (options.request === "version") output.write(versionLine(command.name));
    else return command.run(options, { platform, output, warn });
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError) && !isHdf5Error(error)) throw error;
    if (error instanceof UsageError && command.helpsWithErrors !== false) output.write(command.help);
    warn(problemText(error));
    return 1;
  } finally {
    output.flush();
  }
}
