import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type DeflateModule, readyDeflate } from "../../src/io/ready-deflate.ts";

const module = zlib as unknown as DeflateModule;
const found = readyDeflate(module);
if (found === undefined) throw new Error("this Node is not as it was known to be");
const deflate = found;

const boundOf = (byteLength: number): number => byteLength + (byteLength >>> 10) + 100;
const expectedOf = (bytes: Uint8Array, level: number): Uint8Array =>
  new Uint8Array(zlib.deflateSync(bytes, { level, chunkSize: boundOf(bytes.length) }));

/** Bytes in memory that is shared or not. */
function inMemory(bytes: Uint8Array, isShared: boolean): Uint8Array {
  if (!isShared) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

describe("deflates that are kept", () => {
  test("give what inflates to the bytes, as short as new ones, whatever came before at whatever level", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(100),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (piece, repeat, level, isShared) => {
          const bytes = new Uint8Array(piece.length * repeat).map((_, i) => piece[i % piece.length] as number);
          const deflated = deflate(inMemory(bytes, isShared), level, boundOf(bytes.length));
          if (deflated === undefined) throw new Error("left to others");
          expect(new Uint8Array(zlib.inflateSync(deflated))).toEqual(bytes);
          expect(Math.abs(deflated.length - expectedOf(bytes, level).length)).toBeLessThanOrEqual(8);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("give bytes of their own, which the next ones leave alone", () => {
    const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 2654435761) >>> 13);
    const first = deflate(noise, 4, boundOf(noise.length));
    const expected = first?.slice();
    deflate(new Uint8Array(70_000), 4, boundOf(70_000));
    expect(first).toEqual(expected);
    expect(first?.buffer.byteLength).toBe(first?.length);
  });

  test("leave to others what has no room, and go on", () => {
    const noise = Uint8Array.from({ length: 9000 }, (_, i) => (i * 2654435761) >>> 13);
    const expected = expectedOf(noise, 6);
    for (const missing of [1, 2, expected.length >> 1]) {
      expect(deflate(noise, 6, expected.length - missing)).toBeUndefined();
      expect(deflate(noise, 6, boundOf(noise.length))).toEqual(expected);
    }
  });

  test("are not used where zlib is another", () => {
    const deflateSync = (): Uint8Array => new Uint8Array(9);
    expect(readyDeflate({ ...module, deflateSync })).toBeUndefined();
    expect(readyDeflate({ deflateSync: module.deflateSync })).toBeUndefined();
    expect(readyDeflate({ ...module, createDeflate: () => ({}) })).toBeUndefined();
    const createDeflate = (): never => {
      throw new Error("none here");
    };
    expect(readyDeflate({ ...module, createDeflate })).toBeUndefined();
    vi.stubGlobal("Deno", {});
    const underDeno = readyDeflate(module);
    vi.unstubAllGlobals();
    expect(underDeno).toBeUndefined();
  });
});
