import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { combine } from "../../../src/engine/selection/hyperslab-algebra.ts";
import {
  type Selection,
  selectAll,
  selectBox,
  selectedCount,
  selectPoints,
  selectRegular,
  withOffset,
} from "../../../src/engine/selection/selection.ts";
import { File, type IndexArguments, MultiBlockSlice, points, slice } from "../../../src/index.ts";
import { checkPlans, earlyAllocation, shareOf, type WritePlan } from "../../../src/parallel/index.ts";
import { asSet, commonElements, elementsWithout, isWithin, unionOf } from "../../../src/parallel/ranks/overlap.ts";
import { storedWrite, writeFromStored } from "../../../src/parallel/ranks/plans.ts";

const DIMS = [7, 9];

const anyRegular = fc
  .tuple(fc.nat(6), fc.nat(8), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(2), fc.nat(2))
  .map(([row, column, height, width, moreRows, moreColumns]): Selection => {
    const stride = [height + 1, width + 1];
    const count = [
      1 + Math.min(moreRows, Math.max(0, Math.floor((6 - row - height + 1) / (height + 1)))),
      1 + Math.min(moreColumns, Math.max(0, Math.floor((8 - column - width + 1) / (width + 1)))),
    ];
    const block = [Math.min(height, 7 - row), Math.min(width, 9 - column)];
    return selectRegular(DIMS, [row, column], count, stride, block);
  });

const anyPoints = fc
  .array(fc.tuple(fc.nat(6), fc.nat(8)), { minLength: 1, maxLength: 8 })
  .map((list): Selection => selectPoints(DIMS, list.flat()));

const moved = fc
  .tuple(fc.nat(2), fc.nat(3), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .map(
    ([down, right, height, width]): Selection =>
      withOffset(selectBox(DIMS, [1, 1], [height, width]), [down - 1, right - 1]),
  );

const movedPoints = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 4 }),
    fc.integer({ min: -1, max: 1 }),
    fc.integer({ min: -1, max: 1 }),
  )
  .map(([list, down, right]): Selection => withOffset(selectPoints(DIMS, list.flat()), [down, right]));

const anySelection: fc.Arbitrary<Selection> = fc.oneof(
  anyRegular,
  anyPoints,
  moved,
  movedPoints,
  fc.tuple(anyRegular, anyRegular).map(([a, b]) => combine(a, "xor", b)),
  fc.constant<Selection>(selectAll(DIMS)),
);

/** The plain model: one entry for each element. */
function bitmap(selection: Selection): boolean[] {
  const bits = new Array<boolean>(63).fill(false);
  const coordinates = elements(selection);
  for (let i = 0; i < coordinates.length; i += 2) bits[9 * (coordinates[i] ?? 0) + (coordinates[i + 1] ?? 0)] = true;
  return bits;
}

const none = (): boolean[] => new Array<boolean>(63).fill(false);

describe("selections as sets, against a bitmap", () => {
  test("lose their order, their offset and what comes twice, and nothing else", () => {
    fc.assert(
      fc.property(anySelection, (selection) => {
        const set = asSet(selection);
        expect(bitmap(set)).toEqual(bitmap(selection));
        expect(selectedCount(set)).toBe(bitmap(selection).filter(Boolean).length);
        expect(set.offset).toBeUndefined();
      }),
    );
  });

  test("have in common, leave and join what bits do", () => {
    fc.assert(
      fc.property(anySelection, anySelection, (first, second) => {
        const [a, b] = [asSet(first), asSet(second)];
        const [x, y] = [bitmap(first), bitmap(second)];
        const both = commonElements(a, b);
        const rest = elementsWithout(a, b);
        expect(both === undefined ? none() : bitmap(both)).toEqual(x.map((bit, i) => bit && y[i]));
        expect(rest === undefined ? none() : bitmap(rest)).toEqual(x.map((bit, i) => bit && !y[i]));
        expect(bitmap(unionOf(DIMS, [a, b]))).toEqual(x.map((bit, i) => bit || y[i]));
        expect(isWithin(first, b)).toBe(x.every((bit, i) => !bit || y[i]));
      }),
    );
  });

  test("go through text and come back", () => {
    fc.assert(
      fc.property(anySelection, (selection) => {
        const write = { dataset: "x", address: 800, selection: asSet(selection) };
        const back = writeFromStored(JSON.parse(JSON.stringify(storedWrite(write))));
        expect(bitmap(back.selection)).toEqual(bitmap(selection));
        expect(back).toMatchObject({ dataset: "x", address: 800, selection: { dims: DIMS } });
      }),
    );
  });
});

describe("the check of plans", () => {
  function fileWith(build: (file: File) => void): File {
    const file = File.inMemory();
    build(file);
    return file;
  }
  const plain = (): File =>
    fileWith((file) => {
      file.createDataset("x", { shape: DIMS, dtype: "<i4", dcpl: earlyAllocation() });
      file.createDataset("y", { shape: DIMS, dtype: "<i4", chunks: [2, 2], dcpl: earlyAllocation() });
      file.createDataset("s", { shape: [], dtype: "<i4", dcpl: earlyAllocation() });
    });
  const one = (dataset: string, selection?: IndexArguments): WritePlan => [
    selection === undefined ? { dataset } : { dataset, selection },
  ];

  test("finds what two ranks write, and only that", () => {
    using file = plain();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(6), fc.nat(8), fc.nat(3), fc.nat(3)), { minLength: 2, maxLength: 5 }),
        (boxes) => {
          const plans = boxes.map(([row, column, height, width]) =>
            one("x", [slice(row, row + height), slice(column, column + width)]),
          );
          const counts = new Array<number>(63).fill(0);
          for (const [row, column, height, width] of boxes) {
            for (let i = row; i < Math.min(7, row + height); i++) {
              for (let j = column; j < Math.min(9, column + width); j++)
                counts[9 * i + j] = (counts[9 * i + j] ?? 0) + 1;
            }
          }
          const overlap = counts.some((count) => count > 1);
          if (overlap) expect(() => checkPlans(file.id, plans)).toThrow(/^ranks \d and \d both write x \[/);
          else checkPlans(file.id, plans);
        },
      ),
    );
  });

  test("lets shares pass, along either dimension, also within chunks", () => {
    using file = plain();
    for (const dataset of ["x", "y"]) {
      for (const axis of [0, 1]) {
        const plans = [0, 1, 2].map((rank) => {
          const { start, stop } = shareOf(DIMS[axis] ?? 0, { rank, size: 3 });
          return one(dataset, axis === 0 ? [slice(start, stop)] : [null, slice(start, stop)]);
        });
        checkPlans(file.id, plans);
      }
    }
  });

  test("names ranks, dataset and elements", () => {
    using file = plain();
    const plans = [one("x", [slice(0, 3)]), one("y"), one("x", [slice(2, 5), 4])];
    expect(() => checkPlans(file.id, plans)).toThrow("ranks 0 and 2 both write x [2, 4]");
    expect(() => checkPlans(file.id, [one("s"), one("s")])).toThrow("ranks 0 and 1 both write s [()]");
    // The same elements of another dataset are others.
    checkPlans(file.id, [one("x"), one("y"), one("s")]);
    const scattered = points([
      [0, 0],
      [3, 3],
    ]);
    expect(() => checkPlans(file.id, [one("x"), one("x", scattered)])).toThrow("both write x 2 elements in [0:4, 0:4]");
  });

  test("knows a dataset by what it is, not by its name", () => {
    using file = plain();
    file.set("again", file.getDataset("x"));
    expect(() => checkPlans(file.id, [one("x"), one("again", [0])])).toThrow("ranks 0 and 1 both write x [0, 0:9]");
  });

  test("refuses what lies outside, is no dataset, or cannot be written in place", () => {
    using file = plain();
    file.createDataset("late", { shape: [4], dtype: "<i4" });
    file.createDataset("part", { shape: [4], dtype: "<i4", chunks: [2] }).write([0], 1);
    file.createDataset("zipped", { shape: [4], chunks: [2], compression: "gzip", dcpl: earlyAllocation() });
    expect(() => checkPlans(file.id, [one("x", [7])])).toThrow("Index (7) out of range for (0-6)");
    expect(() => checkPlans(file.id, [one("x", points([[0, 9]]))])).toThrow("Index (9) out of range for (0-8)");
    const blocks = [new MultiBlockSlice({ start: 5, stride: 2, count: 2, block: 1 })];
    expect(() => checkPlans(file.id, [one("x", blocks)])).toThrow("extends beyond maximum index (6)");
    expect(() => checkPlans(file.id, [one("nothing")])).toThrow("doesn't exist");
    expect(() => checkPlans(file.id, [one("/")])).toThrow();
    expect(() => checkPlans(file.id, [one("late")])).toThrow(
      "late cannot be written by several ranks: it has no space as yet",
    );
    checkPlans(file.id, [one("part", [slice(0, 2)])]);
    expect(() => checkPlans(file.id, [one("part", [slice(1, 3)])])).toThrow("the chunk at (2) does not exist");
    expect(() => checkPlans(file.id, [one("zipped")])).toThrow("filters change the sizes of its chunks");
  });
});
