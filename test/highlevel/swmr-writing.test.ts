/**
 * What others find in a file while it is written for them: after each single write, not only after each flush.
 *
 * The bytes of the moment are opened as a reader opens them, and as after a crash of the writer, with the flags cleared.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clearConsistencyFlags } from "../../src/engine/superblock-repair.ts";
import { Dataset, type DatasetOptions, File, type FileOptions, Group } from "../../src/index.ts";
import { FaultyTarget } from "../../src/io/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { h5a, h5f, h5t } from "../../src/lowlevel/index.ts";
import { type FileChange, WatchedTarget } from "../support/watched-target.ts";
import { expectFailure, inFolder } from "./helpers.ts";

const COLUMNS = 5;
const BOTH_FLAGS = 5;
const FLAGS_AT = 11;

interface Setting {
  readonly name: string;
  readonly options: DatasetOptions;
}

function setting(name: string, shape: number[], maxshape: (number | null)[], chunks: number[]): Setting[] {
  const base = { shape, maxshape, chunks, dtype: "<i4" } as const;
  return [
    { name, options: base },
    { name: `${name}, deflate and shuffle`, options: { ...base, compression: "gzip", shuffle: true } },
    { name: `${name}, fletcher32`, options: { ...base, fletcher32: true } },
  ];
}

const SETTINGS = [
  ...setting("extensible array", [0], [null], [3]),
  ...setting("version 2 B-tree", [0, COLUMNS], [null, null], [2, 2]),
  ...setting("fixed array", [0, COLUMNS], [3000, COLUMNS], [2, 2]),
];

/** Never the fill value. */
function valueAt(position: number): number {
  return 1 + (Math.imul(position, 0x9e3779b1) >>> 2);
}

function valuesOf(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => valueAt(from + i));
}

interface Step {
  readonly dataset: number;
  readonly add: number;
  readonly flush: boolean;
}

const steps = fc.array(
  fc.record({ dataset: fc.integer({ min: 0, max: 1 }), add: fc.integer({ min: 1, max: 9 }), flush: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
);

/** Two datasets that grow row by row, and what others must find of them. */
class Growing {
  readonly target = new WatchedTarget();
  readonly file: File;
  readonly datasets: Dataset[];
  /** Rows that were written, and those of them that a flush has shown. */
  readonly rows = [0, 0];
  readonly shown = [0, 0];
  flushing: number | undefined;
  looks = 0;
  /** What readers may hold an address of, and must not see change. */
  private readonly settled: FileChange[] = [];
  private readonly flagsAt: number;
  private readonly rowShape: readonly number[];
  private readonly rowLength: number;
  private readonly isFiltered: boolean;

  constructor({ options }: Setting, fileOptions: FileOptions = {}) {
    this.flagsAt = FLAGS_AT + (fileOptions.userblockSize ?? 0);
    this.file = new File(this.target, "w", { libver: "latest", rdccNbytes: 200, ...fileOptions });
    this.datasets = [0, 1].map((k) => this.file.createDataset(`d${k}`, options));
    this.rowShape = (options.shape as number[]).slice(1);
    this.rowLength = this.rowShape[0] ?? 1;
    this.isFiltered = options.compression !== undefined || options.fletcher32 === true;
    this.file.swmrMode = true;
    this.settle();
    this.target.onChange = (change) => this.look(change);
  }

  play({ dataset: k, add, flush }: Step): void {
    const dataset = this.datasets[k] as Dataset;
    const { rowLength, rowShape } = this;
    const from = this.rows[k] as number;
    this.rows[k] = from + add;
    dataset.resize([from + add, ...rowShape]);
    const data = valuesOf(from * rowLength, add * rowLength);
    dataset.write([`${from}:`], { data, shape: [add, ...rowShape] });
    if (!flush) return;
    this.flushing = k;
    dataset.flush();
    this.flushing = undefined;
    this.shown[k] = this.rows[k] as number;
    this.look(undefined);
    this.settle();
  }

  end(): void {
    this.flushing = undefined;
    this.target.onChange = undefined;
    this.file.close();
    this.shown.splice(0, 2, ...this.rows);
    this.look(undefined);
    expect(this.target.toBytes()[this.flagsAt]).toBe(0);
  }

  private settle(): void {
    const bytes = Buffer.from(this.target.toBytes());
    for (const signature of ["BTLF", "BTIN"]) {
      for (const offset of positionsOf(bytes, signature)) this.settled.push({ offset, byteLength: 2048 });
    }
    if (!this.isFiltered) return;
    const closed = File.inMemory(unlocked(bytes));
    for (const k of [0, 1]) {
      for (const { byteOffset, size } of datasetOf(closed, k).id.storedChunks()) {
        this.settled.push({ offset: byteOffset ?? 0, byteLength: size });
      }
    }
  }

  private look(change: FileChange | undefined): void {
    this.looks++;
    if (change !== undefined) {
      const hit = this.settled.find(
        ({ offset, byteLength }) => change.offset < offset + byteLength && offset < change.offset + change.byteLength,
      );
      if (hit !== undefined) throw new Error(`bytes ${JSON.stringify(hit)} that readers may look at were written over`);
    }
    const bytes = this.target.toBytes();
    this.compare(new File(unlocked(bytes)));
    if (bytes[this.flagsAt] === BOTH_FLAGS) this.compare(new File(bytes, "r", { swmr: true }));
  }

  private compare(seen: File): void {
    using file = seen;
    for (const k of [0, 1]) {
      const dataset = datasetOf(file, k);
      const rows = dataset.len();
      const wanted = k === this.flushing ? [this.shown[k], this.rows[k]] : [this.shown[k]];
      expect(wanted, "rows").toContain(rows);
      expect(dataset.read().data).toEqual(valuesOf(0, rows * this.rowLength));
    }
  }
}

function datasetOf(file: File, k: number): Dataset {
  return file.get(`d${k}`) as Dataset;
}

function positionsOf(bytes: Buffer, signature: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 1)) found.push(at);
  return found;
}

/** As after `h5clear -s`. */
function unlocked(bytes: Uint8Array): Uint8Array {
  const target = new MemoryTarget(bytes);
  clearConsistencyFlags(target);
  return target.toBytes();
}

describe("a file that others read while it is written", () => {
  test.each(SETTINGS)("is after each write as before or after a flush: $name", (setting) => {
    let looks = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const growing = new Growing(setting);
        for (const step of all) growing.play(step);
        growing.end();
        looks += growing.looks;
      }),
      { numRuns: 6 },
    );
    expect(looks).toBeGreaterThan(6);
  });

  test.each<FileOptions>([
    { userblockSize: 512 },
    { fsStrategy: "fsm", fsPersist: true },
    { fsStrategy: "page", fsPersist: true, fsPageSize: 512 },
    { fsStrategy: "page" },
    { fsStrategy: "aggregate" },
    { fsStrategy: "none" },
  ])("is so however the file gives out its space: %o", (fileOptions) => {
    for (const setting of [SETTINGS[1], SETTINGS[4]] as Setting[]) {
      fc.assert(
        fc.property(steps, (all) => {
          const growing = new Growing(setting, fileOptions);
          for (const step of all) growing.play(step);
          growing.end();
        }),
        { numRuns: 2 },
      );
    }
  });

  test("a version 2 B-tree of several levels that grows and shrinks in its middle is never changed where readers may be", () => {
    const target = new WatchedTarget();
    using file = new File(target, "w", { libver: "latest" });
    const dataset = file.createDataset("d0", { shape: [0, 0], maxshape: [null, null], chunks: [1, 1], dtype: "<i4" });
    file.swmrMode = true;
    const cell = (row: number, column: number): number => 1 + 1000 * row + column;
    const square = (from: number, to: number) =>
      Int32Array.from({ length: to * to }, (_, i) => cell(from + Math.floor(i / to), i % to)).subarray(
        0,
        to * (to - from),
      );
    let nodes = new Set<number>();
    let writes = 0;
    target.onChange = (change) => {
      writes++;
      if (change !== undefined) expect(nodes.has(change.offset), `node at ${change.offset}`).toBe(false);
      if (writes % 150 !== 0) return;
      using seen = new File(target.toBytes(), "r", { swmr: true });
      const now = datasetOf(seen, 0);
      const size = now.len();
      const { data } = now.read() as { data: Int32Array };
      // What was cut off is seen as fill values before the dimensions follow.
      const wrong = data.findIndex((value, i) => value !== 0 && value !== cell(Math.floor(i / size), i % size));
      expect(wrong).toBe(-1);
    };
    let deepest = 0;
    for (const [least, most] of [
      [0, 76],
      [40, 60],
      [12, 20],
    ] as const) {
      if (dataset.len() > least) dataset.resize([least, least]);
      for (let size = least + 4; size <= most; size += 4) {
        dataset.resize([size, size]);
        for (let row = 0; row < size - 4; row++) {
          dataset.write(
            [row, `${size - 4}:`],
            Int32Array.from({ length: 4 }, (_, i) => cell(row, size - 4 + i)),
          );
        }
        dataset.write([`${size - 4}:`], { data: square(size - 4, size), shape: [4, size] });
        dataset.flush();
        const bytes = Buffer.from(target.toBytes());
        nodes = new Set(["BTLF", "BTIN"].flatMap((signature) => positionsOf(bytes, signature)));
        deepest = Math.max(deepest, bytes.readUInt16LE(bytes.indexOf("BTHD") + 12));
      }
    }
    expect(deepest).toBe(2);
    const size = dataset.len();
    expect(dataset.read().data).toEqual(square(0, size));
  });

  test("objects and attributes that are made meanwhile are whole wherever a reader can reach them", () => {
    const target = new WatchedTarget();
    using file = new File(target, "w", { libver: "latest" });
    const first = file.createDataset("first", { shape: [0], maxshape: [null], chunks: [4], dtype: "<i4" });
    file.swmrMode = true;
    let reached = 0;
    let changes = 0;
    const visit = (group: Group): void => {
      for (const name of group.keys()) {
        const member = group.get(name);
        reached++;
        if (member instanceof Group) visit(member);
        else if (member instanceof Dataset) expect(member.read().shape).toEqual(member.shape);
        else throw new Error(`${name} leads nowhere`);
        for (const attribute of member.attrs.keys()) member.attrs.get(attribute);
      }
    };
    target.onChange = () => {
      if (++changes % 3 > 0) return;
      using seen = new File(target.toBytes(), "r", { swmr: true });
      visit(seen);
    };
    for (let i = 0; i < 16; i++) {
      const group = file.createGroup(`group ${i}`);
      const options = { shape: [10], chunks: [3], dtype: "<i4", maxshape: [i % 2 === 0 ? null : 20] };
      const dataset = group.createDataset("x", options);
      dataset.write(null, valuesOf(0, 10));
      dataset.attrs.set("number", i);
      first.attrs.set(`number ${i}`, i);
      first.attrs.set(`text ${i}`, `of variable length, ${i}`);
      first.resize([i]);
      if (i % 3 === 0) file.set(`link ${i}`, dataset);
      if (i % 4 === 2) file.delete(`group ${i - 1}`);
      if (i % 2 === 0) first.flush();
      else file.flush();
    }
    expect(reached).toBeGreaterThan(500);
  });

  test("a flush of one dataset shows nothing of another", () => {
    const growing = new Growing(SETTINGS[0] as Setting);
    growing.play({ dataset: 0, add: 7, flush: false });
    growing.play({ dataset: 1, add: 4, flush: true });
    expect(growing.shown).toEqual([0, 4]);
    growing.play({ dataset: 0, add: 1, flush: true });
    growing.end();
  });

  test("attributes of a dataset are shown by its flush, be there more than its header holds", () => {
    const target = new MemoryTarget();
    using file = new File(target, "w", { libver: "latest" });
    const dataset = file.createDataset("d0", { shape: [0], maxshape: [null], chunks: [4], dtype: "<i4" });
    for (let i = 0; i < 12; i++) dataset.attrs.set(`a${i}`, i);
    file.swmrMode = true;
    for (let i = 0; i < 12; i++) dataset.attrs.modify(`a${i}`, i + 100);
    dataset.flush();
    using seen = new File(unlocked(target.toBytes()));
    expect(datasetOf(seen, 0).attrs.get("a11")).toBe(111);
  });

  test("what was shown stays when a later write fails, and the flush can be tried again", () => {
    const run = (faults: { readonly failedWrite?: number }) => {
      const memory = new MemoryTarget();
      const target = new FaultyTarget(memory, faults);
      const file = new File(target, "w", { libver: "latest" });
      const { options } = SETTINGS[3] as Setting;
      const dataset = file.createDataset("d0", options);
      file.swmrMode = true;
      return { memory, target, file, dataset };
    };
    const append = (dataset: Dataset, from: number): void => {
      dataset.resize([from + 3, COLUMNS]);
      dataset.write([`${from}:`], { data: valuesOf(from * COLUMNS, 3 * COLUMNS), shape: [3, COLUMNS] });
      dataset.flush();
    };
    const rowsIn = (memory: MemoryTarget): number => {
      using seen = new File(unlocked(memory.toBytes()));
      const dataset = datasetOf(seen, 0);
      expect(dataset.read().data).toEqual(valuesOf(0, dataset.len() * COLUMNS));
      return dataset.len();
    };
    const rehearsal = run({});
    append(rehearsal.dataset, 0);
    const before = rehearsal.target.writes;
    append(rehearsal.dataset, 3);
    for (let failedWrite = before + 1; failedWrite <= rehearsal.target.writes; failedWrite++) {
      const { memory, file, dataset } = run({ failedWrite });
      append(dataset, 0);
      expect(() => append(dataset, 3)).toThrow();
      expect([3, 6]).toContain(rowsIn(memory));
      append(dataset, 3);
      expect(rowsIn(memory)).toBe(6);
      file.close();
      expect(rowsIn(memory)).toBe(6);
    }
  });

  test("a close that fails takes nothing back but the flags", () => {
    const run = (faults: { readonly failedWrite?: number }) => {
      const memory = new MemoryTarget();
      const target = new FaultyTarget(memory, faults);
      const file = new File(target, "w", { libver: "latest" });
      const dataset = file.createDataset("d0", { shape: [0], maxshape: [null], chunks: [4], dtype: "<i4" });
      file.swmrMode = true;
      dataset.resize([6]);
      dataset.write(null, valuesOf(0, 6));
      dataset.flush();
      expect(memory.toBytes()[FLAGS_AT]).toBe(BOTH_FLAGS);
      dataset.resize([9]);
      dataset.write("6:", valuesOf(6, 3));
      return { memory, target, file };
    };
    const rehearsal = run({});
    const before = rehearsal.target.writes;
    rehearsal.file.close();
    for (let failedWrite = before + 1; failedWrite <= rehearsal.target.writes; failedWrite++) {
      const { memory, file } = run({ failedWrite });
      expect(() => file.close()).toThrow();
      const bytes = memory.toBytes();
      expect(bytes[FLAGS_AT]).toBe(0);
      using seen = new File(bytes);
      const rows = datasetOf(seen, 0).len();
      expect([6, 9]).toContain(rows);
      expect(datasetOf(seen, 0).read().data).toEqual(valuesOf(0, rows));
    }
  });
});

describe("beginning to write for readers", () => {
  const failure = (reason: string) => `Unable to start swmr writing (${reason})`;
  const start = (file: File) => () => {
    file.swmrMode = true;
  };

  test("is refused as the C library refuses it", () => {
    using old = File.inMemory();
    expectFailure(start(old), "RuntimeError", failure("file superblock version - should be at least 3"));
    using reading = new File(old.toBytes());
    expectFailure(start(reading), "RuntimeError", failure("no write intent on file"));
    using file = File.inMemory(undefined, { libver: "latest" });
    file.attrs.set("a", 1);
    file.set("t", h5t.STD_I32LE);
    const attribute = h5a.open(file.id, "a");
    const held = failure("named datatypes and/or attributes opened in the file");
    expectFailure(start(file), "RuntimeError", held);
    attribute.close();
    const type = h5t.open(file.id, "t");
    expectFailure(start(file), "RuntimeError", held);
    type.close();
    start(file)();
    expect(file.swmrMode).toBe(true);
    expect(file.id.getIntent()).toBe(h5f.ACC_RDWR | h5f.ACC_SWMR_WRITE);
    expectFailure(start(file), "RuntimeError", failure("file already in SWMR writing mode"));
    const off = () => {
      file.swmrMode = false;
    };
    expectFailure(off, "ValueError", "It is not possible to forcibly switch SWMR mode off.");
  });

  test("can come with opening or making the file", () => {
    const target = new MemoryTarget();
    const made = h5f.create(target, { flags: h5f.ACC_TRUNC | h5f.ACC_SWMR_WRITE });
    expect(made.getIntent()).toBe(h5f.ACC_RDWR | h5f.ACC_SWMR_WRITE);
    expect(made.getAccessPlist().getLibverBounds()[0]).toBe(h5f.LIBVER_V110);
    expect(target.toBytes()[FLAGS_AT]).toBe(BOTH_FLAGS);
    const cleared = "(may use <h5clear file> to clear file consistency flags)";
    const again = (mode: "r" | "r+") => () => new File(new MemoryTarget(target.toBytes()), mode);
    expectFailure(again("r"), "OSError", `Unable to open file (file is already open for write ${cleared})`);
    expectFailure(again("r+"), "OSError", `Unable to open file (file is already open for write/SWMR write ${cleared})`);
    made.close();
    const second = new MemoryTarget(target.toBytes());
    const opened = h5f.open(second, h5f.ACC_RDWR | h5f.ACC_SWMR_WRITE);
    expect(second.toBytes()[FLAGS_AT]).toBe(BOTH_FLAGS);
    opened.close();
    expect(second.toBytes()[FLAGS_AT]).toBe(0);
    const third = new MemoryTarget(second.toBytes());
    using later = h5f.open(third);
    later.startSwmrWrite();
    expect(third.toBytes()[FLAGS_AT]).toBe(BOTH_FLAGS);
  });

  test("is refused when a file is opened so that cannot be, or is open otherwise", () => {
    inFolder((path) => {
      const name = path("a.h5");
      new File(name, "w").close();
      const open = (flags: number) => () => h5f.open(name, flags);
      const both = h5f.ACC_RDWR | h5f.ACC_SWMR_WRITE;
      expectFailure(open(both), "OSError", "Unable to open file (superblock version for SWMR is less than 3)");
      const text = "SWMR write access on a file open for read-only access is not allowed";
      expectFailure(open(h5f.ACC_SWMR_WRITE), "OSError", `Swmr write access${text.slice(17)} (${text})`);
      using file = new File(name, "w", { libver: "latest" });
      const other = "SWMR write access flag not the same for file that is already open";
      expectFailure(open(both), "OSError", `Unable to open file (${other})`);
      file.swmrMode = true;
      using shared = new File(name, "r");
      expect(shared.swmrMode).toBe(true);
    });
  });
});
