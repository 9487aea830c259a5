/** Headers of version 2 with attributes and without an attribute info message, as JLD2 writes them. */
import { describe, expect, test } from "vitest";
import { lookup3 } from "../../src/base/checksum.ts";
import { File, h5a, h5o } from "../../src/index.ts";

const ATTRIBUTE_INFO = 0x15;

/** Makes the attribute info message of an object a NIL message. */
function withoutInfo(bytes: Uint8Array, headerAddress: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const flags = view.getUint8(headerAddress + 5);
  const start = headerAddress + 6 + ((flags & 0x20) !== 0 ? 16 : 0) + ((flags & 0x10) !== 0 ? 4 : 0);
  expect(flags & 3).toBe(0);
  const end = start + 1 + view.getUint8(start);
  const headSize = (flags & 4) !== 0 ? 6 : 4;
  for (let at = start + 1; at + headSize <= end; at += headSize + view.getUint16(at + 1, true)) {
    if (view.getUint8(at) === ATTRIBUTE_INFO) view.setUint8(at, 0);
  }
  view.setUint32(end, lookup3(bytes.subarray(headerAddress, end)), true);
}

function sample(): Uint8Array {
  const f = new File(new Uint8Array(0), "w", { libver: "latest" });
  const dataset = f.createDataset("d", { data: Int32Array.of(1, 2) });
  dataset.attrs.set("first", 1);
  const { addr } = h5o.getInfo(dataset.id);
  const bytes = f.toBytes();
  withoutInfo(bytes, Number(addr));
  return bytes;
}

describe("attributes without an attribute info message", () => {
  test("are found and counted", () => {
    const { id, attrs } = new File(sample(), "r").getDataset("d");
    expect(attrs.keys()).toEqual(["first"]);
    expect([h5a.getNumAttrs(id), Number(h5o.getInfo(id).numAttrs)]).toEqual([1, 1]);
  });

  test("get one with the next attribute, and move to dense storage with many", () => {
    const f = new File(sample(), "r+");
    const { attrs } = f.getDataset("d");
    attrs.set("second", 2);
    expect(new File(f.toBytes(), "r").getDataset("d").attrs.keys()).toEqual(["first", "second"]);
    for (let i = 0; i < 20; i++) attrs.set(`more ${i}`, i);
    expect(new File(f.toBytes(), "r").getDataset("d").attrs.keys()).toHaveLength(22);
    attrs.delete("first");
    expect(new File(f.toBytes(), "r").getDataset("d").attrs.has("first")).toBe(false);
  });
});
