/** A Python process with h5py that answers requests, one after the other. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonWithH5py } from "../peers.ts";
import type { DescribedObject } from "./describe-model.ts";
import type { FileOperation, FileSpec } from "./operations.ts";

interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  errors: string;
}

function startPeer(): Running {
  const process = spawn(pythonWithH5py(), [fileURLToPath(new URL("peer.py", import.meta.url))]);
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const running: Running = { process, lines, errors: "" };
  process.stderr.on("data", (bytes: Buffer) => {
    running.errors += bytes.toString();
  });
  return running;
}

export class PythonPeer {
  private running: Running | undefined;

  private async ask(request: object): Promise<unknown> {
    this.running ??= startPeer();
    const { process, lines } = this.running;
    process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done) {
      const { errors } = this.running;
      this.running = undefined;
      throw new Error(`h5py is gone: ${errors}`);
    }
    const { result, error } = JSON.parse(value);
    if (error !== undefined) throw new Error(`h5py: ${error}`);
    return result;
  }

  describe(path: string): Promise<DescribedObject[]> {
    return this.ask({ command: "describe", path }) as Promise<DescribedObject[]>;
  }

  /** What `H5Fget_freespace` and `H5Fget_filesize` say, in bytes. */
  freeSpace(path: string): Promise<{ freeSpace: number; fileSize: number }> {
    return this.ask({ command: "freeSpace", path }) as Promise<{ freeSpace: number; fileSize: number }>;
  }

  /** Carries out operations in a file, which `create` makes first. */
  async edit(path: string, file: FileSpec, operations: readonly FileOperation[], create = false): Promise<void> {
    await this.ask({ command: "edit", path, file, operations, create });
  }

  close(): void {
    this.running?.process.stdin.end();
    this.running = undefined;
  }
}
