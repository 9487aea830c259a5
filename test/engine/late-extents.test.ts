/** A dataspace message whose extent changes is encoded at the next flush, or when somebody asks for its bytes. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { HeaderMessage } from "../../src/engine/header-message.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { FaultyTarget, MemoryTarget } from "../../src/io/index.ts";

const size = fc.nat({ max: 40 });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("resize" as const), rows: size, columns: fc.nat({ max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const), row: size, value: fc.nat({ max: 255 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("comment" as const), text: fc.string({ maxLength: 90 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "attribute" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "flush" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "refresh" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const SPACE = { kind: "simple", version: 1, dims: [2, 3], maxDims: [Infinity, 3], maxDimsStored: true } as const;
const SCALAR = { kind: "scalar", version: 1, dims: [], maxDims: [], maxDimsStored: false } as const;

/** Dataspaces are shared. */
const SHARED = {
  indexes: [{ messageTypeFlags: 1 << MESSAGE.DATASPACE, minimumMessageSize: 1 }],
  listCutoff: 50,
  bTreeCutoff: 40,
};

function growing(file: H5File, name = "d"): DatasetObject {
  const layout = { kind: "chunked", chunkDims: [4, 3] } as const;
  const dataset = createDataset(file, { datatype: PREDEFINED.STD_U8LE, dataspace: SPACE, layout });
  file.root().insertFreeLink(name, dataset);
  return file.acquire(dataset);
}

function take(dataset: DatasetObject, next: Step, count: number): void {
  switch (next.kind) {
    case "resize":
      dataset.setExtent([next.rows, next.columns]);
      break;
    case "write": {
      const { dims } = dataset;
      const [rows, columns] = dims as [number, number];
      if (next.row >= rows || columns === 0) break;
      dataset.writeBytes(new Uint8Array(columns).fill(next.value), selectBox(dims, [next.row, 0], [1, columns]));
      break;
    }
    case "comment":
      dataset.setComment(next.text.replaceAll("\0", ""));
      break;
    case "attribute": {
      const spec = { datatype: PREDEFINED.STD_U8LE, characterSet: "ascii", dataspace: SCALAR } as const;
      dataset.createAttribute({ ...spec, name: `a${count}`, bytes: Uint8Array.of(count) });
      break;
    }
    case "flush":
      dataset.file.flush();
      break;
    default:
      dataset.refresh();
  }
}

/** @param isAsked - Whether somebody asks for the message's bytes after each step. */
function run(steps: readonly Step[], lowBound: "earliest" | "v110", isShared: boolean, isAsked: boolean): Uint8Array {
  const target = new MemoryTarget();
  const file = H5File.create(target, { lowBound, ...(isShared ? { sharedMessages: SHARED } : {}) });
  const dataset = growing(file);
  steps.forEach((each, i) => {
    take(dataset, each, i);
    if (isAsked) expect(dataset.header.look(MESSAGE.DATASPACE)?.data.length).toBeGreaterThan(0);
  });
  file.release(dataset);
  file.close();
  return target.toBytes();
}

describe("a message whose data come later", () => {
  test("has them made once, when they are asked for, unless others were set before", () => {
    const message = new HeaderMessage(MESSAGE.DATASPACE, 0, 0, Uint8Array.of(0, 1), 1);
    let made = 0;
    const later = () => message.setLater(() => Uint8Array.of(++made));
    later();
    expect(made).toBe(0);
    expect([message.byteAt(0), message.copy().data[0], message.data[0], made]).toEqual([1, 1, 1, 1]);
    later();
    expect(message.copy().data[0]).toBe(2);
    later();
    message.data = Uint8Array.of(9);
    expect([message.data[0], made]).toEqual([9, 2]);
  });
});

describe("an extent that changes", () => {
  // Headers of later versions tell when they were changed.
  beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
  afterAll(() => void vi.useRealTimers());

  test("leaves the bytes that it leaves when each one is encoded at once", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.constantFrom("earliest" as const, "v110" as const),
        fc.boolean(),
        (steps, low, isShared) => {
          expect(Buffer.compare(run(steps, low, isShared, false), run(steps, low, isShared, true))).toBe(0);
        },
      ),
      { numRuns: 80 },
    );
  });

  test("is in the file after a flush, and after one that failed before it", () => {
    const start = (failedWrite: number) => {
      const memory = new MemoryTarget();
      const target = new FaultyTarget(memory, { failedWrite });
      const file = H5File.create(target);
      const dataset = growing(file);
      file.flush();
      return { memory, target, file, dataset };
    };
    const { memory, file, dataset } = start(start(0).target.writes + 1);
    const before = memory.toBytes().slice();
    for (let rows = 3; rows < 50; rows++) dataset.setExtent([rows, 3]);
    expect(() => file.flush()).toThrow();
    expect(Buffer.compare(memory.toBytes(), before)).toBe(0);
    file.flush();
    const dimsIn = (bytes: Uint8Array) => {
      const again = H5File.open(new MemoryTarget(bytes.slice()));
      const found = again.object(dataset.address) as DatasetObject;
      return found.dims;
    };
    expect([dimsIn(before), dimsIn(memory.toBytes())]).toEqual([
      [2, 3],
      [49, 3],
    ]);
  });

  test.each(["earliest", "v110"] as const)(
    "that others share is theirs no less, and found when it goes (%s)",
    (lowBound) => {
      const target = new MemoryTarget();
      const file = H5File.create(target, { lowBound, sharedMessages: SHARED });
      const [one, other] = ["a", "b"].map((name) => growing(file, name)) as [DatasetObject, DatasetObject];
      for (const rows of [3, 4, 3, 5]) one.setExtent([rows, 3]);
      other.setExtent([5, 3]);
      other.setExtent([6, 3]);
      for (const dataset of [one, other]) file.release(dataset);
      file.close();
      const again = H5File.open(new MemoryTarget(target.toBytes().slice()), { writable: true });
      const dims = [one, other].map(({ address }) => (again.object(address) as DatasetObject).dims);
      expect(dims).toEqual([
        [5, 3],
        [6, 3],
      ]);
      const counted = () => again.sharedMessages.indexes.map(({ messageCount }) => messageCount);
      expect(counted()).toEqual([2]);
      for (const name of ["a", "b"]) again.root().removeLink(name);
      expect(counted()).toEqual([0]);
      again.close();
    },
  );

  test("is refused when the file's lengths are too short for it", () => {
    const file = H5File.create(new MemoryTarget(), { sizeOfLengths: 2 });
    const dataset = growing(file);
    dataset.setExtent([65_534, 3]);
    expect(() => dataset.setExtent([65_536, 3])).toThrow("does not fit");
    expect(dataset.dims).toEqual([65_534, 3]);
  });
});
