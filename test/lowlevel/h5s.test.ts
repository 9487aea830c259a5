import { describe, expect, test } from "vitest";
import * as h5s from "../../src/lowlevel/h5s.ts";
import { expectError } from "./expect-error.ts";

describe("dataspaces", () => {
  test("know their extent", () => {
    const space = h5s.createSimple([5, 6], [10, null]);
    expect(space.shape).toEqual([5, 6]);
    expect(space.getSimpleExtentDims(true)).toEqual([10, h5s.UNLIMITED]);
    expect([space.getSimpleExtentNdims(), space.getSimpleExtentNpoints(), space.getSimpleExtentType()]).toEqual([
      2, 30, 1,
    ]);
    expect([space.getSelectType(), space.getSelectNpoints()]).toEqual([h5s.SEL_ALL, 30]);
    expect(space.getSelectBounds()).toEqual([
      [0, 0],
      [4, 5],
    ]);
  });

  test("may be scalar, null, or without an extent as yet", () => {
    expect([h5s.create(h5s.SCALAR).shape, h5s.create(h5s.SIMPLE).shape, h5s.create(h5s.NULL).shape]).toEqual([
      [],
      [],
      null,
    ]);
    expect(h5s.create(h5s.SCALAR).getSelectNpoints()).toBe(1);
    expect(h5s.create(h5s.SIMPLE).getSelectNpoints()).toBe(0);
    expect(h5s.create(h5s.NULL).getSelectNpoints()).toBe(0);
    expect([h5s.create(h5s.SCALAR).isSimple(), h5s.create(h5s.NULL).isSimple()]).toEqual([true, false]);
    expect(h5s.createSimple([]).getSimpleExtentType()).toBe(h5s.SCALAR);
  });

  test("select hyperslabs as the C library does", () => {
    const space = h5s.createSimple([5, 6]);
    space.selectHyperslab([0, 0], [2, 2], [2, 3]);
    expect([space.getSelectType(), space.getSelectNpoints(), space.getSelectHyperNblocks()]).toEqual([2, 4, 4]);
    expect(space.getRegularHyperslab()).toEqual([
      [0, 0],
      [2, 3],
      [2, 2],
      [1, 1],
    ]);
    space.selectHyperslab([0, 0], [5, 1], null, null, h5s.SELECT_OR);
    expect(space.getSelectHyperBlocklist()).toEqual([
      [
        [0, 0],
        [0, 0],
      ],
      [
        [0, 3],
        [0, 3],
      ],
      [
        [1, 0],
        [1, 0],
      ],
      [
        [2, 0],
        [2, 0],
      ],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [3, 0],
        [4, 0],
      ],
    ]);
    expect(space.isRegularHyperslab()).toBe(false);
    expectError(
      () => space.getRegularHyperslab(),
      "ValueError",
      "Not a regular hyperslab selection (not a regular hyperslab selection)",
    );
  });

  test("select points, in order, at either end", () => {
    const space = h5s.createSimple([5, 6]);
    space.selectElements([
      [1, 1],
      [2, 2],
    ]);
    space.selectElements([[3, 3]], h5s.SELECT_APPEND);
    space.selectElements([[0, 0]], h5s.SELECT_PREPEND);
    expect(space.getSelectElemNpoints()).toBe(4);
    expect(space.getSelectElemPointlist()).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    space.selectElements([[99, 99]]);
    expect(space.selectValid()).toBe(false);
  });

  test("keep a selection when the extent changes within its rank", () => {
    const space = h5s.createSimple([7]);
    space.selectHyperslab([0], [3]);
    space.setExtentSimple([9]);
    expect([space.getSelectType(), space.getSelectNpoints()]).toEqual([h5s.SEL_HYPERSLABS, 3]);
    space.setExtentSimple([2, 2]);
    expect([space.getSelectType(), space.getSelectNpoints()]).toEqual([h5s.SEL_ALL, 4]);
    space.setExtentNone();
    expect(space.shape).toBeNull();
    expect(space.getSelectNpoints()).toBe(0);
  });

  test("compare the shapes of selections wherever they lie", () => {
    const one = h5s.createSimple([10, 10]);
    one.selectHyperslab([1, 1], [3, 4]);
    const two = h5s.createSimple([3, 4]);
    expect(one.selectShapeSame(two)).toBe(true);
    const three = h5s.createSimple([4, 3]);
    expect(one.selectShapeSame(three)).toBe(false);
    const row = h5s.createSimple([10, 10]);
    row.selectHyperslab([4, 2], [1, 5]);
    expect(row.selectShapeSame(h5s.createSimple([5]))).toBe(true);
  });

  test("refuse in h5py's words", () => {
    const space = h5s.createSimple([5, 6]);
    const cases: [() => unknown, string, string][] = [
      [() => h5s.create(9), "ValueError", "Invalid dataspace type (invalid dataspace type)"],
      [() => h5s.createSimple([-1]), "OverflowError", "can't convert negative value to hsize_t"],
      [() => h5s.createSimple([5], [3]), "ValueError", "Maxdims is smaller than dims (maxdims is smaller than dims)"],
      [() => h5s.createSimple([5], [3, 3]), "ValueError", "max_dims_tpl must be a tuple or None of size 1."],
      [
        () => h5s.createSimple(new Array(33).fill(1)),
        "ValueError",
        "Dimensionality is too large (dimensionality is too large)",
      ],
      [
        () => h5s.createSimple([h5s.UNLIMITED]),
        "ValueError",
        "Current dimension must have a specific size, not h5s_unlimited (current dimension must have a specific size, not H5S_UNLIMITED)",
      ],
      [
        () => space.setExtentSimple([3], [2]),
        "ValueError",
        "Invalid maximum dimension size (invalid maximum dimension size)",
      ],
      [() => space.selectHyperslab([0], [5]), "ValueError", "start must be a tuple of size 2."],
      [
        () => space.selectHyperslab([0, 0], [5, 5], [0, 1]),
        "ValueError",
        "Invalid stride==0 value (invalid stride==0 value)",
      ],
      [
        () => space.selectHyperslab([0, 0], [2, 2], [1, 1], [2, 2]),
        "RuntimeError",
        "Unable to set hyperslab selection (hyperslab blocks overlap)",
      ],
      [
        () => space.selectHyperslab([0, 0], [1, 1], null, null, 99),
        "NotImplementedError",
        "Invalid selection operation (invalid selection operation)",
      ],
      [() => space.selectElements([[0, 0, 0]]), "ValueError", "Coordinate array must have shape (<npoints>, 2)"],
      [() => space.selectElements([]), "ValueError", "Coordinate array must have shape (<npoints>, 2)"],
      [() => space.getSelectHyperNblocks(), "ValueError", "Not a hyperslab selection (not a hyperslab selection)"],
      [() => space.getSelectElemNpoints(), "ValueError", "Not an element selection (not an element selection)"],
      [() => space.getRegularHyperslab(), "ValueError", "Not a hyperslab selection (not a hyperslab selection)"],
      [() => space.offsetSimple([1]), "ValueError", "offset must be a tuple or None of size 2."],
      [
        () => h5s.create(h5s.SCALAR).selectHyperslab([], []),
        "ValueError",
        "Hyperslab doesn't support h5s_scalar space (hyperslab doesn't support H5S_SCALAR space)",
      ],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
    expect(space.getSelectType()).toBe(h5s.SEL_ALL);
  });
});

describe("encoded dataspaces", () => {
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const EXTENT = "01000828000000010201000000000005000000000000000600000000000000050000000000000006000000" + "00000000";

  test("are those of the C library", () => {
    expect(hex(h5s.create(h5s.NULL).encode())).toBe("010008040000000200000203000000010000000000000000000000");
    expect(hex(h5s.create(h5s.SIMPLE).encode())).toBe("01000808000000010000000000000003000000010000000000000000000000");
    const space = h5s.createSimple([5, 6]);
    space.selectHyperslab([1, 2], [2, 2], [2, 2]);
    expect(hex(space.encode())).toBe(
      `${EXTENT}02000000010000000000000048000000020000000400000001000000020000000100000002000000010000000400000001000000040000000300000002000000` +
        "030000000200000003000000040000000300000004000000",
    );
    space.selectHyperslab([1, 2], [1, 1], null, [3, 2]);
    space.selectHyperslab([0, 0], [5, 1], null, null, h5s.SELECT_OR);
    expect(hex(space.encode())).toBe(
      `${EXTENT}02000000010000000000000048000000020000000400000000000000000000000000000000000000010000000000000003000000000000000100000002000000` +
        "030000000300000004000000000000000400000000000000",
    );
  });

  test("come back with extent and selection", () => {
    const space = h5s.createSimple([5, 6], [10, null]);
    space.selectElements([
      [4, 5],
      [0, 1],
      [4, 5],
    ]);
    const back = h5s.decode(space.encode());
    expect([back.shape, back.getSimpleExtentDims(true), back.getSelectElemPointlist()]).toEqual([
      [5, 6],
      [10, h5s.UNLIMITED],
      [
        [4, 5],
        [0, 1],
        [4, 5],
      ],
    ]);
    space.selectHyperslab([0, 0], [null, 1], [2, 1]);
    expect(h5s.decode(space.encode()).getRegularHyperslab()).toEqual([
      [0, 0],
      [2, 1],
      [h5s.UNLIMITED, 1],
      [1, 1],
    ]);
    expect(h5s.decode(h5s.create(h5s.NULL).encode()).shape).toBeNull();
  });

  test("that are not one are refused", () => {
    expectError(() => h5s.decode(new Uint8Array(0)), "RuntimeError", "Can't decode object (not an encoded dataspace)");
    expectError(() => h5s.decode(Uint8Array.of(1, 0)), "RuntimeError", /^Can't decode object \(/);
  });
});

describe("selection iterators", () => {
  const listed = (space: h5s.SpaceID, most: number, room: number, flags = 0) => {
    const iterator = h5s.selIterCreate(space, 4, flags);
    const lists: [number[], number[], number][] = [];
    for (;;) {
      const { offsets, lengths, elementCount } = iterator.getSeqList(most, room);
      if (elementCount === 0) break;
      lists.push([offsets, lengths, elementCount]);
    }
    iterator.close();
    return lists;
  };

  test("give stretches in bytes, so many of them and so many elements at a time", () => {
    const space = h5s.createSimple([3, 5]);
    expect(listed(space, 10, 7)).toEqual([
      [[0], [28], 7],
      [[28], [28], 7],
      [[56], [4], 1],
    ]);
    space.selectHyperslab([0, 1], [3, 1], [1, 1], [1, 3]);
    expect(listed(space, 2, 100)).toEqual([
      [[4, 24], [12, 12], 6],
      [[44], [12], 3],
    ]);
    expect(listed(space, 10, 4)).toEqual([
      [[4, 24], [12, 4], 4],
      [[28, 44], [8, 8], 4],
      [[52], [4], 1],
    ]);
    space.selectNone();
    expect(listed(space, 2, 2)).toEqual([]);
  });

  test("end a list where points go back, if sorted lists are asked for", () => {
    const space = h5s.createSimple([10]);
    space.selectElements([[4], [5], [2], [7]]);
    expect(listed(space, 9, 9)).toEqual([[[16, 8, 28], [8, 4, 4], 4]]);
    expect(listed(space, 9, 9, h5s.SEL_ITER_GET_SEQ_LIST_SORTED)).toEqual([
      [[16], [8], 2],
      [[8, 28], [4, 4], 2],
    ]);
  });

  test("start over with another selection, and are closed once", () => {
    const space = h5s.createSimple([10]);
    const iterator = h5s.selIterCreate(space, 1);
    iterator.getSeqList(1, 3);
    space.selectHyperslab([6], [2]);
    iterator.reset(space);
    expect(iterator.getSeqList(9, 9)).toEqual({ offsets: [6], lengths: [2], elementCount: 2 });
    iterator.close();
    expectError(
      () => iterator.getSeqList(1, 1),
      "ValueError",
      "Not a dataspace selection iterator (not a dataspace selection iterator)",
    );
    expectError(
      () => h5s.selIterCreate(space, 0),
      "ValueError",
      "Element size must be greater than 0 (element size must be greater than 0)",
    );
    expectError(
      () => h5s.selIterCreate(space, 1, 8),
      "ValueError",
      "Invalid selection iterator flag (invalid selection iterator flag)",
    );
  });
});

describe("selections looked up in one another", () => {
  test("of points give points in order, or the hyperslab of what corresponds", () => {
    const source = h5s.createSimple([5, 6]);
    const target = h5s.createSimple([10]);
    const wanted = h5s.createSimple([5, 6]);
    source.selectElements([
      [0, 1],
      [0, 0],
    ]);
    target.selectElements([[9], [8]]);
    expect(source.selectProjectIntersection(target, wanted).getSelectElemPointlist()).toEqual([[9], [8]]);
    wanted.selectHyperslab([0, 0], [1, 1]);
    expect(source.selectProjectIntersection(target, wanted).getSelectElemPointlist()).toEqual([[8]]);
    target.selectHyperslab([3], [2]);
    expect(source.selectProjectIntersection(target, wanted).getSelectBounds()).toEqual([[4], [4]]);
    wanted.selectNone();
    expect(source.selectProjectIntersection(target, wanted).getSelectType()).toBe(h5s.SEL_NONE);
  });

  test("must select as many elements, over extents of one rank", () => {
    const source = h5s.createSimple([5]);
    expectError(
      () => source.selectProjectIntersection(h5s.createSimple([4]), source),
      "ValueError",
      "Number of points selected in source space does not match that in destination space (number of points selected in source space does not match that in destination space)",
    );
    expectError(
      () => source.selectProjectIntersection(source, h5s.createSimple([5, 1])),
      "ValueError",
      "Rank of source intersect space does not match that of source space (rank of source intersect space does not match that of source space)",
    );
  });

  test("move, keep their offset, and meet boxes", () => {
    const space = h5s.createSimple([9, 9]);
    space.selectHyperslab([4, 4], [2, 1], [2, 1], [1, 3]);
    space.selectHyperslab([5, 8], [1, 1], null, null, h5s.SELECT_OR);
    space.selectAdjust([4, 3]);
    expect(space.getSelectBounds()).toEqual([
      [0, 1],
      [2, 5],
    ]);
    expect([space.selectIntersectBlock([1, 0], [1, 4]), space.selectIntersectBlock([1, 0], [1, 5])]).toEqual([
      false,
      true,
    ]);
    expectError(
      () => space.selectAdjust([1, 0]),
      "ValueError",
      "Adjustment would move selection below zero offset (adjustment would move selection below zero offset)",
    );
    expectError(
      () => space.selectIntersectBlock([3, 3], [2, 2]),
      "ValueError",
      "Block start[0] (3) > end[0] (2) (block start[0] (3) > end[0] (2))",
    );
    expect(h5s.createSimple([5]).extentEqual(h5s.createSimple([5], [6]))).toBe(false);
  });
});

describe("dataspaces and their selections", () => {
  test("are copied, and taken over from one another", () => {
    const space = h5s.createSimple([5, 6]);
    space.selectHyperslab([1, 1], [2, 2]);
    const copy = space.copy();
    expect(copy.getSelectBounds()).toEqual([
      [1, 1],
      [2, 2],
    ]);
    copy.selectAll();
    expect([copy.getSelectType(), space.getSelectType()]).toEqual([h5s.SEL_ALL, h5s.SEL_HYPERSLABS]);
    copy.selectCopy(space);
    expect(copy.getSelectNpoints()).toBe(4);
    const other = h5s.createSimple([3]);
    other.extentCopy(space);
    expect(other.shape).toEqual([5, 6]);
  });

  test("are combined", () => {
    const [a, b] = [h5s.createSimple([9]), h5s.createSimple([9])];
    a.selectHyperslab([0], [5]);
    b.selectHyperslab([3], [4]);
    expect(a.combineSelect(b, h5s.SELECT_AND).getSelectBounds()).toEqual([[3], [4]]);
    expect(a.getSelectNpoints()).toBe(5);
    a.modifySelect(b);
    expect(a.getSelectNpoints()).toBe(7);
  });
});
