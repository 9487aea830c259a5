import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { fixtureBytes, fixtureModel, fixturePath, fixtures } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";

/** What the engine does not read so far, and how it says so. */
const REFUSED: Readonly<Record<string, string>> = {
  "other-filters": "required filter 'scaleoffset' is not registered",
  lzf: "required filter 'lzf' is not registered",
  "virtual-latest": "raw data of a virtual dataset",
};

function read(name: string) {
  const opener = folderOpener(fixturePath("."));
  const file = H5File.open(new MemorySource(fixtureBytes(name), `${name}.h5`), { opener });
  try {
    return modelOfFile(file);
  } finally {
    file.close();
  }
}

describe("files of the C library", () => {
  const names = fixtures().map(({ name }) => name);

  test.each(names.filter((name) => !(name in REFUSED)))("%s is read as h5py reads it", (name) => {
    expect(read(name)).toEqual(fixtureModel(name));
  });

  test.each(Object.entries(REFUSED))("%s is refused: %s", (name, words) => {
    expect(() => read(name)).toThrow(words);
  });
});
