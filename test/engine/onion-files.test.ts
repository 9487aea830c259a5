import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openSpread, type SpreadAccess } from "../../src/engine/file-drivers.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { onionRevision, onionRevisionCount } from "../../src/engine/onion-files.ts";
import { ONION_FLAG } from "../../src/format/onion-header.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { onionFile } from "../support/onion-file.ts";

const ORIGINAL = new Uint8Array(readFileSync("test/fixtures/files/empty-earliest.h5"));

const anyFile = fc.uint8Array({ minLength: 1, maxLength: 100 });

describe("revisions of an onion file", () => {
  test("have the bytes that they were made of, whatever range is read", () => {
    const anyPageSize = fc.constantFrom(1, 2, 4, 8, 32, 256);
    const range = fc.tuple(fc.nat(100), fc.nat(100));
    fc.assert(
      fc.property(anyFile, fc.array(anyFile, { maxLength: 4 }), anyPageSize, range, (original, revisions, size, at) => {
        const onion = onionFile(original, revisions, size);
        expect(onionRevisionCount(new MemorySource(onion))).toBe(revisions.length);
        [original, ...revisions].forEach((bytes, revision) => {
          const source = onionRevision(new MemorySource(original), new MemorySource(onion), { revision });
          expect(source.byteLength()).toBe(bytes.length);
          const start = at[0] % bytes.length;
          const part = new Uint8Array(Math.min(at[1], bytes.length - start));
          source.readInto(start, part);
          expect(part).toEqual(bytes.slice(start, start + part.length));
        });
      }),
      {
        numRuns: 200,
        // What is cut off and comes back is zeros, not what it was.
        examples: [[Uint8Array.of(0), [Uint8Array.of(0, 1), Uint8Array.of(0), Uint8Array.of(0, 0)], 1, [0, 2]]],
      },
    );
  });

  /** The fixture, then with a group more in each revision. */
  function grown(): { files: Map<string, Uint8Array>; names: string[] } {
    const names = ["one", "two", "three"];
    const target = new MemoryTarget(ORIGINAL);
    const file = H5File.open(target, { writable: true });
    const revisions = names.map((name) => {
      file.root().insertLink(name, { kind: "soft", path: "/somewhere" });
      file.flush();
      return target.toBytes().slice();
    });
    file.close();
    const files = new Map([
      ["x.h5", ORIGINAL],
      ["x.h5.onion", onionFile(ORIGINAL, revisions, 32)],
    ]);
    return { files, names };
  }

  test("are files, each as it was", () => {
    const { files, names } = grown();
    const open = (name: string) => {
      const bytes = files.get(name);
      return bytes && new MemorySource(bytes, name);
    };
    for (const revision of [0, 1, 2, 3, undefined]) {
      const file = H5File.open(openSpread("x.h5", { kind: "onion", revision }, "read", open));
      const found = names.filter((name) => file.root().link(name) !== undefined);
      expect(found).toEqual(names.slice(0, revision ?? names.length));
      file.close();
    }
  });

  test("that there are not, that are not readable or not to be written to, end in an error", () => {
    const { files } = grown();
    const onion = files.get("x.h5.onion") as Uint8Array;
    const open = (name: string) => {
      const bytes = files.get(name);
      return bytes && new MemorySource(bytes, name);
    };
    const revision = (number?: number, access: SpreadAccess = "read") =>
      openSpread("x.h5", { kind: "onion", revision: number }, access, open);
    expect(() => revision(4)).toThrow("target revision ID out of range");
    expect(() => revision(1, "write")).toThrow("the source cannot be written to");
    files.set("x.h5", ORIGINAL.slice(0, -1));
    expect(() => revision(1)).toThrow("truncated file: the original of an onion file has");
    files.set("x.h5", ORIGINAL);
    files.set("x.h5.onion", onion.slice(0, 1000));
    expect(() => revision(1)).toThrow("reach beyond the file");
    files.set("x.h5.onion", onionFile(ORIGINAL, [ORIGINAL], 32, ONION_FLAG.WRITE_LOCK));
    expect(() => revision(1)).toThrow("already opened in write-mode");
    files.delete("x.h5.onion");
    expect(() => revision(1)).toThrow("unable to open onion file");
  });
});
