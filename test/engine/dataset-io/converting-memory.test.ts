import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { product } from "../../../src/base/bits.ts";
import {
  type ElementConversion,
  ReadConverter,
  WriteConverter,
} from "../../../src/engine/dataset-io/converting-memory.ts";
import { PackedMemory } from "../../../src/engine/dataset-io/memory-side.ts";
import { rawDataAccess } from "../../../src/engine/dataset-io/raw-data-access.ts";
import { readConverted, writeConverted } from "../../../src/engine/dataset-io/transfer.ts";
import { elements } from "../../../src/engine/selection/blocks.ts";
import { selectAll, selectBox, selectedCount, selectRegular } from "../../../src/engine/selection/selection.ts";
import { anySelection, linearOf } from "../selection/bitmap.ts";
import { FakeDataset, type FakeDatasetOptions } from "./fake-dataset.ts";

/** Bytes to 16-bit numbers a hundred times as large, counting calls. */
class Widen implements ElementConversion {
  readonly noop = false;
  calls = 0;
  largest = 0;
  convert(source: Uint8Array, sourceOffset: number, destination: Uint8Array, destinationOffset: number, count: number) {
    this.calls++;
    this.largest = Math.max(this.largest, count);
    for (let i = 0; i < count; i++) {
      const value = (source[sourceOffset + i] as number) * 100;
      destination[destinationOffset + 2 * i] = value & 0xff;
      destination[destinationOffset + 2 * i + 1] = value >> 8;
    }
  }
}

class Narrow implements ElementConversion {
  readonly noop = false;
  convert(source: Uint8Array, sourceOffset: number, destination: Uint8Array, destinationOffset: number, count: number) {
    for (let i = 0; i < count; i++) {
      const at = sourceOffset + 2 * i;
      destination[destinationOffset + i] = ((source[at] as number) | ((source[at + 1] as number) << 8)) / 100;
    }
  }
}

/** Only the second byte of two is converted; the first stays. */
class SecondByte implements ElementConversion {
  readonly noop = false;
  readonly gaps = "kept";
  convert(source: Uint8Array, sourceOffset: number, destination: Uint8Array, destinationOffset: number, count: number) {
    for (let i = 0; i < count; i++) destination[destinationOffset + 2 * i + 1] = source[sourceOffset + i] as number;
  }
}

const layouts = ["compact", "contiguous", "chunked", "direct"] as const;

/** Runs as the rows of chunks are: next to each other in the file or not, next to each other in memory or not. */
const anyGroups = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 300 }),
    repeat: fc.integer({ min: 1, max: 40 }),
    gap: fc.constantFrom(0, 0, 1, 5),
    positionGap: fc.constantFrom(0, 0, 1, 7),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Where the groups lie in a file of one byte an element, and in memory. */
function placed(groups: readonly { length: number; repeat: number; gap: number; positionGap: number }[]) {
  let offset = 3;
  let position = 2;
  const all = groups.map(({ length, repeat, gap, positionGap }) => {
    const group = { offset, stride: length + gap, length, repeat, position, positionStride: length + positionGap };
    offset += group.stride * repeat + 1;
    position += group.positionStride * repeat + 1;
    return group;
  });
  return { all, fileElements: offset, memoryElements: position };
}

describe("converted transfers", () => {
  test("take runs that lie next to each other as any others", () => {
    const capacities = fc.constantFrom(600, 1024, 5000, 1 << 20);
    fc.assert(
      fc.property(anyGroups, capacities, fc.boolean(), (groups, bufferBytes, keeps) => {
        const { all, fileElements, memoryElements } = placed(groups);
        const inFile = new Uint8Array(fileElements).map((_, i) => 1 + (i % 251));
        const memory = new Uint16Array(memoryElements).fill(0x0707);
        const expected = memory.slice();
        const value = (byte: number): number => (keeps ? (byte << 8) | 7 : 100 * byte);
        for (const { offset, stride, length, repeat, position, positionStride } of all) {
          for (let i = 0; i < repeat; i++) {
            for (let k = 0; k < length; k++) {
              expected[position + i * positionStride + k] = value(inFile[offset + i * stride + k] as number);
            }
          }
        }
        const side = new PackedMemory(new Uint8Array(memory.buffer), 2);
        const reader = new ReadConverter(side, keeps ? new SecondByte() : new Widen(), 1, bufferBytes);
        for (const { offset, stride, length, repeat, position, positionStride } of all) {
          reader.put(inFile, offset, stride, length, repeat, position, positionStride);
        }
        reader.finish();
        expect(Buffer.compare(new Uint8Array(memory.buffer), new Uint8Array(expected.buffer))).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("give runs that lie next to each other as any others", () => {
    const capacities = fc.constantFrom(600, 1024, 5000, 1 << 20);
    fc.assert(
      fc.property(anyGroups, capacities, fc.boolean(), (groups, bufferBytes, keeps) => {
        const { all, fileElements, memoryElements } = placed(groups);
        const bytes = new Uint8Array(memoryElements * 2).map((_, i) => 1 + (i % 251));
        const numbers = new Uint16Array(memoryElements).map((_, i) => 100 * (i % 251));
        // The file's elements have two bytes of which the first is kept, or one.
        const size = keeps ? 2 : 1;
        const target = new Uint8Array(fileElements * size).fill(5);
        const expected = target.slice();
        for (const { offset, stride, length, repeat, position, positionStride } of all) {
          for (let i = 0; i < repeat; i++) {
            for (let k = 0; k < length; k++) {
              const at = (offset + i * stride + k) * size;
              const from = position + i * positionStride + k;
              if (keeps) expected[at + 1] = bytes[from] as number;
              else expected[at] = (numbers[from] as number) / 100;
            }
          }
        }
        const side = keeps ? new PackedMemory(bytes, 1) : new PackedMemory(new Uint8Array(numbers.buffer), 2);
        const writer = new WriteConverter(side, keeps ? new SecondByte() : new Narrow(), size, bufferBytes);
        for (const { offset, stride, length, repeat, position, positionStride } of all) {
          writer.take(target, offset * size, stride * size, length, repeat, position, positionStride);
        }
        expect(Buffer.compare(target, expected)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("read and write every selection as element-wise conversion does", () => {
    const anyCase = fc.record({
      selection: anySelection,
      layout: fc.constantFrom<FakeDatasetOptions["layout"]>(...layouts),
      scattered: fc.boolean(),
    });
    fc.assert(
      fc.property(anyCase, ({ selection, layout, scattered }) => {
        const { dims } = selection;
        const dataset = new FakeDataset({ dims, elementSize: 1, layout });
        const access = rawDataAccess(dataset);
        const count = selectedCount(selection);
        const inMemory = scattered && count > 0 ? selectRegular([2 * count], [1], [count], [2]) : undefined;
        const step = inMemory === undefined ? 1 : 2;
        const values = new Uint16Array(count * step);
        for (let i = 0; i < values.length; i++) values[i] = 100 * (1 + (i % 255));
        const write = { fileElementSize: 1, memoryElementSize: 2, conversion: new Narrow() };
        writeConverted(access, write, selection, new Uint8Array(values.buffer), inMemory);

        const read = { fileElementSize: 1, memoryElementSize: 2, conversion: new Widen() };
        const whole = new Uint16Array(product(dims));
        readConverted(access, read, selectAll(dims), new Uint8Array(whole.buffer));
        const expected = new Uint16Array(product(dims));
        const flat = elements(selection);
        for (let i = 0; i < count; i++) {
          const place = linearOf(flat.subarray(i * dims.length, (i + 1) * dims.length), dims);
          expected[place] = values[step === 1 ? i : 2 * i + 1] as number;
        }
        expect(whole).toEqual(expected);

        const back = new Uint16Array(values.length);
        readConverted(access, read, selection, new Uint8Array(back.buffer), inMemory);
        for (let i = 0; i < count; i++) {
          const place = linearOf(flat.subarray(i * dims.length, (i + 1) * dims.length), dims);
          expect(back[step === 1 ? i : 2 * i + 1]).toBe(expected[place]);
        }
      }),
      { numRuns: 600 },
    );
  });

  test("go by pieces of the buffer, and gather short runs", () => {
    const dims = [3000, 1000];
    const dataset = new FakeDataset({ dims, elementSize: 1, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    const write = { fileElementSize: 1, memoryElementSize: 2, conversion: new Narrow() };
    const values = new Uint16Array(3_000_000).map((_, i) => 100 * (i % 250));
    writeConverted(access, write, selectAll(dims), new Uint8Array(values.buffer));

    const conversion = new Widen();
    const transfer = { fileElementSize: 1, memoryElementSize: 2, conversion };
    const back = new Uint16Array(3_000_000);
    readConverted(access, transfer, selectAll(dims), new Uint8Array(back.buffer));
    expect(Buffer.compare(new Uint8Array(back.buffer), new Uint8Array(values.buffer))).toBe(0);
    expect(conversion.largest).toBeLessThanOrEqual(1 << 20);

    conversion.calls = 0;
    const columns = new Uint16Array(3000 * 2);
    readConverted(access, transfer, selectBox(dims, [0, 7], [3000, 2]), new Uint8Array(columns.buffer));
    expect(conversion.calls).toBe(1);
    expect([...columns.subarray(0, 4)]).toEqual([700, 800, 700, 800]);
  });

  test("without anything to convert read straight into the destination", () => {
    const dataset = new FakeDataset({ dims: [1000], elementSize: 2, layout: "contiguous" });
    const access = rawDataAccess(dataset);
    const never: ElementConversion = {
      noop: true,
      convert: () => {
        throw new Error("not to be called");
      },
    };
    const transfer = { fileElementSize: 2, memoryElementSize: 2, conversion: never };
    const memory = new Uint8Array(2000).map((_, i) => i);
    writeConverted(access, transfer, selectAll([1000]), memory);
    const read = new Uint8Array(2000);
    readConverted(access, transfer, selectAll([1000]), read);
    expect(read).toEqual(memory);
    expect(dataset.storage.reads[0]?.destination.buffer).toBe(read.buffer);
  });

  test("keep the bytes that no source has, in memory and in the file", () => {
    const selections = [selectAll([600]), selectRegular([600], [1], [200], [3])];
    for (const layout of layouts) {
      for (const selection of selections) {
        const count = selectedCount(selection);
        const source = new FakeDataset({ dims: [600], elementSize: 1, layout });
        const inFile = new Uint8Array(600).map((_, i) => i);
        const plain = { fileElementSize: 1, memoryElementSize: 1, conversion: { noop: true, convert: () => {} } };
        writeConverted(rawDataAccess(source), plain, selectAll([600]), inFile);
        const memory = new Uint8Array(2 * count).fill(7);
        const widening = { fileElementSize: 1, memoryElementSize: 2, conversion: new SecondByte() };
        readConverted(rawDataAccess(source), widening, selection, memory);
        const step = selection.kind === "all" ? 1 : 3;
        const first = step === 1 ? 0 : 1;
        memory.forEach((byte, i) => {
          expect(byte).toBe(i % 2 === 0 ? 7 : (first + step * ((i - 1) / 2)) & 0xff);
        });

        const target = new FakeDataset({ dims: [600], elementSize: 2, layout, chunkDims: [100] });
        const twice = { fileElementSize: 2, memoryElementSize: 2, conversion: { noop: true, convert: () => {} } };
        writeConverted(rawDataAccess(target), twice, selectAll([600]), new Uint8Array(1200).fill(5));
        const narrowing = { fileElementSize: 2, memoryElementSize: 1, conversion: new SecondByte() };
        writeConverted(rawDataAccess(target), narrowing, selection, new Uint8Array(count).fill(9));
        const after = new Uint8Array(1200);
        readConverted(rawDataAccess(target), twice, selectAll([600]), after);
        after.forEach((byte, i) => {
          const selected = step === 1 || (i >> 1) % 3 === 1;
          expect(byte).toBe(i % 2 === 1 && selected ? 9 : 5);
        });
      }
    }
  });
});
