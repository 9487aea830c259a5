/** What the command line needs of its platform: the one file of the tools that knows Node. */
import { appendFileSync, writeFileSync, writeSync } from "node:fs";
import { systemError } from "../io/system-errors.ts";

export interface Platform {
  readonly arguments: readonly string[];
  environment(name: string): string | undefined;
  writeStandardOutput(bytes: Uint8Array): void;
  /** A line or more for the user, beside the output. */
  writeStandardError(text: string): void;
  /** Makes an empty file, or empties the one there is. @throws OutputError when it cannot. */
  createFile(path: string): void;
  /** @throws OutputError */
  appendFile(path: string, bytes: Uint8Array): void;
  setExitCode(code: number): void;
  /** From now on the program ends when nobody reads its standard output any more; else it goes on and prints nothing. */
  stopWithoutReader(): void;
}

/** Standard output or a file beside it cannot be written: the device is full, or broken, or there is no such folder. */
export class OutputError extends Error {
  override name = "OutputError";
}

/** What shells report of a program that a broken pipe has ended: 128 and the number of the signal. */
const BROKEN_PIPE_EXIT_CODE = 141;

/** A pipe whose reader is slow answers EAGAIN; a reader that is gone, EPIPE. @throws OutputError for any other answer. */
function writeAll(descriptor: number, bytes: Uint8Array, withoutReader: () => void): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset, bytes.length - offset);
    } catch (error) {
      const { code, message } = systemError(error);
      if (code === "EPIPE") {
        withoutReader();
        return;
      }
      if (code !== "EAGAIN") throw new OutputError(`unable to write the output: ${message}`, { cause: error });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function intoFile(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new OutputError(`unable to write '${path}': ${systemError(error).message}`, { cause: error });
  }
}

export function nodePlatform(): Platform {
  let stops = false;
  const withoutReader = (): void => {
    if (stops) process.exit(BROKEN_PIPE_EXIT_CODE);
  };
  return {
    arguments: process.argv.slice(2),
    environment: (name) => process.env[name],
    writeStandardOutput: (bytes) => writeAll(1, bytes, withoutReader),
    writeStandardError: (text) => writeAll(2, new TextEncoder().encode(text), () => {}),
    createFile: (path) => intoFile(path, () => writeFileSync(path, "")),
    appendFile: (path, bytes) => intoFile(path, () => appendFileSync(path, bytes)),
    setExitCode: (code) => {
      process.exitCode = code;
    },
    stopWithoutReader: () => {
      stops = true;
    },
  };
}
