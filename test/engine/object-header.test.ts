import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeaderMessage } from "../../src/engine/header-message.ts";
import { newHeaderPrefix } from "../../src/engine/object-creation.ts";
import { ObjectHeader } from "../../src/engine/object-header.ts";
import { WIDEST_BOUNDS } from "../../src/format/library-version.ts";
import { MESSAGE, MESSAGE_FLAG } from "../../src/format/message-types.ts";
import { memoryStorage } from "./memory-storage.ts";

type Step =
  | { readonly kind: "add"; readonly byteLength: number }
  | { readonly kind: "replace"; readonly at: number; readonly byteLength: number }
  | { readonly kind: "remove"; readonly at: number };

const byteLength = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2000 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), byteLength }),
  fc.record({ kind: fc.constant("replace" as const), at: fc.nat(), byteLength }),
  fc.record({ kind: fc.constant("remove" as const), at: fc.nat() }),
);

/** Version 1 pads the data of a message to 8 bytes. */
function padded(bytes: Uint8Array, version: 1 | 2): string {
  const length = version === 1 ? Math.ceil(bytes.length / 8) * 8 : bytes.length;
  const out = new Uint8Array(length);
  out.set(bytes);
  return Buffer.from(out).toString("hex");
}

describe("object header in use", () => {
  test.each(["earliest", "v108"] as const)("read back after any edits it has the same messages (%s)", (lowBound) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, trackAttributeOrder) => {
        const storage = memoryStorage();
        const header = ObjectHeader.create(
          storage,
          newHeaderPrefix({ ...WIDEST_BOUNDS, lowBound }, { trackAttributeOrder }),
          [],
          32,
        );
        const live: HeaderMessage[] = [];
        let fill = 0;
        for (const next of steps) {
          const message = next.kind === "add" ? undefined : live[next.at % Math.max(live.length, 1)];
          const data = new Uint8Array("byteLength" in next ? next.byteLength : 0).fill(++fill);
          if (next.kind === "add") live.push(header.add({ type: MESSAGE.COMMENT, data }));
          else if (message !== undefined && next.kind === "replace") header.replace(message, data);
          else if (message !== undefined) {
            header.remove(message);
            live.splice(live.indexOf(message), 1);
          }
        }
        header.setLinkCount(3);
        storage.flush(() => undefined);
        storage.dropClean();
        const again = ObjectHeader.read(storage, header.address);
        const { version } = header;
        const found = again.all(MESSAGE.COMMENT).map(({ data }) => padded(data, version));
        expect(found.sort()).toEqual(live.map(({ data }) => padded(data, version)).sort());
        expect(again.linkCount).toBe(3);
        // No two blocks of a header, and nothing else, share a byte: what was allocated is what is there.
        const ends = again.extents.map((block) => [block.address, block.address + block.byteLength] as const);
        ends.sort((a, b) => a[0] - b[0]);
        ends.forEach(([start], i) => {
          expect(start).toBeGreaterThanOrEqual(ends[i - 1]?.[1] ?? 64);
        });
      }),
      { numRuns: 150 },
    );
  });

  test("a shared message that gets bytes of its own is shared no more", () => {
    const storage = memoryStorage();
    const shared = {
      type: MESSAGE.DATATYPE,
      flags: MESSAGE_FLAG.SHARED | MESSAGE_FLAG.CONSTANT,
      data: new Uint8Array(16),
    };
    const header = ObjectHeader.create(
      storage,
      newHeaderPrefix({ ...WIDEST_BOUNDS, lowBound: "v108" }, {}),
      [shared],
      0,
    );
    header.replace(header.first(MESSAGE.DATATYPE) as HeaderMessage, new Uint8Array(8));
    storage.flush(() => undefined);
    storage.dropClean();
    expect(ObjectHeader.read(storage, header.address).first(MESSAGE.DATATYPE)?.flags).toBe(MESSAGE_FLAG.CONSTANT);
  });

  test("refuses a message that no header can hold, and stays as it was", () => {
    const storage = memoryStorage();
    const header = ObjectHeader.create(storage, newHeaderPrefix(WIDEST_BOUNDS, {}), [], 0);
    expect(() => header.add({ type: MESSAGE.COMMENT, data: new Uint8Array(65536) })).toThrow(
      "object header message is too large",
    );
    expect([...header.messages()]).toEqual([]);
  });

  test("of version 1 refuses a reference count message, which its prefix has the field for", () => {
    const read = (lowBound: "earliest" | "v108") => {
      const storage = memoryStorage();
      const count = { type: MESSAGE.REFERENCE_COUNT, data: Uint8Array.of(0, 7, 0, 0, 0) };
      const header = ObjectHeader.create(storage, newHeaderPrefix({ ...WIDEST_BOUNDS, lowBound }, {}), [count], 0);
      storage.flush(() => undefined);
      storage.dropClean();
      return ObjectHeader.read(storage, header.address);
    };
    expect(() => read("earliest")).toThrow("object reference count message in a version 1 header");
    expect(read("v108").linkCount).toBe(7);
  });

  test("of a block too small for a pointer to another one refuses what does not fit, and stays as it was", () => {
    // As HDF5 1.10.8 makes them for committed datatypes of 8 bytes: a message of 16 bytes, and 6 more.
    const storage = memoryStorage();
    const bytes = new Uint8Array(16 + 22);
    const view = new DataView(bytes.buffer);
    bytes[0] = 1;
    view.setUint16(2, 1, true);
    view.setUint32(4, 1, true);
    view.setUint32(8, 22, true);
    view.setUint16(16, MESSAGE.COMMENT, true);
    view.setUint16(18, 8, true);
    const address = storage.allocate("object-header", bytes.length);
    storage.allocate("object-header", 8);
    storage.writeRaw(address, bytes);
    const header = ObjectHeader.read(storage, address);
    expect(() => header.add({ type: MESSAGE.MODIFICATION_TIME, data: new Uint8Array(8) })).toThrow(
      "no room for a continuation message",
    );
    expect([...header.messages()].map(({ type }) => type)).toEqual([MESSAGE.COMMENT]);
    storage.flush(() => undefined);
    storage.dropClean();
    expect(ObjectHeader.read(storage, address).first(MESSAGE.COMMENT)?.data.length).toBe(8);
  });

  test("refuses continuation blocks that lead in a circle", () => {
    const storage = memoryStorage();
    const header = ObjectHeader.create(storage, newHeaderPrefix(WIDEST_BOUNDS, {}), [], 40);
    const pointer = new Uint8Array(16);
    const view = new DataView(pointer.buffer);
    view.setUint32(0, header.address, true);
    view.setUint32(8, 24, true);
    header.add({ type: MESSAGE.CONTINUATION, data: pointer });
    storage.flush(() => undefined);
    storage.dropClean();
    expect(() => ObjectHeader.read(storage, header.address)).toThrow(
      `Object header at address ${header.address}: continuation block at ${header.address} is reached twice`,
    );
  });
});
