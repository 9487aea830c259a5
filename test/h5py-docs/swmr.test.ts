/** What h5py's page about one writer and many readers shows. */
import { expect, test } from "vitest";
import { File, slice } from "../../src/index.ts";
import { expectFailure, inFolder } from "../highlevel/helpers.ts";

test("a dataset grows and is flushed; a reader sees it", () => {
  inFolder((path) => {
    const arr = Float64Array.of(1, 2, 3, 4);
    {
      using f = new File(path("swmr.h5"), "w", { libver: "latest" });
      const dset = f.createDataset("data", { chunks: [2], maxshape: [null], data: arr });
      f.swmrMode = true;
      expect(f.swmrMode).toBe(true);
      // Now it is safe for the reader to open the file.
      for (let i = 0; i < 5; i++) {
        dset.resize([(i + 1) * arr.length]);
        dset.write([slice(i * arr.length, null)], arr);
        dset.flush();
      }
    }
    using f = new File(path("swmr.h5"), "r", { libver: "latest", swmr: true });
    expect(f.swmrMode).toBe(true);
    const dset = f.get("data");
    dset.refresh();
    expect(dset.shape).toEqual([20]);
    expect(dset.read("16:").data).toEqual(arr);
  });
});

test("what cannot be written so is refused", () => {
  using old = File.inMemory();
  const start = () => {
    old.swmrMode = true;
  };
  const message = "Unable to start swmr writing (file superblock version - should be at least 3)";
  expectFailure(start, "RuntimeError", message);
  expect(old.swmrMode).toBe(false);
});
