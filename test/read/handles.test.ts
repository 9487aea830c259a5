/** Handles of files that are only read, against those of the whole package. */
import { copyFileSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as whole from "../../src/index.ts";
import { h5t } from "../../src/lowlevel/index.ts";
import * as reader from "../../src/read/index.ts";

const folder = mkdtempSync(join(tmpdir(), "h5ts-reader-handles-"));
const at = (name: string) => join(folder, name);

beforeAll(() => {
  for (const name of ["a.h5", "b.h5"]) {
    using file = new whole.File(at(name), "w", { libver: "latest" });
    const data = Int32Array.from({ length: 100 }, (_, i) => i);
    file.createDataset("chunks", { data, chunks: [10], compression: "gzip" });
    file.set("same", h5t.STD_I32LE.copy());
    file.set("equal", h5t.STD_I32LE.copy());
    file.set("another", h5t.STD_I64LE.copy());
    file.createGroup("g");
    if (name === "a.h5") file.set("other", new whole.ExternalLink("b.h5", "/"));
  }
  writeFileSync(at("none.h5"), "not a file of the format, but long enough to be looked at".repeat(40));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ["the whole package", whole.File],
  ["the reader", reader.File as unknown as typeof whole.File],
])("files of %s", (_name, File) => {
  test("say so when they are closed, as does what came out of them", () => {
    const file = new File(at("a.h5"), "r");
    const dataset = file.getDataset("chunks");
    const group = file.getGroup("g");
    const attrs = group.attrs;
    file.close();
    expect([file.isOpen, dataset.isOpen, group.isOpen]).toEqual([false, false, false]);
    for (const use of [
      () => file.get("g"),
      () => dataset.read(),
      () => dataset.shape,
      () => group.keys(),
      () => attrs.keys(),
    ]) {
      expect(use).toThrow(expect.objectContaining({ name: "ValueError", code: "closed" }));
    }
  });

  test("have datatypes that are equal when their elements are, and objects when they are the same", () => {
    using file = new File(at("a.h5"), "r");
    const equal = (first: string, second: string) => file.get(first).equals(file.get(second));
    expect([equal("same", "equal"), equal("same", "another"), equal("same", "other/same")]).toEqual([
      true,
      false,
      true,
    ]);
    expect([equal("g", "g"), equal("g", "chunks"), equal("g", "same"), equal("g", "other/g")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("keep as much of chunks as they are told, or as who opens a dataset first is told", () => {
    const entries = (rdccNbytes: number | undefined, ...opened: (number | undefined)[]) => {
      using file = new File(at("a.h5"), "r", rdccNbytes === undefined ? {} : { rdccNbytes });
      const datasets = opened.map((each) => {
        const dataset = file.getDataset("chunks", each === undefined ? {} : { rdccNbytes: each });
        dataset.read("0:5");
        dataset.read("15:25");
        return dataset;
      });
      return datasets.map((dataset) => dataset.chunkCacheStatistics?.entries);
    };
    expect(entries(undefined, undefined)).toEqual([3]);
    expect(entries(0, undefined)).toEqual([0]);
    expect(entries(0, 80)).toEqual([2]);
    expect(entries(undefined, 40, 0)).toEqual([1, 1]);
  });

  test("that another one leads to close alone", () => {
    const file = new File(at("a.h5"), "r");
    const other = file.getGroup("other").file;
    expect(other.filename).toBe(at("b.h5"));
    other.close();
    expect([file.isOpen, other.isOpen]).toEqual([true, false]);
    expect(file.getDataset("chunks").read([7])).toBe(7);
    expect(file.getDataset("other/chunks").read([7])).toBe(7);
    file.close();
  });

  test("that cannot be opened do not stay open", () => {
    expect(() => new File(at("none.h5"), "r")).toThrow("file signature not found");
    expect(() => new File(at("nowhere.h5"), "r")).toThrow("No such file");
    const open = readdirSync("/proc/self/fd").map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return "";
      }
    });
    expect(open).not.toContain(at("none.h5"));
  });

  test("that others write are read, with those they lead to, if they are opened so", () => {
    for (const [name, other] of [
      ["c.h5", "d.h5"],
      ["d.h5", "c.h5"],
    ] as const) {
      using writing = new whole.File(at("written.h5"), "w", { libver: "latest" });
      writing.set("other", new whole.ExternalLink(other, "/"));
      writing.createDataset("data", { data: [7], maxshape: [null], chunks: [4] });
      writing.swmrMode = true;
      // As it is while somebody writes.
      copyFileSync(at("written.h5"), at(name));
    }
    expect(() => new File(at("c.h5"), "r")).toThrow("file is already open");
    using file = new File(at("c.h5"), "r", { swmr: true });
    expect(file.getDataset("other/data").read([0])).toBe(7);
  });
});
