import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { runClear } from "../../src/tools/clear/command.ts";
import { runMkgrp } from "../../src/tools/mkgrp/command.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-clear-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file whose writer died after a flush. */
function abandonedFile(name: string): string {
  const target = new MemoryTarget();
  const f = new File(target, "w", { libver: "latest" });
  f.set("a", [1, 2, 3]);
  f.flush();
  writeFileSync(inFolder(name), target.toBytes());
  f.close();
  return inFolder(name);
}

describe("h5ts clear", () => {
  it("takes away the mark of a writer that died", () => {
    const path = abandonedFile("a.h5");
    expect(() => new File(path)).toThrow(/already open for write/);
    expect(runTool(runClear, "--filesize", path)).toMatchObject({ code: 1, output: "" });
    expect(runTool(runClear, "-s", path)).toMatchObject({ code: 0, output: "", errors: "" });
    using f = new File(path);
    expect([...f.getDataset("a").read<{ data: Float64Array }>().data]).toEqual([1, 2, 3]);
  });

  it("tells where a file ends, and moves its end", () => {
    const path = inFolder("b.h5");
    const f = new File(path, "w");
    f.set("a", 1);
    f.close();
    const { size } = statSync(path);
    truncateSync(path, size + 100);
    expect(runTool(runClear, "--filesize", path).output).toBe(`EOA is ${size}; EOF is ${size + 100} \n`);
    expect(runTool(runClear, "--increment=50", path)).toMatchObject({ code: 0, errors: "" });
    expect(runTool(runClear, "--filesize", path).output).toBe(`EOA is ${size + 150}; EOF is ${size + 150} \n`);
    expect(runTool(runClear, "--increment", path).code).toBe(0);
    expect(statSync(path).size).toBe(size + 150 + (1 << 20));
    using again = new File(path);
    expect(again.getDataset("a").read()).toBe(1);
  });

  it("makes a file whole that is shorter than stored", () => {
    const path = inFolder("c.h5");
    const f = new File(path, "w", { userblockSize: 512 });
    f.createDataset("a", { data: new Float64Array(1000) });
    f.close();
    const { size } = statSync(path);
    truncateSync(path, size - 500);
    expect(() => new File(path)).toThrow(/truncated/);
    expect(runTool(runClear, "--increment=0", path).code).toBe(0);
    expect(statSync(path).size).toBe(size);
    new File(path).close();
  });

  it("removes a metadata cache image", () => {
    const path = inFolder("image.h5");
    copyFileSync("test/fixtures/file-space/paged-image.h5", path);
    const before = [...new File(path).keys()];
    expect(runTool(runClear, "-m", path)).toMatchObject({ code: 0, errors: "" });
    expect(readFileSync(path).includes("MDCI")).toBe(false);
    expect([...new File(path).keys()]).toEqual(before);
  });

  it.each([[[]], [["a.h5"]], [["-s"]], [["--increment=x", "a.h5"]], [["-k", "a.h5"]], [["-s", "nothing.h5"]]])(
    "refuses %j",
    (words) => {
      expect(runTool(runClear, ...words)).toMatchObject({ code: 1, errors: expect.stringMatching(/./) });
    },
  );
});

describe("h5ts mkgrp", () => {
  it("makes groups in a new file and in one that is there", () => {
    const path = inFolder("d.h5");
    expect(runTool(runMkgrp, "-v", path, "one", "two")).toMatchObject({
      code: 0,
      output: "h5mkgrp: created group 'one'\nh5mkgrp: created group 'two'\n",
    });
    expect(runTool(runMkgrp, path, "one").code).toBe(1);
    expect(runTool(runMkgrp, path, "a/b").code).toBe(1);
    expect(runTool(runMkgrp, "-p", path, "one", "/a/b/c").code).toBe(0);
    using f = new File(path);
    expect([...f.keys()]).toEqual(["a", "one", "two"]);
    expect(f.has("a/b/c")).toBe(true);
    expect(runTool(runMkgrp, path).code).toBe(1);
  });
});
