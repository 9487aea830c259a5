import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { fixtureBytes, fixtureModel, fixturePath, fixtures } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";

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
  test.each(fixtures().map(({ name }) => name))("%s is read as h5py reads it", (name) => {
    expect(read(name)).toEqual(fixtureModel(name));
  });
});
