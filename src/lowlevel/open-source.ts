/** Where the bytes of a file come from when it is opened or created: a path, bytes, or a source the caller made. */
import { HDF5Error } from "../base/errors.ts";
import { firstMemberName, openSpread, type SpreadAccess, type SpreadDriver } from "../engine/file-drivers.ts";
import type { FileOpener } from "../engine/file-opener.ts";
import { onionNameOf } from "../engine/onion-files.ts";
import { FileSource } from "../io/file-source.ts";
import { MemoryTarget } from "../io/memory-source.ts";
import { OnionTarget } from "../io/onion-target.ts";
import { openPath } from "../io/path-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import type { FileDriver } from "./file-access.ts";

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

/** What the system knows a file by; "" for bytes. */
export function identityOf(source: ByteSource): string {
  return source instanceof FileSource ? source.identity : "";
}

/** The driver of several files that a list asks for. */
function spreadOf(driver: FileDriver): SpreadDriver | undefined {
  if (driver.kind === "family") {
    return { kind: "family", memberByteLength: driver.memberSize === 0 ? undefined : driver.memberSize };
  }
  return driver.kind === "multi" || driver.kind === "onion" ? driver : undefined;
}

/** Bytes of a file of several are those of its first, for who compares. */
function openSpreadFile(name: string, access: SpreadAccess, driver: SpreadDriver, opener: FileOpener): OpenedSource {
  let identity = "";
  const source = openSpread(name, driver, access, (member, mode) => {
    const found = opener.openBytes?.(member, mode);
    if (identity === "" && found !== undefined) identity = identityOf(found);
    return found;
  });
  // Revisions of one file are different files, and one that is written is none that others know.
  const suffix = driver.kind === "onion" ? `:${access === "read" ? (driver.revision ?? "newest") : "next"}` : "";
  return { source, identity: identity === "" ? "" : `${driver.kind}:${identity}${suffix}`, save: undefined };
}

/** Opens what exists. */
export function openExisting(name: FileName, writable: boolean, driver: FileDriver, opener: FileOpener): OpenedSource {
  if (typeof name !== "string") {
    if (writable && !isByteTarget(name)) throw new HDF5Error("read-only", "the source cannot be written to");
    return { source: name, identity: identityOf(name), save: undefined };
  }
  const spread = spreadOf(driver);
  if (spread !== undefined) return openSpreadFile(name, writable ? "write" : "read", spread, opener);
  const file = openPath(name, writable ? "r+" : "r");
  if (driver.kind !== "core") return { source: file, identity: identityOf(file), save: undefined };
  return inMemory(file, writable && driver.backingStore, true);
}

export interface EmptyFileOptions {
  /** Refuses a file that exists. */
  readonly exclusive: boolean;
  /** May refuse to empty a file. */
  readonly beforeTruncate: (identity: string) => void;
  readonly opener: FileOpener;
}

/** Lets go of a file that could not be opened as HDF5, or is open already: no revision is made of it. */
export function closeUnopened(source: ByteSource): void {
  if (source instanceof OnionTarget) source.abandon();
  else source.close();
}

/** Makes an empty file. */
export function createEmpty(name: FileName, driver: FileDriver, options: EmptyFileOptions): OpenedSource {
  const { exclusive, beforeTruncate } = options;
  if (typeof name !== "string") {
    if (!isByteTarget(name)) throw new HDF5Error("read-only", "the source cannot be written to");
    beforeTruncate(identityOf(name));
    name.truncate(0);
    return { source: name, identity: identityOf(name), save: undefined };
  }
  if (driver.kind === "core" && !driver.backingStore) {
    return { source: new MemoryTarget(undefined, name), identity: "", save: undefined };
  }
  const spread = spreadOf(driver);
  if (spread !== undefined) return createSpreadFile(name, spread, options);
  const file = openPath(name, exclusive ? "x" : "w", { beforeTruncate });
  if (driver.kind !== "core") return { source: file, identity: identityOf(file), save: undefined };
  return inMemory(file, true, false);
}

function createSpreadFile(name: string, driver: SpreadDriver, options: EmptyFileOptions): OpenedSource {
  const { exclusive, beforeTruncate, opener } = options;
  const first = firstMemberName(name, driver);
  for (const member of driver.kind === "onion" ? [first, onionNameOf(first)] : [first]) {
    const existing = opener.openBytes?.(member, "read");
    if (existing === undefined) continue;
    const identity = identityOf(existing);
    existing.close();
    if (exclusive)
      throw new HDF5Error("exists", `unable to open file: name = '${member}', file exists`, { path: member });
    beforeTruncate(identity);
    if (identity !== "") beforeTruncate(`${driver.kind}:${identity}`);
  }
  const opened = openSpreadFile(name, "create", driver, opener);
  (opened.source as ByteTarget).truncate(0);
  return opened;
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
