import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Dataset } from "../../src/highlevel/dataset.ts";
import { ExternalLink, File, type FileOptions, openAsync, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { h5f, h5p } from "../../src/lowlevel/index.ts";

let folder: string;

/** Names of the other files, relative to the file in `in`, and whether a file confined to `in` may reach them. */
const PLACES = (ending: string): [name: string, reachable: boolean][] => [
  [`near.${ending}`, true],
  [`./deeper/../near.${ending}`, true],
  [`${folder}/in/near.${ending}`, true],
  [`../out/far.${ending}`, false],
  [`${folder}/out/far.${ending}`, false],
  [`${folder}/in/../out/far.${ending}`, false],
  [`link.${ending}`, false],
  [`linked/far.${ending}`, false],
];

const VALUES = Int32Array.of(1, 2, 3);

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/other-files-`);
  for (const name of ["in", "in/deeper", "out"]) mkdirSync(`${folder}/${name}`);
  for (const name of ["in/near", "out/far"]) {
    const file = new File(`${folder}/${name}.h5`, "w");
    file.createDataset("data", { data: VALUES });
    file.set("onward", new ExternalLink(`${folder}/out/far.h5`, "/data"));
    file.close();
    writeFileSync(`${folder}/${name}.raw`, VALUES);
  }
  symlinkSync("../out/far.h5", `${folder}/in/link.h5`);
  symlinkSync("../out/far.raw", `${folder}/in/link.raw`);
  symlinkSync("../out", `${folder}/in/linked`);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The three ways to another file, each as a function that makes one and one that follows it. */
const WAYS: Record<string, { ending: string; make(file: File, at: string, name: string): void }> = {
  "external links": {
    ending: "h5",
    make: (file, at, name) => file.set(at, new ExternalLink(name, "/data")),
  },
  "virtual datasets": {
    ending: "h5",
    make: (file, at, name) => {
      const layout = new VirtualLayout({ shape: [3], dtype: "<i4" });
      layout.set([], new VirtualSource(name, { name: "data", shape: [3] }));
      file.createVirtualDataset(at, layout, { fillvalue: -1 });
    },
  },
  "external raw data": {
    ending: "raw",
    make: (file, at, name) => {
      // Names of raw data are relative to the current folder.
      const path = name.startsWith("/") ? name : `${folder}/in/${name}`;
      file.createDataset(at, { shape: [3], dtype: "<i4", external: [[path, 0, 12]] });
    },
  },
};

/** Whether what is at a path can be read and has the other file's values. */
function reaches(file: File, path: string): boolean {
  try {
    const { data } = file.get<Dataset>(path).read();
    return String(data) === String(VALUES);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    expect(String(error)).toMatch(/unable to open|doesn't exist|Can't read data|external/i);
    return false;
  }
}

describe.each(Object.entries(WAYS))("%s", (_, { ending, make }) => {
  test.each<[FileOptions, (reachable: boolean) => boolean]>([
    [{}, () => true],
    [{ externalAccess: "anywhere" }, () => true],
    [{ externalAccess: "nowhere" }, () => false],
  ])("lead as far as the file may reach: %o", (options, expected) => {
    const path = `${folder}/in/file.h5`;
    const file = new File(path, "w");
    PLACES(ending).forEach(([name], i) => void make(file, `at${i}`, name));
    file.close();
    const again = new File(path, "r", options);
    PLACES(ending).forEach(([name, reachable], i) => {
      expect([name, reaches(again, `at${i}`)]).toEqual([name, expected(reachable)]);
    });
    again.close();
  });

  test("stay in the folder that they are confined to", () => {
    const path = `${folder}/in/file.h5`;
    const file = new File(path, "w");
    PLACES(ending).forEach(([name], i) => void make(file, `at${i}`, name));
    file.close();
    const again = new File(path, "r", { externalAccess: { within: `${folder}/in` } });
    PLACES(ending).forEach(([name, reachable], i) => {
      expect([name, reaches(again, `at${i}`)]).toEqual([name, reachable]);
    });
    again.close();
  });

  test("are followed by a resolver, without a file system", async () => {
    const bytes = readFileSync(`${folder}/in/near.${ending}`);
    const made = new File(new Uint8Array(0), "w");
    const elsewhere = WAYS["external raw data"]?.make === make ? "/elsewhere" : "elsewhere";
    make(made, "at", elsewhere);
    make(made, "missing", `${elsewhere}-missing`);
    const image = made.toBytes();
    made.close();
    const resolver = (name: string) => (name === elsewhere ? new Uint8Array(bytes) : undefined);
    const file = new File(image, "r", { resolver });
    expect(reaches(file, "at")).toBe(true);
    expect(reaches(file, "missing")).toBe(false);
    file.close();
    const confined = new File(image, "r", { resolver, externalAccess: "nowhere" });
    expect(reaches(confined, "at")).toBe(false);
    confined.close();

    const asked: string[] = [];
    const late = await openAsync(image, {
      pageSize: 256,
      headSize: 0,
      resolver: async (name) => {
        asked.push(name);
        return resolver(name);
      },
    });
    expect(await late.run((each) => reaches(each, "at"))).toBe(true);
    expect(await late.run((each) => reaches(each, "missing"))).toBe(false);
    expect(new Set(asked).size).toBe(asked.length);
    await late.close();
  });
});

test("files that a confined file leads to are confined, too", () => {
  const path = `${folder}/in/file.h5`;
  const file = new File(path, "w");
  file.set("onward", new ExternalLink("near.h5", "/onward"));
  file.close();
  const open = (options: FileOptions) => {
    const opened = new File(path, "r", options);
    const found = reaches(opened, "onward");
    opened.close();
    return found;
  };
  expect(open({})).toBe(true);
  expect(open({ externalAccess: { within: `${folder}/in` } })).toBe(false);
  expect(open({ externalAccess: { within: folder } })).toBe(true);
});

test("members that a file names are other files", () => {
  const split = (name: string) => new Uint8Array(readFileSync(`test/fixtures/drivers/split-latest-${name}.h5`));
  writeFileSync(`${folder}/in/split-latest-m.h5`, split("m"));
  writeFileSync(`${folder}/in/split-latest-r.h5`, split("r"));
  const path = `${folder}/in/split-latest-m.h5`;
  const length = (options: FileOptions) => {
    const file = new File(path, "r", options);
    const { length } = file.get<Dataset>("data").read().data;
    file.close();
    return length;
  };
  expect(length({})).toBe(200);
  expect(length({ externalAccess: { within: `${folder}/in` } })).toBe(200);
  expect(() => length({ externalAccess: "nowhere" })).toThrow("multi driver should be used");
  expect(() => length({ externalAccess: { within: `${folder}/out` } })).toThrow("multi driver should be used");
});

test("a member whose others are missing is not opened for writing, and none is made", () => {
  const lone = `${folder}/lone`;
  mkdirSync(lone);
  const path = `${lone}/split-latest-m.h5`;
  copyFileSync("test/fixtures/drivers/split-latest-m.h5", path);
  const before = readFileSync(path);
  expect(() => new File(path, "r+")).toThrow("multi driver should be used");
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setFaplSplit();
  expect(() => h5f.open(`${lone}/split-latest`, h5f.ACC_RDWR, fapl)).toThrow("unable to open member file");
  expect(readdirSync(lone)).toEqual(["split-latest-m.h5"]);
  expect(readFileSync(path)).toEqual(before);
});
