import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import * as whole from "h5ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smaller } from "../../scripts/lib/smaller.mjs";
import * as programs from "../../scripts/shaking/programs.mjs";
import type { ReferenceValue } from "../../src/engine/conversion/element-decoder.ts";
import type * as Reader from "../../src/read/index.ts";
import { datasetPaths, fileFacts } from "../support/object-facts.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const files = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".h5"));
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(fixtures, name)));

const folder = mkdtempSync(join(tmpdir(), "h5ts-reader-"));
let reader: typeof Reader;
let unusedAssumptions: readonly string[];

/** As the package has it: what nobody reaches who only reads is left out. */
beforeAll(async () => {
  const outfile = join(folder, "reader.mjs");
  const options = { bundle: true, format: "esm", platform: "neutral", target: "es2022" } as const;
  const { entry } = programs.reader;
  const plugin = programs.reader.plugin((program) => {
    const code = programs.reader.code(program);
    unusedAssumptions = code.unusedAssumptions;
    return code;
  });
  const { outputFiles } = await build({ ...options, entryPoints: [entry], write: false, plugins: [plugin] });
  writeFileSync(outfile, (await smaller(outputFiles[0]?.text ?? "")).code);
  reader = await import(pathToFileURL(outfile).href);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A source that gives everything, but later. */
function lateSource(bytes: Uint8Array): Reader.AsyncByteSource {
  return {
    name: "late",
    byteLength: async () => bytes.length,
    read: async (offset, byteLength) => bytes.slice(offset, offset + byteLength),
  };
}

describe("the reader", () => {
  test("is built from assumptions about what there is", () => {
    expect(unusedAssumptions).toEqual([]);
  });

  test("gives of every fixture what the whole package gives", () => {
    expect(files.length).toBeGreaterThan(100);
    for (const name of files) {
      const bytes = bytesOf(name);
      expect(fileFacts(reader, bytes), name).toEqual(fileFacts(whole, bytes));
    }
  }, 300_000);

  test("gives the same of bytes that arrive later", async () => {
    for (const name of files) {
      const bytes = bytesOf(name);
      let paths: string[];
      try {
        paths = datasetPaths(whole, bytes);
      } catch {
        // Damaged as a whole.
        continue;
      }
      const settings = { pageSize: 512, headSize: 512 };
      const [late, expected] = await Promise.all([
        reader.openAsync(lateSource(bytes), settings),
        whole.openAsync(lateSource(bytes), settings),
      ]);
      for (const path of paths) {
        const outcome = (file: typeof late) =>
          file
            .get(path)
            .then((dataset) => dataset.read())
            .catch((error: Error) => error.message);
        expect(await outcome(late), `${name}: ${path}`).toEqual(await outcome(expected));
      }
      expect(late.statistics).toEqual(expected.statistics);
      await Promise.all([late.close(), expected.close()]);
    }
  }, 300_000);

  test("gives the dimensions and references of bytes that arrive later", async () => {
    const written = new whole.File("late.h5", "w", { driver: "core", backingStore: false });
    const scale = written.createDataset("x", { data: Float64Array.of(1, 2, 3) });
    scale.makeScale("axis");
    const dataset = written.createDataset("d", { data: Float64Array.of(4, 5, 6) });
    dataset.dims.get(0).attachScale(scale);
    dataset.dims.get(0).label = "length";
    written.attrs.set("part", dataset.regionRef("0:2"));
    const late = await reader.openAsync(lateSource(written.toBytes()));
    const read = await late.getDataset("d");
    const dimension = await (await read.dims).get(0);
    expect([await dimension.label, await dimension.keys()]).toEqual(["length", ["axis"]]);
    expect((await late.get(await read.ref)).name).toBe(null);
    const part = await (await late.attrs).get<ReferenceValue>("part");
    expect(await (await read.regionref).selection(part)).toEqual([2]);
    expect(await late.freeSpace).toBe(0);
    await late.close();
    await expect(read.dims).rejects.toThrow("Not a file id");
  });

  test("knows datatypes by all their names", () => {
    for (const name of ["bool_", "byte", "ushort", "intc", "longlong", "half", "single", "cdouble", "longdouble"]) {
      expect(new reader.Empty(name).dtype, name).toBe(new whole.Empty(name).dtype);
    }
  });

  test("reads files by path, and refuses what is no file", () => {
    const path = join(fixtures, "files", "attributes-earliest.h5");
    using file = new reader.File(path);
    expect(file.filename).toBe(path);
    expect(file).toBeInstanceOf(reader.Group);
    expect(() => new reader.File(join(folder, "absent.h5"))).toThrow("No such file or directory");
    expect(() => new reader.File(new Uint8Array(100))).toThrow("Unable to open file (file signature not found)");
  });

  test("finds the members of files that are made of several", () => {
    const members = files.filter((name) => name.startsWith("drivers/") && /-(000|s|m)\.h5$/.test(name));
    expect(members.length).toBe(6);
    for (const name of members) {
      const path = join(fixtures, name);
      expect(fileFacts(reader, path), name).toEqual(fileFacts(whole, path));
    }
  });
});
