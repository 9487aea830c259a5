/** A file with something in every kind of memory, made and changed with a driver of several files. */
import { type Dataset, type DriverName, File, type FileOptions } from "../../src/index.ts";

export const DRIVERS: readonly { readonly driver: DriverName; readonly name: string; readonly options: FileOptions }[] =
  [
    { driver: "split", name: "split", options: {} },
    { driver: "multi", name: "multi", options: {} },
    { driver: "family", name: "family-%02d.h5", options: { membSize: 4096 } },
  ];

export const LENGTH = 5000;

/** Makes the file at a path. */
export function makeDriverFile(path: string, options: FileOptions): void {
  const file = new File(path, "w", options);
  file.createDataset("data", { data: Int32Array.from({ length: 1000 }, (_, i) => i) });
  const group = file.createGroup("group");
  const values = Float64Array.from({ length: LENGTH }, (_, i) => i);
  group.createDataset("chunked", { data: values, chunks: [100], maxshape: [null], compression: "gzip" });
  group.createDataset("strings", { data: ["one", "two", "three"] });
  group.attrs.set("text", "hello");
  file.close();
}

/** Opens it again and changes data, heaps, links and the size of a dataset. */
export function changeDriverFile(path: string, options: FileOptions): void {
  const file = new File(path, "r+", options);
  file.getDataset("data").write([5], 77);
  file.getDataset("group/chunked").resize([LENGTH + 1000]);
  file.getDataset("group/strings").write([0], "changed");
  file.createDataset("more", { data: Int16Array.of(1, 2, 3) });
  file.createGroup("gone");
  file.flush();
  file.delete("gone");
  file.close();
}

/** What the file then has. */
export function driverFileFacts(path: string, options: FileOptions): unknown {
  const file = new File(path, "r", options);
  const read = (at: string) => [...(file.get<Dataset>(at).read().data as Iterable<unknown>)];
  const facts = {
    keys: file.keys(),
    data: read("data").slice(0, 8),
    chunked: read("group/chunked").slice(LENGTH - 2, LENGTH + 2),
    strings: read("group/strings"),
    more: read("more"),
    text: file.getGroup("group").attrs.get("text"),
    driver: file.driver,
  };
  file.close();
  return facts;
}

export function expectedDriverFacts(driver: DriverName): unknown {
  return {
    keys: ["data", "group", "more"],
    data: [0, 1, 2, 3, 4, 77, 6, 7],
    chunked: [LENGTH - 2, LENGTH - 1, 0, 0],
    strings: ["changed", "two", "three"],
    more: [1, 2, 3],
    text: "hello",
    driver: driver === "split" ? "multi" : driver,
  };
}
