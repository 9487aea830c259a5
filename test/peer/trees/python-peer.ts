/** A Python process with h5py that reads and edits the files of random trees. */
import { fileURLToPath } from "node:url";
import { PythonProcess } from "../python-process.ts";
import type { DescribedObject } from "./describe-model.ts";
import type { FileOperation, FileSpec } from "./operations.ts";

/** What the C library says when it does not find a shared message that it has stored itself, see spec-notes/object-header.md. */
export const NOT_IN_INDEX = "message not in index";

export class PythonPeer {
  private readonly process = new PythonProcess(fileURLToPath(new URL("peer.py", import.meta.url)));

  describe(path: string): Promise<DescribedObject[]> {
    return this.process.ask({ command: "describe", path }) as Promise<DescribedObject[]>;
  }

  /** What `H5Fget_freespace` and `H5Fget_filesize` say, in bytes. */
  freeSpace(path: string): Promise<{ freeSpace: number; fileSize: number }> {
    return this.process.ask({ command: "freeSpace", path }) as Promise<{ freeSpace: number; fileSize: number }>;
  }

  /** Carries out operations in a file, which `create` makes first. */
  async edit(path: string, file: FileSpec, operations: readonly FileOperation[], create = false): Promise<void> {
    await this.process.ask({ command: "edit", path, file, operations, create });
  }

  /** Carries out operations of which some may fail. @returns for each what was wrong. */
  attempt(path: string, file: FileSpec, operations: readonly FileOperation[]): Promise<(string | null)[]> {
    return this.process.ask({ command: "attempt", path, file, operations }) as Promise<(string | null)[]>;
  }

  close(): void {
    this.process.close();
  }
}
