/** Files in a Bun too old for `process.getBuiltinModule`: its `import.meta.require` gives the same `node:fs`. */
import { fileSystemOf, isNodeFs } from "./file-node.ts";
import type { FileSystem } from "./file-system.ts";

/** Files of Bun; `undefined` in other runtimes. */
export function bunFileSystem(): FileSystem | undefined {
  if (!("Bun" in globalThis)) return undefined;
  const { require } = import.meta as { require?: (name: string) => unknown };
  const fs = typeof require === "function" ? require("node:fs") : undefined;
  return isNodeFs(fs) ? fileSystemOf(fs) : undefined;
}
