import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type InflateModule, readyInflate } from "../../src/io/ready-inflate.ts";

const module = zlib as unknown as InflateModule;
const found = readyInflate(module);
if (found === undefined) throw new Error("this Node is not as it was known to be");
const inflate = found;

/** Memory with something in it, shared or not. */
const memory = (byteLength: number, isShared: boolean): Uint8Array =>
  new Uint8Array(isShared ? new SharedArrayBuffer(byteLength + 3) : new ArrayBuffer(byteLength + 3))
    .fill(9)
    .subarray(3);

describe("an inflate that is kept", () => {
  test("gives what was compressed, stream after stream, from and into shared memory too", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 5000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.nat(100),
        fc.boolean(),
        (bytes, level, room, isShared) => {
          const compressed = zlib.deflateSync(bytes, { level });
          const stored = memory(compressed.length + 2, isShared);
          stored.set(compressed);
          const output = memory(bytes.length + room, isShared);
          expect(inflate(stored, output)).toEqual(bytes);
          // One byte too few is not enough, and the next stream knows nothing of it.
          expect(inflate(stored, memory(bytes.length - 1, isShared))).toBeUndefined();
        },
      ),
    );
  });

  test("refuses what is no stream as a whole, and goes on", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 7);
    const compressed = new Uint8Array(zlib.deflateSync(bytes));
    fc.assert(
      fc.property(fc.nat(compressed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = compressed.slice();
        damaged[at] = (damaged[at] as number) ^ change;
        let expected: Uint8Array | undefined;
        try {
          expected = new Uint8Array(zlib.inflateSync(damaged));
        } catch {
          expected = undefined;
        }
        expect(inflate(damaged, new Uint8Array(1000))).toEqual(expected);
        expect(inflate(compressed.subarray(0, at), new Uint8Array(1000))).toBeUndefined();
        expect(inflate(compressed, new Uint8Array(1000))).toEqual(bytes);
      }),
    );
  });

  test("is not there where the runtime is another one, or has changed", () => {
    expect(readyInflate({})).toBeUndefined();
    expect(readyInflate({ createInflate: () => ({}) })).toBeUndefined();
    const broken = (change: object) => ({
      createInflate: () =>
        Object.assign(zlib.createInflate(), change) as unknown as ReturnType<
          NonNullable<InflateModule["createInflate"]>
        >,
    });
    expect(readyInflate(broken({}))).toBeDefined();
    expect(readyInflate(broken({ _writeState: new Uint32Array(2) }))).toBeUndefined();
    expect(readyInflate(broken({ _handle: { writeSync: () => undefined, reset: () => undefined } }))).toBeUndefined();
    expect(
      readyInflate({
        createInflate: () => {
          throw new Error("no longer");
        },
      }),
    ).toBeUndefined();
    vi.stubGlobal("Deno", {});
    const inDeno = readyInflate(module);
    vi.unstubAllGlobals();
    expect(inDeno).toBeUndefined();
  });
});
