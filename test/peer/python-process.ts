/** A Python process that answers requests, one after the other: a line of JSON each, `{ result }` or `{ error }` back. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { pythonWithH5py } from "./peers.ts";

/** The beginning of the error when Python has died, mostly because the C library has. */
export const GONE = "h5py is gone";

interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  errors: string;
}

function startScript(script: string): Running {
  const process = spawn(pythonWithH5py(), [script]);
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const running: Running = { process, lines, errors: "" };
  // That it has died shows in what it does not answer.
  process.stdin.on("error", () => {});
  process.stderr.on("data", (bytes: Buffer) => {
    running.errors += bytes.toString();
  });
  return running;
}

export class PythonProcess {
  private readonly script: string;
  private running: Running | undefined;

  /** @param script - Path of the Python program, which is started with the first request, and again when it has died. */
  constructor(script: string) {
    this.script = script;
  }

  /** @throws Error with what Python says. */
  async ask(request: object): Promise<unknown> {
    this.running ??= startScript(this.script);
    const { process, lines } = this.running;
    process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) {
      const { errors } = this.running;
      this.running = undefined;
      throw new Error(`${GONE}: ${errors}`);
    }
    const { result, error } = JSON.parse(value);
    if (error !== undefined) throw new Error(`h5py: ${error}`);
    return result;
  }

  close(): void {
    this.running?.process.stdin.end();
    this.running = undefined;
  }
}
