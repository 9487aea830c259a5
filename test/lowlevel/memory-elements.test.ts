import { expect, test } from "vitest";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

/** 3 x 4 with the middle two columns of the last two rows selected. */
function corner() {
  const space = h5s.createSimple([3, 4]);
  space.selectHyperslab([1, 1], [2, 2]);
  return space;
}

const twelve = () => Int32Array.from({ length: 12 }, (_, i) => i);
const INT = h5t.NATIVE_INT32;

test("selected elements are filled with a value, which is converted, or zeros", () => {
  const buffer = new Int32Array(10);
  const space = h5s.createSimple([10]);
  space.selectHyperslab([2], [3]);
  h5d.fill(BigInt64Array.of(7n), null, buffer, null, space);
  expect([...buffer]).toEqual([0, 0, 7, 7, 7, 0, 0, 0, 0, 0]);
  h5d.fill(Float32Array.of(1.5), h5t.NATIVE_FLOAT, buffer, INT, h5s.createSimple([10]));
  expect([...buffer]).toEqual(new Array(10).fill(1));
  h5d.fill(null, null, buffer, null, space);
  expect([...buffer]).toEqual([1, 1, 0, 0, 0, 1, 1, 1, 1, 1]);
  const scattered = corner();
  const grid = new Int32Array(12);
  h5d.fill(Int32Array.of(9), null, grid, null, scattered);
  expect([...grid]).toEqual([0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0]);
  const text = h5t.C_S1.copy();
  text.setSize(4);
  expectError(
    () => h5d.fill(Int32Array.of(9), null, buffer, text, space),
    "RuntimeError",
    "Filling selection failed (no appropriate function for conversion path)",
  );
  expectError(() => h5d.fill(null, null, new Int32Array(3), null, space), "ValueError", /needs 40$/);
  expectError(() => h5d.fill(null, null, new DataView(new ArrayBuffer(40)), null, space), "TypeError", /must be given/);
});

test("selected elements are visited with their coordinates until the visitor has enough", () => {
  const seen: unknown[] = [];
  const buffer = twelve();
  const found = h5d.iterate(buffer, null, corner(), (element, point) => {
    const value = new Int32Array(element.buffer, element.byteOffset, 1)[0] as number;
    seen.push([value, [...point]]);
    return value === 6 ? "six" : undefined;
  });
  expect(found).toBe("six");
  expect(seen).toEqual([
    [5, [1, 1]],
    [6, [1, 2]],
  ]);
  for (const [element] of h5d.memoryElements(buffer, INT, corner())) element.fill(0);
  expect([...buffer]).toEqual([0, 1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 11]);
  const none = corner();
  none.selectNone();
  expect(h5d.iterate(buffer, null, none, () => 1)).toBeNull();
  expect([...h5d.memoryElements(Int8Array.of(5), null, h5s.create(h5s.SCALAR))]).toEqual([[Uint8Array.of(5), []]]);
  expectError(() => h5d.iterate(buffer, null, h5s.create(h5s.NULL), () => 1), "ValueError", /invalid dataspace/);
});

test("elements are scattered from the pieces they come in", () => {
  const buffer = new Int32Array(12);
  const pieces = [Int32Array.of(1), Int32Array.of(2, 3), Int32Array.of(4), Int32Array.of(5)];
  const source = pieces.values();
  h5d.scatter(source, INT, corner(), buffer);
  expect([...buffer]).toEqual([0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0]);
  const scatter = (piece: ArrayBufferView) => h5d.scatter([piece], INT, corner(), buffer);
  const twice = (text: string) => new RegExp(`^.*\\(${text}\\)$`);
  expectError(() => scatter(new Int32Array(0)), "ValueError", twice("callback returned a buffer size of 0"));
  expectError(
    () => scatter(new Int32Array(9)),
    "ValueError",
    twice("callback returned more elements than in selection"),
  );
  expectError(() => scatter(new Uint8Array(3)), "ValueError", twice("buffer size is not a multiple of datatype size"));
  expectError(() => scatter(new Int32Array(1)), "OSError", twice("callback operator returned failure"));
  const none = corner();
  none.selectNone();
  h5d.scatter([], INT, none, buffer);
});

test("elements are gathered into a buffer, piece by piece when they do not fit", () => {
  const whole = new Int32Array(4);
  expect(h5d.gather(corner(), twelve(), INT, whole)).toBeNull();
  expect([...whole]).toEqual([5, 6, 9, 10]);
  const sizes: number[] = [];
  h5d.gather(corner(), twelve(), INT, new Int32Array(3), (piece) => void sizes.push(piece.length));
  expect(sizes).toEqual([12, 4]);
  expect(h5d.gather(corner(), twelve(), INT, new Int32Array(1), (piece) => piece[0])).toBe(5);
  const gather = (target: ArrayBufferView) => h5d.gather(corner(), twelve(), INT, target);
  expectError(() => gather(new Uint8Array(0)), "ValueError", /destination buffer size is 0/);
  expectError(() => gather(new Uint8Array(3)), "ValueError", /not large enough to hold one element/);
  expectError(() => gather(new Int32Array(2)), "ValueError", /no callback supplied and destination buffer too small/);
});
