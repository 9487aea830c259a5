import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { openPath } from "../../src/io/path-source.ts";
import { type FileVersions, versionsOfFile } from "../support/format-versions.ts";
import { writeBoundsContent } from "./bounds-content.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const SCRIPT = readFileSync(fileURLToPath(new URL("bounds.py", import.meta.url)), "utf8");

function versionsAt(path: string): FileVersions {
  const file = H5File.open(openPath(path, "r"));
  try {
    return versionsOfFile(file);
  } finally {
    file.close();
  }
}

describe("every structure has the version that the C library gives it", () => {
  test.each([
    ["earliest to v108", 0, 1],
    ["earliest to v110", 0, 2],
    ["v108 to v108", 1, 1],
    ["v108 to v110", 1, 2],
    ["v110 to v110", 2, 2],
  ])("in bounds %s", (_, low, high) => {
    inFolder((folder) => {
      const theirs = join(folder, "theirs.h5");
      const ours = join(folder, "ours.h5");
      runPython(SCRIPT, theirs, `${low}`, `${high}`);
      writeBoundsContent(ours, low, high);
      expect(versionsAt(ours)).toEqual(versionsAt(theirs));
      expect(h5dump(ours, "-H")).toContain("größer");
    });
  });
});
