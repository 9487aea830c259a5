import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { ExternalAccess, FileOpener } from "../../src/engine/file-opener.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { selectRegular } from "../../src/engine/selection/selection.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { PagedAsyncSource } from "../../src/io/paged-source.ts";
import { runWithRetry } from "../../src/io/retry-driver.ts";
import { folderOpener } from "../support/folder-opener.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));
const EXTERNAL = readFileSync(`${FIXTURES}files/external-storage.h5`);
const FIRST = readFileSync(`${FIXTURES}files/external-storage.first.raw`);
const SECOND = readFileSync(`${FIXTURES}files/external-storage.second.raw`);
const VIRTUAL = `${FIXTURES}virtual/`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "other-files-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function dataset(file: H5File, path: string): DatasetObject {
  const object = resolveObject(file.root(), path);
  if (!(object instanceof DatasetObject)) throw new Error(`${path} is no dataset`);
  return object;
}

function numbers(bytes: Uint8Array): number[] {
  return [...new Int32Array(bytes.slice().buffer)];
}

describe("external raw data", () => {
  function put(second: Uint8Array = SECOND): void {
    writeFileSync(join(folder, "external-storage.first.raw"), FIRST);
    writeFileSync(join(folder, "external-storage.second.raw"), second);
  }

  test("what no file reaches to is zeros", () => {
    put(SECOND.subarray(0, 14));
    const file = H5File.open(new MemorySource(EXTERNAL, "e.h5"), { opener: folderOpener(folder) });
    expect(numbers(dataset(file, "data").readBytes())).toEqual(
      [0, 1, 2, 3, 4, 5, 0, 0, 0, 0].map((n, i) =>
        i === 5 ? (SECOND[12] as number) | ((SECOND[13] as number) << 8) : n,
      ),
    );
    file.close();
  });

  test("a missing file is an error that names it", () => {
    const file = H5File.open(new MemorySource(EXTERNAL, "e.h5"), { opener: folderOpener(folder) });
    expect(() => dataset(file, "data").readBytes()).toThrow("unable to open external raw data file");
    file.close();
  });

  test("is written where it is, over the border of the files, and files are made", () => {
    const target = new MemoryTarget(EXTERNAL, "e.h5");
    const file = H5File.open(target, { opener: folderOpener(folder), writable: true });
    const data = dataset(file, "data");
    data.writeBytes(new Uint8Array(Int32Array.of(13, 14, 15).buffer), selectRegular([10], [3], [3]));
    expect(numbers(data.readBytes())).toEqual([0, 0, 0, 13, 14, 15, 0, 0, 0, 0]);
    file.close();
    expect(readFileSync(join(folder, "external-storage.first.raw")).readInt32LE(12)).toBe(13);
    expect(readFileSync(join(folder, "external-storage.second.raw")).readInt32LE(12)).toBe(15);
  });

  test("a prefix tells where it is", () => {
    mkdirSync(join(folder, "raw"));
    writeFileSync(join(folder, "raw/external-storage.first.raw"), FIRST);
    writeFileSync(join(folder, "raw/external-storage.second.raw"), SECOND);
    const opener = folderOpener(folder);
    const file = H5File.open(new MemorySource(EXTERNAL, "e.h5"), { opener, externalFolders: { rawData: "raw" } });
    expect(numbers(dataset(file, "data").readBytes())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    file.close();
    const other = folderOpener(folder, { HDF5_EXTFILE_PREFIX: "$" + "{ORIGIN}/raw" });
    const again = H5File.open(new MemorySource(EXTERNAL, "./e.h5"), { opener: other });
    expect(numbers(dataset(again, "data").readBytes())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    again.close();
  });
});

describe("a file's reach", () => {
  function firstOf(externalAccess: ExternalAccess, name = "main.h5"): number {
    const opener = folderOpener(folder);
    const bytes = readFileSync(`${VIRTUAL}virtual-latest.h5`);
    const file = H5File.open(new MemorySource(bytes, name), { opener, externalAccess });
    const [first] = numbers(dataset(file, "subfolder").readBytes());
    file.close();
    opener.closeAll();
    return first as number;
  }

  test("can be cut off", () => {
    mkdirSync(join(folder, "folder"));
    writeFileSync(join(folder, "folder/source-c.h5"), readFileSync(`${VIRTUAL}folder/source-c.h5`));
    expect(firstOf("anywhere")).toBe(2000);
    expect(firstOf("nowhere")).toBe(-1);
    expect(firstOf({ within: "." })).toBe(2000);
    expect(firstOf({ within: folder })).toBe(2000);
    expect(firstOf({ within: "folder" })).toBe(2000);
    expect(firstOf({ within: "elsewhere" })).toBe(-1);
  });

  test("does not go beyond its folder through a symbolic link", () => {
    mkdirSync(join(folder, "outside"));
    mkdirSync(join(folder, "inside"));
    writeFileSync(join(folder, "outside/source-c.h5"), readFileSync(`${VIRTUAL}folder/source-c.h5`));
    symlinkSync(join(folder, "outside"), join(folder, "inside/folder"));
    expect(firstOf("anywhere", "inside/main.h5")).toBe(2000);
    expect(firstOf({ within: "inside" }, "inside/main.h5")).toBe(-1);
  });

  test("does not go beyond its folder through what is made", () => {
    mkdirSync(join(folder, "inside"));
    const opener = folderOpener(folder);
    const options = { opener, writable: true, externalAccess: { within: "inside" } };
    const file = H5File.open(new MemoryTarget(EXTERNAL, "inside/e.h5"), options);
    expect(() => dataset(file, "data").writeBytes(new Uint8Array(40))).toThrow("unable to open external raw data file");
    file.close();
  });
});

describe("writing to virtual datasets", () => {
  test("changes their sources, converted", () => {
    for (const name of ["source-a.h5", "source-b.h5", "virtual-latest.h5"]) {
      writeFileSync(join(folder, name), readFileSync(VIRTUAL + name));
    }
    const opener = folderOpener(folder, {}, { writable: true });
    const target = new MemoryTarget(readFileSync(`${VIRTUAL}virtual-latest.h5`), "virtual-latest.h5");
    const file = H5File.open(target, { opener, writable: true });
    const interleaved = dataset(file, "interleaved");
    const values = Int32Array.from({ length: 48 }, (_, i) => 7 * i);
    interleaved.writeBytes(new Uint8Array(values.buffer));
    expect(numbers(interleaved.readBytes())).toEqual([...values]);
    const converted = dataset(file, "converted");
    const wide = new Uint8Array(16);
    new DataView(wide.buffer).setFloat64(0, 40000);
    new DataView(wide.buffer).setFloat64(8, -12.75);
    converted.writeBytes(wide, selectRegular([8], [2], [2]));
    const back = new DataView(converted.readBytes().slice().buffer);
    expect([back.getFloat64(16), back.getFloat64(24)]).toEqual([32767, -12]);
    const mosaic = dataset(file, "mosaic");
    expect(() => mosaic.writeBytes(new Uint8Array(8 * 12 * 4))).toThrow(
      "write requested to unmapped portion of virtual dataset",
    );
    file.close();
    opener.closeAll();
    const source = H5File.open(new MemorySource(readFileSync(join(folder, "source-a.h5"))));
    expect(numbers(dataset(source, "numbers").readBytes()).slice(0, 7)).toEqual([0, 7, 14, 21, 28, 35, 84]);
    source.close();
  });
});

test("sources that answer late are waited for", async () => {
  const late = (name: string) =>
    PagedAsyncSource.open(new LateSource(new Uint8Array(readFileSync(VIRTUAL + name)), { name }), {
      pageSize: 512,
      headSize: 512,
    });
  const sources = new Map(
    await Promise.all(
      ["virtual-latest.h5", "source-a.h5", "source-b.h5"].map(async (name) => [name, await late(name)] as const),
    ),
  );
  const files = new Map<string, H5File>();
  const opener: FileOpener = {
    open(name) {
      const source = sources.get(name);
      const known = files.get(name);
      if (known !== undefined || source === undefined) return known;
      const file = H5File.open(source, { opener });
      files.set(name, file);
      return file;
    },
  };
  const found = await runWithRetry(() =>
    numbers(dataset(opener.open?.("virtual-latest.h5", undefined as never) as H5File, "mosaic").readBytes()),
  );
  expect(found.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, -1]);
  expect(found.slice(-2)).toEqual([1022, 1023]);
});
