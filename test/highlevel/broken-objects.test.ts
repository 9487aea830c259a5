import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { File, isHdf5Error } from "../../src/index.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { runList } from "../../src/tools/ls/command.ts";
import { runTool } from "../tools/test-platform.ts";
import { inFolder, newFile } from "./helpers.ts";

const NAMES = ["a", "b", "broken", "c", "d"];

/** A file of datasets, one of them with `damage` done to its object header; -1 elsewhere in the header means nothing. */
function damagedFile(libver: "earliest" | "latest", damage: (header: Uint8Array) => void): Uint8Array {
  const file = newFile({ libver });
  for (const [i, name] of NAMES.entries()) {
    const dataset = file.createDataset(name, { data: Int32Array.of(i, i + 1, i + 2) });
    dataset.attrs.set("number", i);
  }
  const { address } = file.getDataset("broken").id.location().object;
  const bytes = Uint8Array.from(file.toBytes());
  file.close();
  damage(bytes.subarray(address));
  return bytes;
}

const DAMAGES = {
  "an unknown version of the header": (header: Uint8Array) => {
    header[header[0] === 0x4f ? 4 : 0] = 77;
  },
  "a header larger than the file": (header: Uint8Array) => {
    if (header[0] === 0x4f) header[5] = 0xff;
    else header.fill(0x7f, 8, 12);
  },
  "a header of zeros": (header: Uint8Array) => {
    header.fill(0, 0, 64);
  },
};

const CASES = (["earliest", "latest"] as const).flatMap((libver) =>
  Object.entries(DAMAGES).map(([what, damage]) => ({ libver, what, damage })),
);

describe("one broken object does not hide its siblings", () => {
  test.each(CASES)("in the $libver format: $what", ({ libver, damage }) => {
    const file = new File(damagedFile(libver, damage), "r");
    expect([...file.keys()]).toEqual(NAMES);
    for (const [i, name] of NAMES.entries()) {
      if (name === "broken") continue;
      const dataset = file.getDataset(name);
      expect(dataset.read().data).toEqual(Int32Array.of(i, i + 1, i + 2));
      expect(Number(dataset.attrs.get("number"))).toBe(i);
    }
    let caught: unknown;
    try {
      file.getDataset("broken");
    } catch (error) {
      caught = error;
    }
    expect(isHdf5Error(caught)).toBe(true);
    expect(String((caught as Error).message)).toMatch(/object header/i);
    file.close();
  });

  test.each(CASES)("on the command line, in the $libver format: $what", ({ libver, damage }) => {
    inFolder((path) => {
      const name = path("damaged.h5");
      writeFileSync(name, damagedFile(libver, damage));
      const dumped = runTool(runDump, name);
      const listed = runTool(runList, name);
      expect(dumped.code).toBe(1);
      for (const sibling of ["a", "b", "c", "d"]) {
        expect(dumped.output).toContain(`DATASET "${sibling}" {`);
        expect(listed.output).toMatch(new RegExp(`^${sibling} +Dataset \\{3\\}`, "m"));
      }
    });
  });

  test("nor does it keep a sibling from being changed", () => {
    const bytes = damagedFile("earliest", DAMAGES["a header of zeros"]);
    const file = new File(bytes, "r+");
    file.getDataset("c").write([0], 99);
    file.createDataset("e", { data: Float64Array.of(0.5) });
    file.delete("a");
    const written = Uint8Array.from(file.toBytes());
    file.close();
    const again = new File(written, "r");
    expect([...again.keys()]).toEqual(["b", "broken", "c", "d", "e"]);
    expect(again.getDataset("c").read().data).toEqual(Int32Array.of(99, 4, 5));
    again.close();
  });
});
