/**
 * Each single read of an operation fails once: nothing has happened then, the file owns each of its bytes, and the operation
 * works when it is tried again.
 */
import { expect } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import type { OpenFileOptions } from "../../src/engine/file-options.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../../src/io/index.ts";
import { isPageFault } from "../../src/io/page-fault.ts";
import { modelOfFile } from "./engine-model.ts";
import type { ModelObject } from "./fixture-model.ts";
import { heapObjectCounts } from "./heap-objects.ts";
import { LateTarget } from "./late-target.ts";
import { type ByteSpan, lostSpans, spaceProblems } from "./space-check.ts";
import { StumblingTarget } from "./stumbling-target.ts";

export interface Operation {
  readonly run: (file: H5File) => void;
  /** Elements may be written, or cut off, in part. */
  readonly isPartial?: boolean;
  /** It frees no heap objects, or not all that it could: those of references stay. */
  readonly leavesHeapObjects?: boolean;
}

/** With these all that is not held for a reason is read again whenever it is needed. */
const NO_CACHES: OpenFileOptions = { metadataCacheBytes: 0, blockCacheBytes: 0 };

/** Where hundreds of reads follow one another, some are as good as all. */
const MOST_IN_A_ROW = 40;
const STRIDE = 11;

interface Opened {
  readonly memory: MemoryTarget;
  readonly target: StumblingTarget;
  readonly file: H5File;
}

function opened(bytes: Uint8Array, options: OpenFileOptions): Opened {
  const memory = new MemoryTarget(bytes.slice());
  const target = new StumblingTarget(memory);
  const file = H5File.open(target, { ...options, writable: true });
  file.storage.dropClean();
  return { memory, target, file };
}

function comparable(objects: Readonly<Record<string, ModelObject>>): Record<string, string> {
  return Object.fromEntries(Object.entries(objects).map(([path, object]) => [path, JSON.stringify(object)]));
}

/** What a file holds, but for its times. */
export function contentsOf(file: H5File): Record<string, string> {
  return comparable(modelOfFile(file).objects);
}

function closedContents(bytes: Uint8Array): Record<string, string> {
  const file = H5File.open(new MemorySource(bytes));
  const contents = contentsOf(file);
  file.close();
  return contents;
}

class Sweep {
  private readonly bytes: Uint8Array;
  private readonly operation: Operation;
  private readonly options: OpenFileOptions;
  private readonly lost: readonly ByteSpan[];
  private readonly abandoned: number;
  private readonly before: Record<string, string>;
  private readonly after: Record<string, string>;

  constructor(bytes: Uint8Array, operation: Operation, options: OpenFileOptions) {
    this.bytes = bytes;
    this.operation = operation;
    this.options = options;
    const { file, memory } = opened(bytes, {});
    this.lost = lostSpans(file);
    this.abandoned = heapObjectCounts(file)[1];
    this.before = contentsOf(file);
    operation.run(file);
    this.judgeSpace(file, "without a failure");
    file.close();
    this.after = closedContents(memory.toBytes());
    expect(this.after).not.toEqual(this.before);
  }

  /** After a flush every byte has an owner: that is told before a file is closed, which may keep no account of what is free. */
  private judgeSpace(file: H5File, when: string): void {
    file.flush();
    expect(spaceProblems(file, this.lost), when).toEqual([]);
    if (this.operation.leavesHeapObjects !== true) expect(heapObjectCounts(file)[1], when).toBe(this.abandoned);
  }

  /** @returns The file, or undefined when the operation has no such read. */
  fail(read: number): Uint8Array | undefined {
    const { file, target, memory } = opened(this.bytes, this.options);
    const when = `read ${read}`;
    target.arm("read", read);
    const error = this.attempt(file);
    target.disarm();
    file.storage.metadataCacheBytes = 1 << 23;
    if (target.stumbles === 0) {
      expect(error, when).toBe(undefined);
      file.close();
      return undefined;
    }
    if (error !== undefined) {
      expect(isHdf5Error(error), `${when}: ${(error as Error).stack}`).toBe(true);
      if (this.operation.isPartial !== true) expect(contentsOf(file), when).toEqual(this.before);
      expect(spaceProblems(file, this.lost), when).toEqual([]);
      if (read % 2 === 0) this.judgeSpace(file, when);
      file.storage.metadataCacheBytes = this.options.metadataCacheBytes ?? 1 << 23;
      this.operation.run(file);
      file.storage.metadataCacheBytes = 1 << 23;
    }
    this.judgeSpace(file, when);
    file.close();
    const bytes = memory.toBytes();
    expect(closedContents(bytes), when).toEqual(this.after);
    return bytes;
  }

  /** Bytes come when they were asked for: the operation begins anew each time, as if nothing had happened. */
  late(): void {
    const memory = new MemoryTarget(this.bytes.slice());
    const target = new LateTarget(memory);
    const file = H5File.open(target, { ...this.options, writable: true });
    file.storage.dropClean();
    target.isLate = true;
    for (let rounds = 0; ; rounds++) {
      try {
        this.operation.run(file);
        break;
      } catch (thrown) {
        if (!isPageFault(thrown)) throw thrown;
        void target.fetch(thrown.ranges);
        expect(rounds).toBeLessThan(1000);
      }
    }
    target.isLate = false;
    file.storage.metadataCacheBytes = 1 << 23;
    this.judgeSpace(file, "late");
    file.close();
    expect(closedContents(memory.toBytes()), "late").toEqual(this.after);
  }

  private attempt(file: H5File): unknown {
    try {
      this.operation.run(file);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

/** @returns All the files that come of it. */
export function failEachRead(bytes: Uint8Array, operation: Operation): Uint8Array[] {
  const files = new Map<string, Uint8Array>();
  for (const options of [{}, NO_CACHES]) {
    const sweep = new Sweep(bytes, operation, options);
    sweep.late();
    for (let read = 0; ; read += read < MOST_IN_A_ROW ? 1 : STRIDE) {
      const file = sweep.fail(read);
      if (file === undefined) {
        expect(read).toBeGreaterThan(0);
        break;
      }
      files.set(Buffer.from(file).toString("latin1"), file);
    }
  }
  return [...files.values()];
}
