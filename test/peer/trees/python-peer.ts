/** A Python process with h5py that answers requests, one after the other. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonWithH5py } from "../peers.ts";
import type { DescribedObject } from "./describe-model.ts";
import type { FileOperation, FileSpec } from "./operations.ts";

export class PythonPeer {
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = "";

  constructor() {
    this.process = spawn(pythonWithH5py(), [fileURLToPath(new URL("peer.py", import.meta.url))]);
    this.process.stderr.on("data", (bytes: Buffer) => {
      this.errors += bytes.toString();
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  private async ask(request: object): Promise<unknown> {
    this.process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`h5py is gone: ${this.errors}`);
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
    this.process.stdin.end();
  }
}
