/** Where a message finds room: in a block that grows, in a new one, and what moves for that. */
import { describe, expect, test } from "vitest";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { newHeaderPrefix } from "../../src/engine/object-creation.ts";
import { ObjectHeader } from "../../src/engine/object-header.ts";
import { WIDEST_BOUNDS } from "../../src/format/library-version.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { memoryStorage } from "./memory-storage.ts";

const FIRST = 0;

function headerOf({ id }: File | { readonly id: { location(): { readonly object: unknown } } }) {
  return (id.location().object as DatasetObject).header;
}

function attribute(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength).map((_, i) => i);
}

describe("a header of version 2", () => {
  test("grows its first block beyond 255 bytes, whose size then takes more of them", () => {
    const memory = new MemoryTarget();
    const file = new File(memory, "w", { libver: "v110" });
    // Nothing stands behind the root group's header.
    file.attrs.set("a", attribute(500));
    expect(headerOf(file).extents).toHaveLength(1);
    expect(headerOf(file).fields).toMatchObject({ sizeOfChunk0Width: 2 });
    file.close();
    const again = new File(memory.toBytes());
    expect(again.attrs.get("a")).toMatchObject({ data: attribute(500) });
    again.close();
  });

  test("has blocks no larger than their messages", () => {
    const file = new File(new MemoryTarget(), "w", { libver: "v110" });
    file.createGroup("behind");
    for (const byteLength of [101, 103, 107]) file.attrs.set(`a${byteLength}`, attribute(byteLength));
    const [, ...further] = headerOf(file).extents;
    expect(further.map(({ freeBytes }) => freeBytes)).toEqual(further.map(() => 0));
    expect(further.length).toBeGreaterThan(0);
    file.close();
  });

  test("fills the first block that can grow, not the last", () => {
    const file = new File(new MemoryTarget(), "w", { libver: "v110" });
    file.createGroup("first").id.close();
    // Nothing stands behind the block that comes now.
    file.attrs.set("a", attribute(150));
    expect(headerOf(file).extents).toHaveLength(2);
    const [before] = headerOf(file).extents;
    file.delete("first");
    file.attrs.set("b", attribute(120));
    expect(headerOf(file).extents[FIRST]?.byteLength).toBeGreaterThan(before?.byteLength ?? 0);
    file.close();
  });
});

test.each([
  ["the smallest link", [MESSAGE.DATASPACE, MESSAGE.LINK, MESSAGE.LINK, MESSAGE.ATTRIBUTE], [20, 80, 60, 40], 60],
  ["else what is no attribute", [MESSAGE.DATASPACE, MESSAGE.DATATYPE, MESSAGE.ATTRIBUTE], [50, 60, 40], 50],
  ["else the smallest attribute", [MESSAGE.ATTRIBUTE, MESSAGE.ATTRIBUTE, MESSAGE.ATTRIBUTE], [90, 40, 300], 40],
])("%s moves for the pointer to a further block", (_, types, byteLengths, moved) => {
  const storage = memoryStorage();
  const prefix = newHeaderPrefix({ ...WIDEST_BOUNDS, lowBound: "v110" }, {});
  const messages = types.map((type, i) => ({ type, data: new Uint8Array(byteLengths[i] as number) }));
  const header = ObjectHeader.create(storage, prefix, messages, 0);
  storage.allocate("object-header", 8);
  header.add({ type: MESSAGE.COMMENT, data: new Uint8Array(30) });
  // Signature and checksum, two messages with their own headers.
  expect(header.extents[1]?.byteLength).toBe(8 + 4 + 30 + 4 + moved);
});

test.each(["earliest", "v110"] as const)("%s: a copy has a header without room to spare, in one block", (libver) => {
  const file = new File(new MemoryTarget(), "w", { libver });
  const source = file.createDataset("source", { data: new Uint8Array(4) });
  for (let i = 0; i < 6; i++) {
    source.attrs.set(`a${i}`, attribute(40));
    file.createGroup(`g${i}`);
  }
  expect(headerOf(source).extents.length).toBeGreaterThan(1);
  file.copy("source", "copy");
  const copy = headerOf(file.get("copy") as File);
  expect(copy.extents).toHaveLength(1);
  expect(copy.extents[FIRST]?.freeBytes).toBeLessThan(8);
  file.close();
});
