import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { runJam } from "../../src/tools/jam/command.ts";
import { runRepart } from "../../src/tools/repart/command.ts";
import { runUnjam } from "../../src/tools/unjam/command.ts";
import { moveBytes } from "../../src/tools/user-blocks.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);
const fixture = fixturePath("links-earliest.h5");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-blocks-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("bytes are moved to and fro in pieces, over themselves", () => {
  const bytes = Uint8Array.from({ length: (5 << 20) / 2 }, (_, i) => i * 7 + (i >> 9));
  for (const distance of [1, 512, 1 << 20, 3 << 20]) {
    const target = new MemoryTarget(new Uint8Array(bytes));
    moveBytes(target, 0, bytes.length, distance);
    expect(Buffer.compare(target.toBytes().subarray(distance), bytes)).toBe(0);
    moveBytes(target, distance, bytes.length, 0);
    expect(Buffer.compare(target.toBytes().subarray(0, bytes.length), bytes)).toBe(0);
  }
});

describe("h5ts jam", () => {
  test.each([
    ["no file", ["-u", fixture], "missing argument for -i <HDF5 file>."],
    ["no user file", ["-i", fixture], "missing argument for -u <user_file>."],
    ["an HDF5 file in front", ["-i", fixture, "-u", fixture], "it appears to be an HDF5 file"],
    ["no HDF5 file behind", ["-i", "package.json", "-u", "package.json"], "is not HDF5 format"],
    ["a user file that is not there", ["-i", fixture, "-u", "missing"], "unable to open file"],
  ])("refuses %s", (_, words, problem) => {
    const result = runTool(runJam, ...words, "-o", inFolder("made.h5"));
    expect(result.code).toBe(1);
    expect(result.errors).toContain(problem);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("h5ts jam and unjam", () => {
  const textAt = (path: string, start: number, length: number) =>
    readFileSync(path)
      .subarray(start, start + length)
      .toString();
  const storedIn = (path: string) => {
    using file = new File(path);
    return [file.get("x").read(), file.userblockSize];
  };

  /** A file with "old" in its user block, and a text to be put in front of one. */
  function samples(): { file: string; text: string } {
    const file = inFolder("a.h5");
    const made = new File(file, "w", { userblockSize: 512 });
    made.set("x", 7);
    made.close();
    const bytes = readFileSync(file);
    bytes.write("old");
    writeFileSync(file, bytes);
    writeFileSync(inFolder("text"), "new text");
    return { file, text: inFolder("text") };
  }

  test("put a text behind what the user block holds, or in its place, and take it off again", () => {
    const { file, text } = samples();
    const [both, one] = [inFolder("both.h5"), inFolder("one.h5")];
    expect(runTool(runJam, "-i", file, "-u", text, "-o", both).code).toBe(0);
    expect([textAt(both, 0, 4), textAt(both, 512, 8), storedIn(both)]).toEqual(["old\0", "new text", [7, 1024]]);
    expect(runTool(runJam, "-i", file, "-u", text, "-o", one, "--clobber").code).toBe(0);
    expect([textAt(one, 0, 9), storedIn(one)]).toEqual(["new text\0", [7, 512]]);
    expect([textAt(file, 0, 4), storedIn(file)]).toEqual(["old\0", [7, 512]]);
    const large = inFolder("large.h5");
    expect(runTool(runJam, "-i", both, "-u", text, "-o", large, "--clobber").code).toBe(0);
    expect([textAt(large, 0, 9), textAt(large, 512, 1), storedIn(large)]).toEqual(["new text\0", "\0", [7, 1024]]);
    const [block, plain] = [inFolder("block"), inFolder("plain.h5")];
    expect(runTool(runUnjam, "-i", both, "-u", block, "-o", plain).code).toBe(0);
    expect([textAt(block, 0, 4), textAt(block, 512, 8), storedIn(plain)]).toEqual(["old\0", "new text", [7, 0]]);
    expect([readFileSync(block).length, readFileSync(plain).length]).toEqual([1024, readFileSync(both).length - 1024]);
  });

  test("change a file in its place, which gets shorter again", () => {
    const { file, text } = samples();
    const before = readFileSync(file);
    expect(runTool(runJam, "-i", file, "-u", text).code).toBe(0);
    expect([textAt(file, 0, 4), textAt(file, 512, 8), storedIn(file)]).toEqual(["old\0", "new text", [7, 1024]]);
    expect(runTool(runUnjam, "-i", file, "-u", inFolder("block")).code).toBe(0);
    expect(readFileSync(file).length).toBe(before.length - 512);
    expect(storedIn(file)).toEqual([7, 0]);
  });
});

describe("h5ts unjam", () => {
  test("makes nothing of a file without a user block", () => {
    const result = runTool(runUnjam, "-i", fixture, "-o", inFolder("made.h5"), "-u", inFolder("block"));
    expect(result).toMatchObject({
      code: 0,
      errors: `h5ts unjam error: "${fixture}" has no user block: no change to file\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses to put the block into the file, or to write and to drop it", () => {
    const path = inFolder("a.h5");
    writeFileSync(path, readFileSync(fixturePath("user-block-512.h5")));
    const before = readFileSync(path);
    expect(runTool(runUnjam, "-i", path, "-u", path).code).toBe(1);
    expect(runTool(runUnjam, "-i", path, "-u", inFolder("b"), "--delete").code).toBe(1);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["a.h5"]);
  });
});

describe("h5ts repart", () => {
  test.each([
    [["-m", "0", "a.h5", "b.h5"], 'no number of bytes for option "-m"'],
    [["-m", "12x", "a.h5", "b.h5"], 'no number of bytes for option "-m"'],
    [["-q", "a.h5", "b.h5"], 'unknown option "-q"'],
    [["a.h5"], "two names expected"],
    [["missing-%d.h5", "b.h5"], "unable to open member file"],
  ])("refuses %j", (words, problem) => {
    const result = runTool(runRepart, ...words);
    expect(result.code).toBe(1);
    expect(result.errors).toContain(problem);
  });

  test("does not write over what it reads, and leaves no members of an older family", () => {
    const pattern = inFolder("part-%d.h5");
    expect(runTool(runRepart, "-m", "1k", fixture, pattern).code).toBe(0);
    const many = readdirSync(folder).length;
    expect(many).toBeGreaterThan(3);
    const before = readFileSync(inFolder("part-1.h5"));
    expect(runTool(runRepart, "-m", "2k", pattern, pattern).errors).toContain("copied into itself");
    expect(readFileSync(inFolder("part-1.h5")).equals(before)).toBe(true);
    expect(runTool(runRepart, "-v", "-m", "4k", fixture, pattern).output).toContain(`> ${inFolder("part-1.h5")}\n`);
    const members = readdirSync(folder);
    expect(members.length).toBe(Math.ceil(many / 4));
    expect(Buffer.concat(members.map((name) => readFileSync(inFolder(name)))).equals(readFileSync(fixture))).toBe(true);
  });
});
