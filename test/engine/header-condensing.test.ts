import { expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";

function headerOf(file: File) {
  const { address } = file.id.location().object;
  return file.id.location().object.file.header(address);
}

test.each(["earliest", "v110"] as const)(
  "%s: blocks of a header that are not needed any more are given back",
  (libver) => {
    const memory = new MemoryTarget();
    const file = new File(memory, "w", { libver });
    const value = (i: number) => Float64Array.from({ length: 20 + i }, () => i);
    const others = file.createGroup("others");
    const before = headerOf(file).extents.length;
    // A group behind each of them keeps the block before from growing in its place.
    for (let i = 0; i < 7; i++) {
      file.attrs.set(`a${i}`, value(i));
      others.createGroup(`g${i}`);
    }
    expect(headerOf(file).extents.length).toBeGreaterThan(before);
    const most = headerOf(file).extents.length;
    for (const i of [0, 2, 3, 5, 6]) file.attrs.delete(`a${i}`);
    file.flush();
    expect(headerOf(file).extents.length).toBeLessThan(most);
    expect([...file.attrs.keys()].sort()).toEqual(["a1", "a4"]);
    file.attrs.delete("a1");
    file.attrs.delete("a4");
    expect(headerOf(file).extents.length).toBe(before);
    file.attrs.set("last", value(1));
    file.close();
    const again = new File(memory.toBytes());
    expect(again.attrs.get("last")).toMatchObject({ data: value(1) });
    again.close();
  },
);

test("collections of the global heap with room from an earlier session are used again", () => {
  const first = new MemoryTarget();
  const made = new File(first, "w");
  made.attrs.set("a", ["one", "two"]);
  made.close();
  const size = first.toBytes().length;
  const second = new MemoryTarget(first.toBytes().slice());
  const file = new File(second, "r+");
  expect(file.attrs.get("a")).toBeDefined();
  file.attrs.set("b", ["three", "four"]);
  file.close();
  expect(second.toBytes().length).toBeLessThan(size + 1000);
});
