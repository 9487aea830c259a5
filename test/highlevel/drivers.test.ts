import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import {
  changeDriverFile,
  DRIVERS,
  driverFileFacts,
  expectedDriverFacts,
  makeDriverFile,
} from "../support/driver-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/drivers-`);
});

afterEach(() => rmSync(folder, { recursive: true }));

const MEMBERS = { split: ["split-m.h5", "split-r.h5"], multi: [..."bglors"].map((letter) => `multi-${letter}.h5`) };

describe.each(["earliest", "latest"] as const)("files of several, libver %s", (libver) => {
  test.each(DRIVERS)("$driver: are made, changed and read", ({ driver, name, options }) => {
    const path = `${folder}/${name}`;
    const all = { ...options, driver, libver };
    makeDriverFile(path, all);
    changeDriverFile(path, all);
    expect(driverFileFacts(path, all)).toEqual(expectedDriverFacts(driver));
    const members = MEMBERS[driver as keyof typeof MEMBERS];
    if (members !== undefined) expect(readdirSync(folder).sort()).toEqual(members);
    else expect(readdirSync(folder).length).toBeGreaterThan(3);
  });

  test("a family of another size than asked for is refused", () => {
    const path = `${folder}/f-%d.h5`;
    new File(path, "w", { driver: "family", membSize: 1024, libver }).close();
    expect(() => new File(path, "r", { driver: "family", membSize: 2048 })).toThrow(
      "Family member size should be 1024.  But the size from file access property is 2048",
    );
    expect(new File(path, "r", { driver: "family", membSize: 0 }).keys()).toEqual([]);
  });

  test("a split file is opened by its first member, to be changed too", () => {
    const path = `${folder}/split`;
    makeDriverFile(path, { driver: "split", libver });
    changeDriverFile(`${path}-m.h5`, {});
    expect(driverFileFacts(path, { driver: "split" })).toEqual(expectedDriverFacts("split"));
  });
});
