/** Copies of many datasets, of which some are stored alike and some but nearly. */
import { describe, expect, test } from "vitest";
import { type Dataset, type DatasetOptions, type File, stringDtype } from "../../src/index.ts";
import { newFile, reopened } from "./helpers.ts";

const PLAIN: DatasetOptions = { data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };

/** Each differs from the plain one in one respect, and stands between two of those. */
const OTHERS: Readonly<Record<string, DatasetOptions>> = {
  "another datatype": { ...PLAIN, dtype: "<u4" },
  "another size": { ...PLAIN, dtype: "<i8" },
  "another shape": { ...PLAIN, shape: [3, 2] },
  "more elements": { data: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [2, 4] },
  "a fill value": { ...PLAIN, fillvalue: 7 },
  "another fill value": { ...PLAIN, fillvalue: 8 },
  chunks: { ...PLAIN, chunks: [1, 3] },
  "other chunks": { ...PLAIN, chunks: [2, 1] },
  filters: { ...PLAIN, chunks: [1, 3], compression: "gzip" },
  times: { ...PLAIN, trackTimes: true },
  "attributes in order": { ...PLAIN, trackOrder: true },
  "no elements": { shape: [2, 3], dtype: "<i4" },
  text: { data: ["a", "b"], dtype: stringDtype() },
  "other text": { data: ["c", "b"], dtype: stringDtype() },
};

function facts(dataset: Dataset): unknown {
  const { shape, dtype, chunks, compression, fillvalue, attrs } = dataset;
  const values = [...attrs.items()].map(([name, value]) => [name, value]);
  const storage = dataset.id.getStorageSize();
  const creation = dataset.id.getCreatePlist();
  const order = [creation.getAttrCreationOrder(), creation.getObjTrackTimes()];
  return { data: dataset.read(), shape, dtype, chunks, compression, fillvalue, values, storage, order };
}

function factsOf(file: File, group: string): unknown {
  return [...file.getGroup(group).keys()].map((name) => [name, facts(file.getDataset(`${group}/${name}`))]);
}

describe.each(["earliest", "latest"] as const)("datasets of a group that is copied, by the %s format", (libver) => {
  // Those of a file that is opened again were not made by one plan of their headers.
  test.each([false, true])("come out as they are, stored as the one before or not (opened again: %s)", (isReopened) => {
    let file = newFile({ libver });
    const group = file.createGroup("group");
    let count = 0;
    const make = (name: string, options: DatasetOptions, attributes = 0): void => {
      const dataset = group.createDataset(`${String(count++).padStart(3, "0")} ${name}`, options);
      for (let i = 0; i < attributes; i++) dataset.attrs.set(`attribute ${i}`, count + i);
    };
    for (const [name, options] of Object.entries(OTHERS)) {
      make("plain", PLAIN);
      make("plain", { ...PLAIN, data: Int32Array.of(count, 2, 3, 4, 5, 6) });
      make(name, options);
      make(name, options);
    }
    for (let attributes = 0; attributes < 12; attributes += 2) {
      make("with attributes", PLAIN, attributes);
      make("with attributes", PLAIN, attributes + 1);
      make("with as many", PLAIN, attributes + 1);
    }
    if (isReopened) file = reopened(file, "r+");
    file.copy("group", "same file");
    expect(factsOf(file, "same file")).toEqual(factsOf(file, "group"));
    const other = newFile({ libver });
    file.copy("group", other, { name: "other file" });
    expect(factsOf(other, "other file")).toEqual(factsOf(file, "group"));
  });
});
