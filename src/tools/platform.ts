/** What the command line needs of its platform: the one file of the tools that knows Node. */
import { appendFileSync, writeFileSync, writeSync } from "node:fs";

export interface Platform {
  readonly arguments: readonly string[];
  environment(name: string): string | undefined;
  writeStandardOutput(bytes: Uint8Array): void;
  /** A line or more for the user, beside the output. */
  writeStandardError(text: string): void;
  /** Makes an empty file, or empties the one there is. @throws Error of the platform when it cannot. */
  createFile(path: string): void;
  appendFile(path: string, bytes: Uint8Array): void;
  setExitCode(code: number): void;
}

/** A pipe whose reader is slow answers EAGAIN; a reader that is gone, EPIPE. */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(descriptor, bytes, offset, bytes.length - offset);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

export function nodePlatform(): Platform {
  return {
    arguments: process.argv.slice(2),
    environment: (name) => process.env[name],
    writeStandardOutput: (bytes) => writeAll(1, bytes),
    writeStandardError: (text) => writeAll(2, new TextEncoder().encode(text)),
    createFile: (path) => writeFileSync(path, ""),
    appendFile: (path, bytes) => appendFileSync(path, bytes),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}
