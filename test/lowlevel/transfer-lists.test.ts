import { describe, expect, test } from "vitest";
import { File, slice } from "../../src/index.ts";
import { h5d, h5p, h5s, h5t, h5z } from "../../src/lowlevel/index.ts";

function fileWith(chunked: boolean): File {
  const f = File.inMemory();
  const data = Float64Array.from({ length: 1000 }, (_, i) => i - 500);
  f.createDataset("x", { data, dtype: "<f8", ...(chunked ? { chunks: [100], fletcher32: true } : {}) });
  return f;
}

describe("a transfer property list", () => {
  test("has elements converted in buffers of the size it asks for", () => {
    const { id } = fileWith(false).get("x");
    const sizes: number[] = [];
    h5t.register(h5t.PERS_HARD, "counting", h5t.IEEE_F64LE, h5t.NATIVE_INT32, (source, target, count) => {
      sizes.push(count);
      const values = new Float64Array(source.slice().buffer);
      target.set(new Uint8Array(Int32Array.from(values.subarray(0, count)).buffer));
    });
    try {
      const dxpl = h5p.create(h5p.DATASET_XFER);
      dxpl.setBuffer(8 * 64);
      const out = new Int32Array(2000);
      const memory = h5s.createSimple([2000]);
      memory.selectHyperslab([0], [1000], [2]);
      id.read(memory, h5s.ALL, out, null, dxpl);
      expect([out[0], out[1], out[1998]]).toEqual([-500, 0, 499]);
      expect(Math.max(...sizes)).toBe(64);
      dxpl.setBuffer(7);
      expect(() => id.read(memory, h5s.ALL, out, null, dxpl)).toThrow(
        "Can't read data (temporary buffer max size is too small)",
      );
    } finally {
      h5t.unregister(h5t.PERS_DONTCARE, "counting");
    }
  });

  test("leaves checksums of chunks alone, which are compared otherwise", () => {
    const f = fileWith(true);
    const { byteOffset } = f.get("x").id.getChunkInfo(3);
    const bytes = f.toBytes();
    bytes[(byteOffset ?? 0) + 5] = 0xff;
    const { id } = new File(bytes).get("x");
    const out = new Float64Array(1000);
    expect(() => id.read(h5s.ALL, h5s.ALL, out)).toThrow("data error detected by Fletcher32 checksum");
    const dxpl = h5p.create(h5p.DATASET_XFER);
    dxpl.setEdcCheck(h5z.DISABLE_EDC);
    id.read(h5s.ALL, h5s.ALL, out, null, dxpl);
    expect([out[299], out[301], out[999]]).toEqual([-201, -199, 499]);
    expect(out[300]).not.toBe(-200);
    // What was not checked may have stayed in the chunk cache, as in the C library; another opening reads it anew.
    expect(() => new File(bytes).get("x").read()).toThrow("Fletcher32");
  });

  test("takes numbers through an expression, in memory's datatype", () => {
    for (const chunked of [false, true]) {
      const f = fileWith(chunked);
      const { id } = f.get("x");
      const dxpl = h5p.create(h5p.DATASET_XFER);
      dxpl.setDataTransform("(x + 500) / 2");
      const halves = new Float64Array(1000);
      id.read(h5s.ALL, h5s.ALL, halves, null, dxpl);
      expect([halves[1], halves[999]]).toEqual([0.5, 499.5]);
      const whole = new Int16Array(1000);
      h5d.readMulti([{ dataset: id, array: whole }], dxpl);
      expect([whole[1], whole[999]]).toEqual([0, 499]);
      const given = Int32Array.from({ length: 1000 }, (_, i) => i);
      id.write(h5s.ALL, h5s.ALL, given, null, dxpl);
      expect(given[7]).toBe(7);
      expect(f.get("x").read(slice(0, 4)).data).toEqual(Float64Array.of(250, 250, 251, 251));
    }
  });

  test("with an expression is refused for what are no numbers, and for whole numbers divided by zero", () => {
    const f = File.inMemory();
    const dxpl = h5p.create(h5p.DATASET_XFER);
    dxpl.setDataTransform("2*x");
    const { id } = f.createDataset("compound", { shape: [1], dtype: "[('a', '<i4')]" });
    expect(() => id.read(h5s.ALL, h5s.ALL, new Uint8Array(4), null, dxpl)).toThrow(
      "Can't read data (Cannot perform data transform on this type.)",
    );
    f.createDataset("zeros", { shape: [3], dtype: "<i4" });
    dxpl.setDataTransform("x/x");
    expect(() => f.get("zeros").id.read(h5s.ALL, h5s.ALL, new Int32Array(3), null, dxpl)).toThrow("division by zero");
    expect(() => dxpl.setDataTransform("1/0")).toThrow("division by zero");
  });

  test("asks a function about numbers that do not survive, wherever they are", () => {
    const f = File.inMemory();
    const dset = f.createDataset("x", {
      shape: [2],
      dtype: "[('a', '<f8'), ('b', '<f8', (2,))]",
    });
    dset.write(null, [
      { a: 1e20, b: [1.5, 2] },
      { a: 3, b: [-1e20, 4] },
    ]);
    const told: unknown[] = [];
    const dxpl = h5p.create(h5p.DATASET_XFER);
    expect(dxpl.getTypeConvCb()).toBe(null);
    dxpl.setTypeConvCb((exception, source, destination, value, result) => {
      told.push([exception, source.dtype, destination.dtype, new Float64Array(value.slice().buffer)[0]]);
      if (exception !== h5t.CONV_EXCEPT_TRUNCATE) return h5t.CONV_UNHANDLED;
      result.set([99, 0, 0, 0]);
      return h5t.CONV_HANDLED;
    });
    const memory = h5t.pyCreate("[('a', '<i4'), ('b', '<i4', (2,))]");
    const out = new Int32Array(6);
    dset.id.read(h5s.ALL, h5s.ALL, out, memory, dxpl);
    expect(out).toEqual(Int32Array.of(2147483647, 99, 2, 3, -2147483648, 4));
    expect(told).toEqual([
      [h5t.CONV_EXCEPT_RANGE_HI, "<f8", "<i4", 1e20],
      [h5t.CONV_EXCEPT_TRUNCATE, "<f8", "<i4", 1.5],
      [h5t.CONV_EXCEPT_RANGE_LOW, "<f8", "<i4", -1e20],
    ]);
    dxpl.setTypeConvCb(() => h5t.CONV_ABORT);
    expect(() => dset.id.read(h5s.ALL, h5s.ALL, out, memory, dxpl)).toThrow("can't handle conversion exception");
    expect(dxpl.copy().getTypeConvCb()).not.toBe(null);
  });

  test("of another class is refused", () => {
    const { id } = fileWith(false).get("x");
    expect(() => id.read(h5s.ALL, h5s.ALL, new Float64Array(1000), null, h5p.create(h5p.FILE_ACCESS) as never)).toThrow(
      "Argument 'dxpl' has incorrect type (expected PropDXID, got PropFAID)",
    );
  });
});
