/** Fixtures written anew through the engine. */
import { H5File } from "../../src/engine/h5-file.ts";
import type { LibraryVersion } from "../../src/format/library-version.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { openPath } from "../../src/io/path-source.ts";
import { copyFile } from "../support/copy-file.ts";
import { type FixtureEntry, fixtureBytes, fixtureModel, fixtures } from "../support/fixture-model.ts";

/** The version that the C library of the fixtures calls its latest. */
const LATEST = "v110";

/** A fixture written anew, in its own format or that of a bound. */
export function writeCopy(
  { name, libver }: FixtureEntry,
  path: string,
  lowBound: LibraryVersion = libver === "latest" ? LATEST : "earliest",
): void {
  const from = H5File.open(new MemorySource(fixtureBytes(name)));
  const { userBlock, sizeOfOffsets, sizeOfLengths } = fixtureModel(name);
  const to = H5File.create(openPath(path, "w"), {
    lowBound,
    userBlockBytes: userBlock,
    sizeOfOffsets,
    sizeOfLengths,
    trackLinkOrder: from.root().tracksCreationOrder,
  });
  copyFile(from, to);
  to.close();
  from.close();
}

/** An attribute of more than 64 KiB needs dense storage; raw data in other files and datasets is not copied here. */
const NOT_WRITTEN = new Set(["large-attribute-latest", "external-storage", "virtual-latest"]);

/** Those that `writeCopy` can write; the library of the fixtures has no bound for a superblock of version 2 alone. */
export function copiedFixtures(): FixtureEntry[] {
  return fixtures().filter(({ name, libver }) => !NOT_WRITTEN.has(name) && libver !== "v108");
}
