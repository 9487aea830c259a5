import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runStat } from "../../../src/tools/stat/command.ts";
import { TestPlatform } from "../test-platform.ts";

const FOLDER = "test/fixtures/storage-info/";
const STATISTICS: Readonly<Record<string, { readonly statistics: string }>> = JSON.parse(
  readFileSync(`${FOLDER}facts.json`, "utf8"),
);

/** H5Tequal takes variable-length strings of all character sets for one datatype. */
const OTHER_DATATYPES = new Set(["../files/strings-earliest.h5", "../files/strings-latest.h5"]);

function stat(...words: string[]) {
  const platform = new TestPlatform();
  const code = runStat(words, platform);
  return { code, output: platform.output, errors: platform.errors };
}

function lines(...words: string[]): string[] {
  return stat(...words, `${FOLDER}free-space.h5`).output.split("\n");
}

describe("h5ts stat", () => {
  test.each(Object.keys(STATISTICS).filter((name) => !OTHER_DATATYPES.has(name)))(
    "prints %s as h5stat does",
    (name) => {
      const expected = STATISTICS[name]?.statistics.replace("Filename: ", `Filename: ${FOLDER}`);
      expect(stat(FOLDER + name)).toEqual({ code: 0, output: expected, errors: "" });
    },
  );

  test("prints the parts asked for, in their own order", () => {
    expect(lines("-D", "-f", "-T")).toEqual([
      `Filename: ${FOLDER}free-space.h5`,
      "File information",
      "\t# of unique groups: 1",
      "\t# of unique datasets: 2",
      "\t# of unique named datatypes: 0",
      "\t# of unique links: 0",
      "\t# of unique other: 0",
      "\tMax. # of links to object: 1",
      "\tMax. # of objects in group: 2",
      "Dataset datatype information:",
      "\t# of unique datatypes used by datasets: 1",
      "\tDataset datatype #0:",
      "\t\tCount (total/named) = (2/0)",
      "\t\tSize (desc./elmt) = (14/1)",
      "\tTotal dataset datatype count: 2",
      "File space information for datasets' metadata (in bytes):",
      "\tObject headers (total/unused): 544/272",
      "\tIndex for Chunked datasets: 0",
      "\tHeap: 0",
      "",
    ]);
  });

  test("counts as small what is below the threshold", () => {
    expect(lines("-g", "-l", "2")).toEqual([
      `Filename: ${FOLDER}free-space.h5`,
      "Small groups (with 0 to 1 links):",
      "\tTotal # of small groups: 0",
      "Group bins:",
      "\t# of groups with 1 - 9 links: 1",
      "\tTotal # of groups: 1",
      "",
    ]);
    expect(lines("-d", "--dims=201")).toContain("\t\t# of datasets with dimension sizes 200: 2");
    expect(lines("-d", "-m", "200")).toContain("\t\tTotal # of small datasets: 0");
  });

  test.each([
    ["-l", "0", "Invalid threshold for small groups"],
    ["-m", "x", "Invalid threshold for small datasets"],
    ["-a", "-2", "Invalid threshold for small # of attributes"],
  ])("refuses %s %s", (option, value, problem) => {
    const errors = `h5ts stat error: ${problem}\n`;
    expect(stat(option, value, `${FOLDER}free-space.h5`)).toEqual({ code: 1, output: "", errors });
  });

  test("names the file before it fails to open it", () => {
    const { code, output, errors } = stat(`${FOLDER}no-such-file.h5`);
    expect({ code, output }).toEqual({ code: 1, output: `Filename: ${FOLDER}no-such-file.h5\n` });
    expect(errors).toContain("unable to open file");
  });

  test("prints its help when asked, and when no file is named", () => {
    const help = stat("-h");
    expect(help).toMatchObject({ code: 0, errors: "" });
    expect(help.output).toContain("--numattrs=N");
    expect(stat()).toEqual({ code: 1, output: help.output, errors: "h5ts stat error: missing file name\n" });
  });
});
