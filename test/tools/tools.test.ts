import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { File, h5s } from "../../src/index.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { runList } from "../../src/tools/ls/command.ts";
import { onionFile } from "../support/onion-file.ts";
import { runTool, TestPlatform } from "./test-platform.ts";

const FIXTURES = "test/fixtures/tools/";

const dump = (...words: string[]) => runTool(runDump, ...words);

function expected(name: string): string {
  return readFileSync(FIXTURES + name, "latin1").replace('HDF5 "', `HDF5 "${FIXTURES}`);
}

const OBJECTS = `${FIXTURES}objects.h5`;
const REFERENCES = `${FIXTURES}references.h5`;

describe("h5ts dump", () => {
  test("prints a file as h5dump does", () => {
    expect(dump(OBJECTS)).toMatchObject({ code: 0, output: expected("objects.ddl"), errors: "" });
  });

  test("prints storage properties", () => {
    expect(dump("-p", "-H", OBJECTS).output).toBe(expected("objects-properties.ddl"));
  });

  test("prints a part of a dataset", () => {
    expect(dump("-d", "/group/floats[1,1;2,2;2,2;1,1]", OBJECTS).output).toBe(expected("objects-subset.ddl"));
  });

  test("lists the contents", () => {
    expect(dump("-n", "1", OBJECTS).output).toBe(expected("objects-contents.ddl"));
  });

  test("names what references lead to, and shows it", () => {
    const { output } = dump("-y", "-R", "-d", "/regions", REFERENCES);
    expect(output).toContain(`      DATASET "${REFERENCES}/values" {\n         REGION_TYPE BLOCK  (0,1)-(1,2)\n`);
    expect(output).toContain("         DATA {\n            1, 2,\n            5, 6\n         }\n");
    expect(dump("-d", "/objects", REFERENCES).output).toContain(`      GROUP "${REFERENCES}/group"\n`);
  });

  test("writes data to a file, as text or as bytes", () => {
    const text = dump("-y", "-d", "/values", "-o", "out.txt", REFERENCES);
    expect(text.files.get("out.txt")).toBe("\n      0, 1, 2, 3,\n      4, 5, 6, 7,\n      8, 9, 10, 11");
    expect(text.output).toContain("   DATA {\n   }\n");
    const bytes = dump("-d", "/values", "-b", "BE", "-o", "out.bin", REFERENCES).files.get("out.bin") ?? "";
    expect(bytes.length).toBe(48);
    expect(bytes.slice(0, 8)).toBe("\0\0\0\0\0\0\0\x01");
  });

  test.each(["NATIVE", "FILE", "LE", "BE"])("writes numbers bit by bit as they are, in byte order %s", (form) => {
    // Signs and bits of what is no number, too.
    const bits = [0x7ff8_0000_0000_0001n, 0xfff8_0000_0000_00ffn, 0xfff0_0000_0000_0000n, 0x3ff8_0000_0000_0000n];
    for (const littleInFile of [true, false]) {
      const [stored, wanted] = [new DataView(new ArrayBuffer(32)), new DataView(new ArrayBuffer(32))];
      for (const [i, value] of bits.entries()) {
        stored.setBigUint64(8 * i, value, littleInFile);
        wanted.setBigUint64(8 * i, value, form === "FILE" ? littleInFile : form !== "BE");
      }
      const folder = mkdtempSync(`${tmpdir()}/h5ts-binary-`);
      try {
        const path = `${folder}/numbers.h5`;
        const file = new File(path, "w");
        const dataset = file.createDataset("d", { shape: [4], dtype: littleInFile ? "<f8" : ">f8" });
        dataset.id.write(h5s.ALL, h5s.ALL, new Uint8Array(stored.buffer), dataset.id.getType());
        file.close();
        const bytes = dump("-d", "/d", "-b", form, "-o", "out.bin", path).files.get("out.bin") ?? "";
        expect(Buffer.from(bytes, "latin1").toString("hex")).toBe(Buffer.from(wanted.buffer).toString("hex"));
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  });

  test("formats floating-point numbers as asked", () => {
    expect(dump("-m", "%.3f", "-d", "/group/floats", OBJECTS).output).toContain("(0,1): 0.125,\n");
  });

  test("writes XML, with names escaped and objects known by their addresses", () => {
    const { output } = dump("--xml", OBJECTS);
    expect(output).toContain('<hdf5:RootGroup OBJ-XID="xid_96" H5Path="/">\n   <hdf5:Attribute Name="title">\n');
    expect(output).toContain('         "tw\\"o\n"\n');
    expect(output).toMatch(
      /<hdf5:SoftLink LinkName="soft" OBJ-XID="xid_\d+" H5SourcePath="\/soft" TargetPath="\/group\/floats" TargetObj="xid_\d+" /,
    );
    expect(output.endsWith("\n</hdf5:RootGroup>\n</hdf5:HDF5-File>\n")).toBe(true);
    expect(dump("--xml", "-d", "/strings", OBJECTS)).toMatchObject({ code: 1, output: "" });
  });

  test("fails for what is not there", () => {
    expect(dump("-d", "/nothing", OBJECTS)).toMatchObject({ code: 1 });
    expect(dump("nothing.h5")).toMatchObject({ code: 1, output: "" });
    expect(dump("-b", OBJECTS)).toMatchObject({ code: 1, output: "" });
  });
});

describe("h5ts ls", () => {
  function list(...words: string[]) {
    const platform = new TestPlatform();
    const code = runList(words, platform);
    return { code, output: platform.output, errors: platform.errors };
  }

  test("lists a file as h5ls does", () => {
    expect(list("-w80", "-r", OBJECTS)).toEqual({
      code: 0,
      output: readFileSync(`${FIXTURES}objects.ls`, "latin1"),
      errors: "",
    });
  });

  test("describes types and prints values", () => {
    const { output } = list("-v", "-d", `${OBJECTS}/records`);
    expect(output).toContain('"place"            +4    [2] native float\n');
    expect(output).toContain('    Data:\n         {1, [0.5,1.5], "ab\\000\\000"}, {2, [2.5,1e+10], "abcd"}\n');
  });

  test("follows soft links, and fails for objects that are not there", () => {
    expect(list("--follow-symlinks", `${OBJECTS}/soft`).output).toContain(
      "Soft Link {/group/floats} {Dataset {5, 6}}\n",
    );
    expect(list(`${OBJECTS}/nothing`)).toMatchObject({ code: 1 });
    expect(list("nothing.h5")).toMatchObject({ code: 1 });
  });
});

describe("files of several", () => {
  const DRIVERS = "test/fixtures/drivers/";

  function list(...words: string[]) {
    const platform = new TestPlatform();
    const code = runList(words, platform);
    return { code, output: platform.output };
  }

  test.each([
    ["family", `${DRIVERS}family-earliest-%03d.h5`],
    ["split", `${DRIVERS}split-earliest`],
  ])("are dumped and listed with the %s driver, named or found", (driver, path) => {
    const named = dump("-f", driver, "-d", "/group/string", path);
    expect(named).toMatchObject({ code: 0, errors: "" });
    expect(named.output).toContain('"hello"');
    expect(dump("-d", "/group/string", path)).toEqual(named);
    const listed = list("-v", path);
    expect(listed.code).toBe(0);
    expect(listed.output).toContain(`Opened "${path}" with ${driver} driver.`);
    expect(dump("-f", "sec2", path).code).toBe(1);
    expect(dump("-f", "nothing", path).errors).toContain('unknown file driver "nothing"');
  });

  test("revisions are dumped and counted with the onion driver", () => {
    const folder = mkdtempSync(`${tmpdir()}/onion-`);
    const path = `${folder}/x.h5`;
    const original = readFileSync(OBJECTS);
    const changed = readFileSync(REFERENCES);
    writeFileSync(path, original);
    writeFileSync(`${path}.onion`, onionFile(original, [changed, original], 32));
    const first = dump("--vfd-name", "onion", "--vfd-info", "1", path);
    expect(first.output).toBe(`Using revision 1\n${dump(REFERENCES).output.replaceAll(REFERENCES, path)}`);
    expect(dump("--vfd-name", "onion", path).output).toBe(dump(path).output);
    expect(dump("--vfd-name=onion", "--vfd-info=revision_count", path).output).toBe(
      "The number of revisions for the onion file is 2\n",
    );
    expect(dump("--vfd-name=onion", "--vfd-info=9", path).errors).toContain("target revision ID out of range");
    rmSync(folder, { recursive: true });
  });
});
