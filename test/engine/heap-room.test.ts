/** Collections of the global heap that an earlier session has left room in are used again. */
import { expect, test } from "vitest";
import { type Dataset, File, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { spaceProblems } from "../support/space-check.ts";

const COLLECTION_BYTES = 4096;

/** How much a file grows by what is done in a session of its own. */
function growth(first: (file: File) => void, second: (file: File) => void): number {
  const memory = new MemoryTarget();
  const made = new File(memory, "w");
  first(made);
  made.close();
  const before = memory.toBytes();
  const target = new MemoryTarget(before.slice());
  const file = new File(target, "r+");
  second(file);
  file.close();
  return target.toBytes().length - before.length;
}

test("by an attribute beside one that lies there", () => {
  const grown = growth(
    (file) => file.attrs.set("a", ["one", "two"]),
    (file) => file.attrs.set("b", ["three", "four"]),
  );
  expect(grown).toBeLessThan(COLLECTION_BYTES);
});

test("by an attribute of another object, once one that leads there was opened", () => {
  const grown = growth(
    (file) => file.createGroup("a").attrs.set("a", ["one", "two"]),
    (file) => {
      file.get("a");
      file.createGroup("b").attrs.set("b", ["three", "four"]);
    },
  );
  expect(grown).toBeLessThan(COLLECTION_BYTES);
});

test("by the mappings of a virtual dataset", () => {
  const virtual = (file: File, name: string): void => {
    const layout = new VirtualLayout({ shape: [4], dtype: "|u1" });
    layout.set(null, new VirtualSource(".", { name: "source", shape: [4], dtype: "|u1" }));
    file.createVirtualDataset(name, layout);
  };
  const grown = growth(
    (file) => virtual(file, "a"),
    (file) => {
      file.get("a");
      virtual(file, "b");
    },
  );
  expect(grown).toBeLessThan(COLLECTION_BYTES);
});

test("by elements that take the place of others", () => {
  const grown = growth(
    (file) => file.createDataset("a", { data: ["one", "two", "three"] }),
    (file) => (file.get("a") as Dataset).write("0:2", ["four", "five"]),
  );
  expect(grown).toBe(0);
});

test("by the next object, once all of a collection have gone; else it goes with the next flush", () => {
  const memory = new MemoryTarget();
  const forgetful = new File(memory, "w", { fsStrategy: "none" });
  for (const name of ["a", "b", "c"]) {
    forgetful.attrs.set(name, ["one", "two"]);
    // Something behind the collection.
    forgetful.createDataset(`data of ${name}`, { data: new Uint8Array(8) });
    forgetful.attrs.delete(name);
  }
  forgetful.attrs.set("last", ["three"]);
  forgetful.close();
  expect(memory.toBytes().length).toBeLessThan(3 * COLLECTION_BYTES);
  const file = new File(new MemoryTarget(), "w");
  file.attrs.set("a", ["one", "two"]);
  file.flush();
  file.attrs.delete("a");
  file.flush();
  expect(file.id.location().object.file.fileSize()).toBeLessThan(COLLECTION_BYTES);
  expect(spaceProblems(file.id.location().object.file)).toEqual([]);
  file.close();
});
