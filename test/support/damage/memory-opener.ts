/** Serves the other files of a folder from copies in memory, so that nothing on the disk changes. */
import { readFileSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { FileOpener } from "../../../src/engine/file-opener.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource } from "../../../src/io/memory-source.ts";
import { SmallMemoryTarget } from "./small-memory.ts";

/** Damaged names may lead anywhere: what is not a small file in the folder is not found. */
const MOST_BYTES = 1 << 20;

export function memoryOpener(folder: string): FileOpener {
  const open = new Map<string, H5File>();
  const bytesOf = (name: string): Uint8Array | undefined => {
    if (name.includes("\0")) return undefined;
    const path = resolve(folder, name);
    if (!path.startsWith(folder + sep)) return undefined;
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() && found.size <= MOST_BYTES ? readFileSync(path) : undefined;
  };
  const opener: FileOpener = {
    open(name) {
      const known = open.get(name);
      if (known !== undefined && !known.closed) return known;
      const bytes = bytesOf(name);
      if (bytes === undefined) return undefined;
      const file = H5File.open(new MemorySource(bytes, name), { opener });
      open.set(name, file);
      return file;
    },
    openBytes(name, mode) {
      const bytes = bytesOf(name);
      if (mode === "write") return new SmallMemoryTarget(bytes, name);
      return bytes && new MemorySource(bytes, name);
    },
    environment: () => undefined,
  };
  return opener;
}
