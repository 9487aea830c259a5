import { describe, expect, test } from "vitest";
import { isInFolder, linkedFileCandidates, rawDataFilePath } from "../../src/engine/external-search.ts";

const from = { name: "/data/run/main.h5", realName: "/store/2024/main.h5" };

describe("where the file of a link may be", () => {
  test("a relative name is looked for beside the file, where the process runs, and beside what a link leads to", () => {
    expect(linkedFileCandidates("sub/a.h5", from, {})).toEqual([
      "/data/run/sub/a.h5",
      "sub/a.h5",
      "/store/2024/sub/a.h5",
    ]);
  });

  test("an absolute name is tried as it is, then its last part everywhere", () => {
    expect(linkedFileCandidates("/gone/a.h5", from, { property: "p" })).toEqual([
      "/gone/a.h5",
      "p/a.h5",
      "/data/run/a.h5",
      "a.h5",
      "/store/2024/a.h5",
    ]);
  });

  test("folders of the environment come first, with the file's own folder for ORIGIN", () => {
    const environment = ["/x", "$" + "{ORIGIN}/../y", "z/"].join(":");
    expect(linkedFileCandidates("a.h5", { name: "/data/main.h5" }, { environment, property: "/p" })).toEqual([
      "/x/a.h5",
      "/data/../y/a.h5",
      "z/a.h5",
      "/p/a.h5",
      "/data/a.h5",
      "a.h5",
    ]);
  });

  test("a drive's colon separates nothing", () => {
    const found = linkedFileCandidates("a.h5", { name: "C:\\data\\main.h5" }, { environment: "D:\\x;E:\\y" });
    expect(found).toEqual(["D:\\x/a.h5", "E:\\y/a.h5", "C:\\data\\a.h5", "a.h5"]);
  });
});

describe("where external raw data is", () => {
  test("a relative name is the current folder's unless there is a prefix", () => {
    expect(rawDataFilePath("a.raw", from, {})).toBe("a.raw");
    expect(rawDataFilePath("a.raw", from, { property: "." })).toBe("a.raw");
    expect(rawDataFilePath("a.raw", from, { property: "/p" })).toBe("/p/a.raw");
    expect(rawDataFilePath("a.raw", from, { property: "/p", environment: "/e" })).toBe("/e/a.raw");
    expect(rawDataFilePath("a.raw", from, { property: "$" + "{ORIGIN}" })).toBe("/data/run/a.raw");
    expect(rawDataFilePath("/x/a.raw", from, { environment: "/e" })).toBe("/x/a.raw");
  });
});

test("a folder is not left through what its paths look like", () => {
  expect(isInFolder("/data/a.h5", "/data")).toBe(true);
  expect(isInFolder("/data/x/../a.h5", "/data/")).toBe(true);
  expect(isInFolder("/data/../a.h5", "/data")).toBe(false);
  expect(isInFolder("/database/a.h5", "/data")).toBe(false);
  expect(isInFolder("/data", "/data")).toBe(false);
  expect(isInFolder("../a.h5", ".")).toBe(false);
  expect(isInFolder("a.h5", "/data")).toBe(false);
});
