import { describe, expect, test } from "vitest";
import { runMap } from "../../../src/tools/map/command.ts";
import type { Platform } from "../../../src/tools/platform.ts";

const FILE = "test/fixtures/files/layouts-earliest.h5";

/** A platform whose standard output, errors and files are kept. */
class TestPlatform implements Platform {
  readonly arguments = [];
  output = "";
  errors = "";
  readonly files = new Map<string, string>();

  environment(): string | undefined {
    return undefined;
  }

  writeStandardOutput(bytes: Uint8Array): void {
    this.output += Buffer.from(bytes).toString("utf8");
  }

  writeStandardError(text: string): void {
    this.errors += text;
  }

  createFile(path: string): void {
    this.files.set(path, "");
  }

  appendFile(path: string, bytes: Uint8Array): void {
    this.files.set(path, (this.files.get(path) ?? "") + Buffer.from(bytes).toString("utf8"));
  }

  stopWithoutReader(): void {}

  setExitCode(): void {}
}

function map(...words: string[]) {
  const platform = new TestPlatform();
  const code = runMap(words, platform);
  return { code, output: platform.output, errors: platform.errors, files: platform.files };
}

describe("h5ts map", () => {
  test("prints a table by address, then bytes by kind", () => {
    const { code, output } = map(FILE);
    expect(code).toBe(0);
    const lines = output.split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "Offset  Bytes  Structure                                   Owner",
      "------  -----  ------------------------------------------  -----",
      "     0     96  Superblock, version 0",
      "    96     40  Object header, version 1                    /",
      "   136    544  Node of level 0 of the B-tree of links      /",
    ]);
    expect(lines).toContain("Superblock                          1     96   2.1 %");
    expect(lines).toContain("All                                16   4640");
  });

  test("regions and kinds of the JSON form add up to the file", () => {
    const { byteLength, regions, summary } = JSON.parse(map("--json", FILE).output);
    const sum = (items: { byteLength: number }[]) => items.reduce((total, item) => total + item.byteLength, 0);
    expect(byteLength).toBe(4640);
    expect([sum(regions), sum(summary)]).toEqual([byteLength, byteLength]);
    expect(regions[1]).toEqual({
      offset: 96,
      byteLength: 40,
      kind: "object-header",
      name: "Object header",
      owner: "/",
      what: "Object header, version 1",
    });
  });

  test("shows headers message by message", () => {
    expect(map(FILE, "-m").output.split("\n").slice(4, 6)).toEqual([
      "    96     16    Prefix",
      "   112     24    Symbol table message",
    ]);
  });

  test("draws a picture that names every piece, and no other element of XML", () => {
    const { output, files } = map(FILE, "--svg", "map.svg");
    const svg = files.get("map.svg") ?? "";
    expect(output).toMatch(/^Kind /);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain("<title>Superblock, version 0\nbytes 0 to 95 (96)</title>");
    expect(svg.match(/<(\w+)/g)?.length).toBe((svg.match(/<\/\w+|\/>/g) ?? []).length);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
  });

  test("bytes without an owner count when they are asked for", () => {
    expect(map(FILE, "-s").code).toBe(0);
    expect(map(FILE, "-s", "--check").code).toBe(1);
  });

  test("what is no file, and a line without one, end with 1", () => {
    expect(map("test/fixtures/files/index.json")).toMatchObject({ code: 1, output: "" });
    expect(map("missing.h5").errors).toMatch(/unable to map "missing.h5"/);
    expect(map()).toMatchObject({ code: 1, errors: "h5ts map error: missing file name\n" });
    expect(map(FILE, FILE)).toMatchObject({ code: 1, errors: "h5ts map error: more than one file\n" });
  });
});
