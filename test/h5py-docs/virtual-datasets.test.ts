/** What h5py's page about virtual datasets shows. */
import { expect, test } from "vitest";
import { File, slice, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { inFolder } from "../highlevel/helpers.ts";

const numbers = (n: number) => Int32Array.from({ length: 100 }, (_, i) => n * 1000 + i);

function makeSources(path: (name: string) => string): void {
  for (let n = 1; n <= 4; n++) {
    using f = new File(path(`${n}.h5`), "w");
    f.createDataset("data", { data: numbers(n), maxshape: [null] });
  }
}

test("four files are shown as the rows of one dataset", () => {
  inFolder((path) => {
    makeSources(path);
    const layout = new VirtualLayout({ shape: [4, 100], dtype: "i4" });
    for (let n = 1; n < 5; n++) layout.set(n - 1, new VirtualSource(`${n}.h5`, { name: "data", shape: [100] }));
    {
      using f = new File(path("VDS.h5"), "w", { libver: "latest" });
      f.createVirtualDataset("data", layout, { fillvalue: -5 });
    }
    using f = new File(path("VDS.h5"));
    const dset = f.get("data");
    expect([dset.shape, dset.isVirtual, dset.fillvalue]).toEqual([[4, 100], true, -5]);
    expect(dset.read("2, 10:12").data).toEqual(Int32Array.of(3010, 3011));
    expect(dset.virtualSources().map(({ fileName, dsetName }) => [fileName, dsetName])).toEqual(
      [1, 2, 3, 4].map((n) => [`${n}.h5`, "data"]),
    );
  });
});

test("sources that are not there are filled", () => {
  inFolder((path) => {
    using f = new File(path("VDS.h5"), "w", { libver: "latest" });
    const dset = f.buildVirtualDataset("data", { shape: [2], dtype: "i4", fillvalue: -5 }, (layout) => {
      layout.set("...", new VirtualSource("missing.h5", { name: "data", shape: [2] }));
    });
    expect(dset.read().data).toEqual(Int32Array.of(-5, -5));
  });
});

test("a source may be a part of a dataset, also of the same file", () => {
  using f = File.inMemory();
  const source = f.createDataset("source", { data: numbers(0) });
  const whole = new VirtualSource(source);
  const part = whole.select("10:14:2");
  expect([whole.shape, part.shape, part.space.getSelectNpoints()]).toEqual([[100], [2], 2]);
  expect([whole.select("0:5").shape, whole.select(slice(0, Infinity)).shape]).toEqual([[5], [Infinity]]);
  const layout = new VirtualLayout({ shape: [2], dtype: "i4" });
  layout.set(slice(0, 2), part);
  const dset = f.createVirtualDataset("virtual", layout);
  expect(dset.read().data).toEqual(Int32Array.of(10, 12));
  expect(dset.virtualSources()[0]?.fileName).toBe(".");
});

test("an unlimited selection grows with its source", () => {
  inFolder((path) => {
    makeSources(path);
    using f = new File(path("VDS.h5"), "w", { libver: "latest" });
    const layout = new VirtualLayout({ shape: [100], dtype: "i4", maxshape: [null] });
    const source = new VirtualSource("1.h5", { name: "data", shape: [100], maxshape: [null] });
    layout.set(slice(0, Infinity), source.select(slice(0, Infinity)));
    f.createVirtualDataset("data", layout, { fillvalue: 0 });
    f.flush();
    {
      using growing = new File(path("1.h5"), "r+");
      growing.get("data").resize([120]);
    }
    f.close();
    using again = new File(path("VDS.h5"));
    expect(again.get("data").shape).toEqual([120]);
  });
});
