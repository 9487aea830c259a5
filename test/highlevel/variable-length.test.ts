/** Elements of variable length at the sizes where they take another way: short text, short arrays, what is copied. */
import { describe, expect, test } from "vitest";
import { File } from "../../src/highlevel/file.ts";
import { stringDtype, vlenDtype } from "../../src/highlevel/special-dtypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

function reread<T>(make: (file: File) => void, read: (file: File) => T): T {
  const target = new MemoryTarget();
  const made = new File(target, "w");
  make(made);
  made.close();
  const file = new File(new MemoryTarget(target.toBytes()), "r");
  const found = read(file);
  file.close();
  return found;
}

describe("elements of variable length", () => {
  const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 5000];

  test("are the texts that were written, of every length and alphabet", () => {
    const texts = ["a", "é", "\u{1f600}"].flatMap((letter) => lengths.map((length) => letter.repeat(length)));
    const mixed = [...texts, `${"x".repeat(63)}é`, "", "last"];
    const options = { data: mixed, dtype: stringDtype() };
    const [whole, column] = reread(
      (file) => file.createDataset("d", options),
      (file) => [file.getDataset("d").read().data, file.getDataset("d").readColumn()] as const,
    );
    expect(whole).toEqual(mixed);
    const decoder = new TextDecoder();
    const { values, offsets } = column;
    const cut = mixed.map((_, i) => decoder.decode((values as Uint8Array).subarray(offsets?.[i], offsets?.[i + 1])));
    expect(cut).toEqual(mixed);
  });

  test("are refused with a NUL in them, however long", () => {
    const made = new File(new MemoryTarget(), "w");
    for (const length of [1, 64, 65, 2000]) {
      const data = ["fine", `${"x".repeat(length - 1)}\0`];
      expect(() => made.createDataset(`d${length}`, { data })).toThrow("VLEN strings do not support embedded NULLs");
    }
    made.close();
  });

  test("are the sequences that were written, of every length and kind of number", () => {
    for (const [dtype, array] of [
      ["<i4", Int32Array],
      [">i2", Int16Array],
      ["<f8", Float64Array],
      ["|u1", Uint8Array],
    ] as const) {
      const data = lengths.map((length) => new array(length).map((_: number, i: number) => i % 120));
      const found = reread(
        (file) => file.createDataset("d", { data, shape: [data.length], dtype: vlenDtype(dtype) }),
        (file) => file.getDataset("d").read().data,
      );
      expect(found).toEqual(data);
    }
  });

  test("may be sequences of texts, and of sequences", () => {
    const texts = [["a", "bc"], [], ["x".repeat(2000), "y"]];
    const nested = [[Int32Array.of(1), Int32Array.of(2, 3)], [], [new Int32Array(600).fill(7), new Int32Array(0)]];
    const found = reread(
      (file) => {
        file.createDataset("t", { data: texts, shape: [3], dtype: vlenDtype(stringDtype()) });
        file.createDataset("n", { data: nested, shape: [3], dtype: vlenDtype(vlenDtype("<i4")) });
      },
      (file) => [file.getDataset("t").read().data, file.getDataset("n").read().data],
    );
    expect(found).toEqual([texts, nested]);
  });
});
