/** A platform whose standard output, errors and files are kept. */
import type { Platform } from "../../src/tools/platform.ts";

export class TestPlatform implements Platform {
  readonly arguments = [];
  output = "";
  errors = "";
  readonly files = new Map<string, string>();

  environment(): string | undefined {
    return undefined;
  }

  writeStandardOutput(bytes: Uint8Array): void {
    this.output += Buffer.from(bytes).toString("latin1");
  }

  writeStandardError(text: string): void {
    this.errors += text;
  }

  createFile(path: string): void {
    this.files.set(path, "");
  }

  appendFile(path: string, bytes: Uint8Array): void {
    this.files.set(path, (this.files.get(path) ?? "") + Buffer.from(bytes).toString("latin1"));
  }

  setExitCode(): void {}

  stopWithoutReader(): void {}
}

type Tool = (words: readonly string[], platform: Platform) => number;

/** Runs a tool to its end. */
export function runTool(tool: Tool, ...words: string[]) {
  const platform = new TestPlatform();
  const code = tool(words, platform);
  return { code, output: platform.output, errors: platform.errors, files: platform.files };
}
