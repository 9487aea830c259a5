import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import {
  changeDriverFile,
  DRIVERS,
  driverFileFacts,
  expectedDriverFacts,
  makeDriverFile,
} from "../support/driver-files.ts";
import { h5dump, runPython } from "./peers.ts";

/** h5py reads a file of ours, changes it, and makes one more dataset. */
const CHANGE = `
path, driver = args
options = {"memb_size": 4096} if driver == "family" else {}
f = h5py.File(path, "r+", driver=driver, **options)
assert f["data"][5] == 77 and f["group/strings"][0] == b"changed" and f["group/chunked"].shape == (6000,)
assert f["group/chunked"][4999] == 4999 and f["group"].attrs["text"] == "hello"
f["data"][6] = 78
f.create_dataset("by_c", data=np.arange(3000))
f["group/strings"][2] = "by C"
del f["more"]
f.close()
print("ok")
`;

describe.each(["earliest", "latest"] as const)("files of several, libver %s", (libver) => {
  test.each(DRIVERS)("$driver: are read and changed by the C library", ({ driver, name, options }) => {
    const folder = mkdtempSync(`${tmpdir()}/drivers-`);
    const path = `${folder}/${name}`;
    const all = { ...options, driver, libver };
    makeDriverFile(path, all);
    changeDriverFile(path, all);
    expect(h5dump(path, "-f", driver, "-d", "/group/strings")).toContain('(0): "changed", "two", "three"');
    // h5py has no driver of six files.
    if (driver !== "multi") {
      expect(runPython(CHANGE, path, driver).trim()).toBe("ok");
      const file = new File(path, "r+", all);
      expect(file.keys()).toEqual(["by_c", "data", "group"]);
      expect(file.getDataset("data").read([6])).toBe(78);
      expect(file.getDataset("by_c").read([2999])).toBe(2999n);
      file.createDataset("more", { data: Int16Array.of(1, 2, 3) });
      file.delete("by_c");
      file.getDataset("group/strings").write([2], "three");
      file.getDataset("data").write([6], 6);
      file.close();
      expect(driverFileFacts(path, all)).toEqual(expectedDriverFacts(driver));
      expect(h5dump(path, "-f", driver)).toContain('(0): "changed", "two", "three"');
    }
    rmSync(folder, { recursive: true });
  });
});
