import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import * as whole from "h5ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smaller } from "../../scripts/lib/smaller.mjs";
import * as programs from "../../scripts/shaking/programs.mjs";
import type * as Core from "../../src/core/index.ts";
import { plain } from "../support/object-facts.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const files = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".h5"));
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(fixtures, name)));

const folder = mkdtempSync(join(tmpdir(), "h5ts-core-"));
let core: typeof Core;
let unusedAssumptions: readonly string[];

/** As the package has it. */
beforeAll(async () => {
  const outfile = join(folder, "core.mjs");
  const options = { bundle: true, format: "esm", platform: "neutral", target: "es2022" } as const;
  const { entry } = programs.core;
  const plugin = programs.core.plugin((program) => {
    const code = programs.core.code(program);
    unusedAssumptions = code.unusedAssumptions;
    return code;
  });
  const { outputFiles } = await build({ ...options, entryPoints: [entry], write: false, plugins: [plugin] });
  writeFileSync(outfile, (await smaller(outputFiles[0]?.text ?? "")).code);
  core = await import(pathToFileURL(outfile).href);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Outcome = { readonly value: unknown } | { readonly error: unknown };

function outcome(read: () => unknown): Outcome {
  try {
    return { value: read() };
  } catch (error) {
    return { error };
  }
}

/** The same value, or errors of both. */
function expectSame(ours: () => unknown, expected: () => unknown, where: string): void {
  const mine = outcome(ours);
  const theirs = outcome(expected);
  if ("error" in theirs) {
    expect("error" in mine && core.isHdf5Error(mine.error), `${where}: ${theirs.error}`).toBe(true);
    return;
  }
  if ("error" in mine) throw new Error(where, { cause: mine.error });
  const empty = theirs.value instanceof whole.Empty;
  expect(plain(mine.value), where).toEqual(empty ? null : plain(theirs.value));
}

function expectRefusal(read: () => unknown, where: string): void {
  const refused = outcome(read);
  expect("error" in refused && core.isHdf5Error(refused.error, "unsupported"), where).toBe(true);
}

/** What lies in other files, or other datasets. */
const isElsewhere = (dataset: whole.Dataset) => dataset.isVirtual || dataset.external !== null;

/** A slice of each dimension, often with a step, or an index. */
function partOf(shape: readonly number[], seed: number): (number | readonly [number, number, number])[] {
  return shape.map((length, d) => {
    const from = (seed * 7 + d * 3) % Math.max(1, length);
    return (seed + d) % 3 === 0 && length > 0 ? from : [from, length - ((seed + d) % 2), 1 + ((seed + d) % 3)];
  });
}

function compareDataset(mine: Core.Dataset, theirs: whole.Dataset, where: string): void {
  if (!theirs.isVirtual) expect(mine.shape, where).toEqual(theirs.shape);
  expectSame(
    () => mine.dtype,
    () => theirs.dtype,
    where,
  );
  expectSame(
    () => mine.chunks,
    () => theirs.chunks,
    where,
  );
  expectSame(
    () => mine.filterIds,
    () => theirs.filterIds,
    where,
  );
  if (isElsewhere(theirs) && !mine.shape?.includes(0)) {
    expectRefusal(() => mine.read(), where);
    return;
  }
  expectSame(
    () => mine.read(),
    () => theirs.read(),
    where,
  );
  for (let seed = 0; seed < 4 && theirs.ndim > 0; seed++) {
    const part = partOf(theirs.shape ?? [], seed);
    expectSame(
      () => mine.read(part.map((arg) => (typeof arg === "number" ? arg : core.slice(...arg)))),
      () => theirs.read(part.map((arg) => (typeof arg === "number" ? arg : whole.slice(...arg)))),
      `${where} ${JSON.stringify(part)}`,
    );
  }
}

function compareObject(mine: Core.Member, theirs: unknown, where: string): void {
  const { attrs } = theirs as whole.Group;
  expectSame(
    () => mine.attrs.keys(),
    () => [...attrs.keys()],
    where,
  );
  for (const name of mine.attrs)
    expectSame(
      () => mine.attrs.get(name),
      () => attrs.get(name),
      `${where} @${name}`,
    );
  if (theirs instanceof whole.Dataset) compareDataset(mine as Core.Dataset, theirs, where);
  else if (theirs instanceof whole.Group)
    expectSame(
      () => (mine as Core.Group).keys(),
      () => [...theirs.keys()],
      where,
    );
}

function compareFile(bytes: Uint8Array, name: string): void {
  const theirs = outcome(() => new whole.File(bytes));
  const mine = outcome(() => new core.File(bytes));
  if ("error" in theirs) {
    expect("error" in mine && core.isHdf5Error(mine.error), `${name}: ${theirs.error}`).toBe(true);
    return;
  }
  if ("error" in mine) throw mine.error;
  const expected = theirs.value as whole.File;
  const found = mine.value as Core.File;
  compareObject(found, expected, `${name} /`);
  expected.visitItems((path, object) => {
    compareObject(found.get(path), object, `${name} ${path}`);
    return undefined;
  });
  expected.close();
  found.close();
}

describe("the core", () => {
  test("is built from assumptions about what there is", () => {
    expect(unusedAssumptions).toEqual([]);
  });

  test("gives of every fixture what the whole package gives", () => {
    expect(files.length).toBeGreaterThan(100);
    for (const name of files) compareFile(bytesOf(name), name);
  }, 300_000);

  test("gives the same of bytes that arrive later", async () => {
    const bytes = bytesOf("files/chunks-latest.h5");
    const source = {
      name: "late",
      byteLength: async () => bytes.length,
      read: async (offset: number, byteLength: number) => bytes.slice(offset, offset + byteLength),
    };
    const late = await core.openAsync(source, { pageSize: 512, headSize: 512 });
    const read = (file: Core.File) => file.keys().map((name) => plain(file.get(name).read()));
    expect(await late.run(read)).toEqual(read(new core.File(bytes)));
    await late.close();
    await expect(core.openAsync({ ...source, byteLength: async () => 100 })).rejects.toThrow();
  });

  test("reads files by path", () => {
    using file = new core.File(core.openPath(join(fixtures, "files", "chunks-latest.h5"), "r"));
    expect(file).toBeInstanceOf(core.Group);
    expect([...file]).toEqual(new core.File(bytesOf("files/chunks-latest.h5")).keys());
  });

  test("follows references to objects, and refuses what leads elsewhere", () => {
    const made = new whole.File("made.h5", "w", { driver: "core", backingStore: false });
    made.set("group/numbers", Int32Array.of(1, 2, 3));
    made.attrs.set("object", made.getDataset("group/numbers").ref);
    made.attrs.set("region", made.getDataset("group/numbers").regionRef("0:2"));
    made.set("outside", new whole.ExternalLink("other.h5", "/x"));
    const file = new core.File(made.toBytes());
    expect(file.get(file.attrs.get<Core.ReferenceValue>("object")).read()).toMatchObject({ shape: [3] });
    expectRefusal(() => file.get(file.attrs.get<Core.ReferenceValue>("region")), "region");
    expectRefusal(() => file.get("outside"), "external link");
    expect(() => file.get("absent")).toThrow("object 'absent' doesn't exist");
    expect([file.has("outside"), file.has("absent")]).toEqual([true, false]);
    const paths = ["group/numbers", "/group/numbers", "group/absent", "absent/numbers", "group/numbers/x"];
    expect(paths.map((path) => file.has(path))).toEqual(paths.map((path) => made.has(path)));
    expect(() => file.has("outside/x")).toThrow("external link");
    expect(() => file.attrs.get("absent")).toThrow("can't locate attribute: 'absent'");
    file.close();
    expect(() => file.get("group")).toThrow("not a file ID");
  });

  test("gives attributes that are the caller's own, of bytes in a Buffer too", () => {
    const made = new whole.File("made.h5", "w", { driver: "core", backingStore: false });
    made.attrs.set("numbers", Int32Array.of(1, 2, 3));
    const { attrs } = new core.File(Buffer.from(made.toBytes()));
    const first = attrs.get<{ data: Int32Array }>("numbers");
    first.data.fill(9);
    expect(attrs.get("numbers")).toMatchObject({ data: Int32Array.of(1, 2, 3) });
  });

  test("refuses a chunk without filters that is too short, an edge chunk whose filters were left out, too", () => {
    const { h5d, h5p, h5s, h5t } = whole;
    const made = new whole.File("made.h5", "w", { driver: "core", backingStore: false, libver: "v110" });
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk([4]);
    dcpl.setDeflate(1);
    dcpl.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    const id = h5d.create(made.id, "d", h5t.STD_U8LE, h5s.createSimple([6], [8]), dcpl);
    id.writeDirectChunk([4], Uint8Array.of(1), 0);
    expect(() => new core.File(made.toBytes()).get("d").read()).toThrow("a chunk without filters has 4");
  });

  test("refuses one member of several, and what is no file", () => {
    const members = files.filter((name) => name.startsWith("drivers/") && /-(000|s|m)\.h5$/.test(name));
    expect(members.length).toBe(6);
    for (const name of members) expect(() => new core.File(bytesOf(name)), name).toThrow();
    expect(() => new core.File(new Uint8Array(100))).toThrow("file signature not found");
  });
});
