/** Opens the other files of a file from a folder, as whoever has a file system does. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { FileOpener } from "../../src/engine/file-opener.ts";
import type { OpenFileOptions } from "../../src/engine/file-options.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { openPath } from "../../src/io/path-source.ts";

export interface FolderOpener extends FileOpener {
  /** Every name asked for, in order. */
  readonly asked: string[];
  closeAll(): void;
}

/**
 * Names are looked up relative to `folder`. Files open for reading are served from memory; for writing, from the disk.
 * The files opened get `options`, with this opener among them.
 */
export function folderOpener(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  options: OpenFileOptions = {},
): FolderOpener {
  const open = new Map<string, H5File>();
  const asked: string[] = [];
  const opener: FolderOpener = {
    asked,
    open(name) {
      asked.push(name);
      const path = resolve(folder, name);
      const known = open.get(path);
      if (known !== undefined && !known.closed) return known;
      if (!existsSync(path)) return undefined;
      const source = options.writable ? openPath(path, "r+") : new MemorySource(readFileSync(path), path);
      const file = H5File.open(source, { ...options, opener });
      open.set(path, file);
      return file;
    },
    openBytes(name, mode) {
      asked.push(name);
      const path = resolve(folder, name);
      if (mode === "write") return openPath(path, existsSync(path) ? "r+" : "x");
      return existsSync(path) ? new MemorySource(readFileSync(path), path) : undefined;
    },
    realPath(name) {
      const path = resolve(folder, name);
      return existsSync(path) ? realpathSync(path) : undefined;
    },
    environment: (name) => environment[name],
    closeAll() {
      for (const file of open.values()) file.close();
    },
  };
  return opener;
}
