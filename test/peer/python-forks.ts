/**
 * Python programs, each in a process of its own that begins with h5py and numpy loaded: a process that has loaded them once
 * forks for every program. Starting Python anew takes many times as long.
 *
 * Requests and answers go through named pipes, which are written and read synchronously.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface PythonProgram {
  /** Of `script` or `code` one: a program's path, or its text. */
  readonly script?: string;
  readonly code?: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface PythonOutput {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const SERVER = fileURLToPath(new URL("python-forks.py", import.meta.url));

export class PythonForks {
  private readonly requests: number;
  private readonly answers: number;
  private readonly buffer = Buffer.alloc(1 << 16);

  private constructor(requests: number, answers: number) {
    this.requests = requests;
    this.answers = answers;
  }

  /** Undefined on systems without named pipes. @param python - One that has h5py. */
  static start(python: string): PythonForks | undefined {
    const folder = mkdtempSync(join(tmpdir(), "h5ts-python-"));
    try {
      const [requests, answers] = ["requests", "answers"].map((name) => join(folder, name)) as [string, string];
      if (spawnSync("mkfifo", [requests, answers]).status !== 0) return undefined;
      spawn(python, [SERVER, requests, answers], { stdio: "ignore" }).unref();
      // It ends with the last of its requests' writers, which is this process. Opening waits for it.
      return new PythonForks(openSync(requests, "w"), openSync(answers, "r"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  run(program: PythonProgram): PythonOutput {
    const request = Buffer.from(`${JSON.stringify(program)}\n`);
    for (let sent = 0; sent < request.length; ) sent += writeSync(this.requests, request, sent);
    const pieces: Buffer[] = [];
    for (;;) {
      const count = readSync(this.answers, this.buffer);
      if (count === 0) throw new Error("the process that starts Python programs is gone");
      pieces.push(Buffer.from(this.buffer.subarray(0, count)));
      if (this.buffer[count - 1] === 0x0a) return JSON.parse(Buffer.concat(pieces).toString());
    }
  }
}
