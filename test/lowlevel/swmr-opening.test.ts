import { expect, test } from "vitest";
import { h5d, h5f, h5p } from "../../src/lowlevel/index.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";
import { scratchFolder } from "./scratch.ts";

const scratch = scratchFolder();
const SWMR_READ = h5f.ACC_RDONLY | h5f.ACC_SWMR_READ;

function madeFile(name: string): string {
  const path = scratch(name);
  sampleFile(path).close();
  return path;
}

test("a file that the process has open is shared by who reads what others write only if it was so opened", () => {
  const path = madeFile("shared.h5");
  const reader = h5f.open(path, h5f.ACC_RDONLY);
  const message = "Unable to open file (SWMR read access flag not the same for file that is already open)";
  expectError(() => h5f.open(path, SWMR_READ), "OSError", message);
  reader.close();
  const swmr = h5f.open(path, SWMR_READ);
  const again = h5f.open(path, h5f.ACC_RDONLY);
  expect([swmr.getIntent(), again.getIntent()]).toEqual([h5f.ACC_SWMR_READ, h5f.ACC_SWMR_READ]);
  again.close();
  swmr.close();
  const writer = h5f.open(path, h5f.ACC_RDWR);
  const beside = h5f.open(path, SWMR_READ);
  expect(beside.getIntent()).toBe(h5f.ACC_RDWR);
  beside.close();
  writer.close();
});

test("only a driver that reads what others write will do", () => {
  const path = madeFile("driver.h5");
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setFaplCore(1024, false);
  const message = "Unable to open file (must use a SWMR-compatible VFD when SWMR is specified)";
  expectError(() => h5f.open(path, SWMR_READ, fapl), "OSError", message);
});

test("metadata is read up to 100 times, or as often as the access list says", () => {
  const path = madeFile("attempts.h5");
  const attempts = (flags: number, wanted?: number) => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    if (wanted !== undefined) fapl.setMetadataReadAttempts(wanted);
    const file = h5f.open(path, flags, fapl);
    h5d.open(file, "data").close();
    const found = [file.getAccessPlist().getMetadataReadAttempts(), file.getMetadataReadRetryInfo().nbins];
    file.close();
    return found;
  };
  expect([attempts(h5f.ACC_RDONLY), attempts(SWMR_READ), attempts(h5f.ACC_RDWR)]).toEqual([
    [1, 0],
    [100, 2],
    [1, 0],
  ]);
  // What HDF5 1.10.8 says of the same numbers.
  const bins = [2, 10, 11, 101, 1000, 1001].map((wanted) => attempts(SWMR_READ, wanted));
  expect(bins).toEqual([
    [2, 1],
    [10, 1],
    [11, 2],
    [101, 3],
    [1000, 3],
    [1001, 4],
  ]);
  expect(attempts(h5f.ACC_RDONLY, 11)).toEqual([11, 2]);
});
