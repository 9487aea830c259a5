/** Where the bytes of a file come from when it is opened or created: a path, bytes, or a source the caller made. */
import { HDF5Error } from "../base/errors.ts";
import { FileSource } from "../io/file-source.ts";
import { MemoryTarget } from "../io/memory-source.ts";
import { openPath } from "../io/path-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import type { FileDriver } from "./prop-fapl.ts";

/** A path, or a source of bytes. */
export type FileName = string | ByteSource;

export interface OpenedSource {
  readonly source: ByteSource;
  readonly identity: string;
  /** Saves what is in memory to where it came from; undefined where there is nothing to save. */
  readonly save: (() => void) | undefined;
}

export function isByteTarget(source: ByteSource): source is ByteTarget {
  return "write" in source;
}

function identityOf(source: ByteSource): string {
  return source instanceof FileSource ? source.identity : "";
}

/** Opens what exists. */
export function openExisting(name: FileName, writable: boolean, driver: FileDriver): OpenedSource {
  if (typeof name !== "string") {
    if (writable && !isByteTarget(name)) throw new HDF5Error("read-only", "the source cannot be written to");
    return { source: name, identity: identityOf(name), save: undefined };
  }
  const file = openPath(name, writable ? "r+" : "r");
  if (driver.kind !== "core") return { source: file, identity: identityOf(file), save: undefined };
  return inMemory(file, writable && driver.backingStore, true);
}

/** Makes an empty file; `exclusive` refuses one that exists. `beforeTruncate` may refuse to empty one. */
export function createEmpty(
  name: FileName,
  exclusive: boolean,
  driver: FileDriver,
  beforeTruncate: (identity: string) => void,
): OpenedSource {
  if (typeof name !== "string") {
    if (!isByteTarget(name)) throw new HDF5Error("read-only", "the source cannot be written to");
    beforeTruncate(identityOf(name));
    name.truncate(0);
    return { source: name, identity: identityOf(name), save: undefined };
  }
  if (driver.kind === "core" && !driver.backingStore) {
    return { source: new MemoryTarget(undefined, name), identity: "", save: undefined };
  }
  const file = openPath(name, exclusive ? "x" : "w", { beforeTruncate });
  if (driver.kind !== "core") return { source: file, identity: identityOf(file), save: undefined };
  return inMemory(file, true, false);
}

/** A copy of a file in memory. With `backed` the file stays open, to be overwritten in the end. */
function inMemory(file: ByteSource, backed: boolean, filled: boolean): OpenedSource {
  const bytes = new Uint8Array(filled ? file.byteLength() : 0);
  file.readInto(0, bytes);
  const memory = new MemoryTarget(bytes, file.name);
  if (!backed || !isByteTarget(file)) {
    file.close();
    return { source: memory, identity: "", save: undefined };
  }
  const save = (): void => {
    try {
      const result = memory.toBytes();
      file.write(0, result);
      file.truncate(result.length);
    } finally {
      file.close();
    }
  };
  return { source: memory, identity: identityOf(file), save };
}
