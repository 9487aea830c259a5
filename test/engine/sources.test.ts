/** The same facts, wherever the bytes are and however little is kept of them. */
import { describe, expect, test } from "vitest";
import type { OpenFileOptions } from "../../src/engine/file-options.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { PagedAsyncSource, type PagedSourceOptions } from "../../src/io/paged-source.ts";
import { openPath } from "../../src/io/path-source.ts";
import { runWithRetry } from "../../src/io/retry-driver.ts";
import type { ByteSource } from "../../src/io/source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { fixtureBytes, fixtureModel, fixturePath, fixtures, type Model } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";

/** Nothing is kept: every structure, block and chunk is read anew each time it is needed. */
const NO_CACHES: OpenFileOptions = {
  metadataCacheBytes: 0,
  blockCacheBytes: 0,
  chunkCache: { nslots: 0, nbytes: 0, w0: 0 },
};

/** A cache that holds a few structures and chunks, so that what it has is thrown out all the time. */
const SMALL_CACHES: OpenFileOptions = {
  metadataCacheBytes: 700,
  blockCacheBytes: 512,
  chunkCache: { nslots: 3, nbytes: 300, w0: 0.5 },
};

const NAMES = fixtures().map(({ name }) => name);

function readModel(source: ByteSource, options: OpenFileOptions = {}): Model {
  const opener = folderOpener(fixturePath("."), {}, options);
  const file = H5File.open(source, { ...options, opener });
  try {
    return modelOfFile(file);
  } finally {
    file.close();
    opener.closeAll();
  }
}

/** One operation reads everything, so it is started over each time that pages are missing. */
async function readLate(name: string, pages: PagedSourceOptions, options: OpenFileOptions = {}): Promise<Model> {
  const bytes = fixtureBytes(name);
  const late = new LateSource(bytes, { name: `${name}.h5`, seed: bytes.length });
  const source = await PagedAsyncSource.open(late, { headSize: 0, ...pages });
  const opener = folderOpener(fixturePath("."), {}, options);
  const file = await runWithRetry(() => H5File.open(source, { ...options, opener }));
  const model = await runWithRetry(() => modelOfFile(file));
  expect(source.statistics().rounds).toBeGreaterThan(0);
  file.close();
  opener.closeAll();
  return model;
}

function inMemory(name: string): MemorySource {
  return new MemorySource(fixtureBytes(name), `${name}.h5`);
}

describe("a file is the same", () => {
  test.each(NAMES)("on a disk: %s", (name) => {
    expect(readModel(openPath(fixturePath(`${name}.h5`), "r"))).toEqual(fixtureModel(name));
  });

  test.each(NAMES)("without any cache: %s", (name) => {
    expect(readModel(inMemory(name), NO_CACHES)).toEqual(fixtureModel(name));
  });

  test.each(NAMES)("with caches that hold next to nothing: %s", (name) => {
    expect(readModel(inMemory(name), SMALL_CACHES)).toEqual(fixtureModel(name));
  });

  test.each(NAMES)("when its pages come late: %s", async (name) => {
    expect(await readLate(name, { pageSize: 1024, cacheSize: 0 })).toEqual(fixtureModel(name));
  });

  test.each(NAMES)("when its pages come late and no cache keeps what was decoded: %s", async (name) => {
    expect(await readLate(name, { pageSize: 2048 }, NO_CACHES)).toEqual(fixtureModel(name));
  });
});
