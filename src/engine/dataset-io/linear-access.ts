/** Transfers from and to one stretch of bytes in which the elements of a box lie in row-major order. */
import { Scratch } from "../../base/scratch.ts";
import type { RunGroups } from "../selection/run-groups.ts";
import { runsOf } from "../selection/runs.ts";
import type { Selection } from "../selection/selection.ts";
import type { LinearBytes, LinearRange } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";
import { WINDOW_BYTES, Windows } from "./windows.ts";

/** Announces that the selected elements will be read, to a source that answers late. */
export function expectLinear(bytes: LinearBytes, selection: Selection, elementSize: number): void {
  if (bytes.answersLate) bytes.expect(windowRanges(runsOf(selection), elementSize));
}

/** Reads the selected elements; the stretch holds the whole extent. A source that answers late is told of all of it first. */
export function readLinear(bytes: LinearBytes, selection: Selection, memory: MemorySide): void {
  if (bytes.answersLate) {
    const ranges = windowRanges(runsOf(selection), memory.elementSize);
    if (ranges.length > 1) bytes.expect(ranges);
  }
  readRuns(bytes, runsOf(selection), memory);
}

/** Writes the selected elements; the stretch holds the whole extent. */
export function writeLinear(bytes: LinearBytes, selection: Selection, memory: MemorySide): void {
  writeRuns(bytes, runsOf(selection), memory);
}

/** The stretches of bytes that reading these runs will ask for. */
export function windowRanges(runs: RunGroups, elementSize: number): LinearRange[] {
  const windows = new Windows(runs, elementSize);
  const ranges: LinearRange[] = [];
  while (windows.next()) ranges.push({ offset: windows.offset, byteLength: windows.byteLength });
  return ranges;
}

/** Reads runs of the box that the stretch holds. */
export function readRuns(bytes: LinearBytes, runs: RunGroups, memory: MemorySide): void {
  const view = bytes.view();
  if (view !== undefined) {
    putRuns(runs, view, memory);
    return;
  }
  const windows = new Windows(runs, memory.elementSize);
  const buffer = new WindowBuffer(memory.elementSize);
  try {
    while (windows.next()) readWindow(bytes, windows, buffer, memory);
  } finally {
    buffer.release();
  }
}

function readWindow(bytes: LinearBytes, windows: Windows, buffer: WindowBuffer, memory: MemorySide): void {
  const direct = directMemory(windows, memory);
  if (direct !== undefined) {
    bytes.read(windows.offset, direct);
  } else if (windows.byteLength > WINDOW_BYTES) {
    readLongRun(bytes, windows, buffer, memory);
  } else {
    const window = buffer.take(windows.byteLength);
    bytes.read(windows.offset, window);
    putWindow(windows, window, memory);
  }
}

/**
 * Writes runs of the box that the stretch holds. Between them nothing changes, though it may be read and written again
 * unless there are other writers.
 */
export function writeRuns(bytes: LinearBytes, runs: RunGroups, memory: MemorySide): void {
  const view = bytes.view();
  if (view !== undefined) {
    takeRuns(runs, view, memory);
    return;
  }
  const windows = new Windows(runs, memory.elementSize, bytes.hasOtherWriters === true ? 0 : undefined);
  const buffer = new WindowBuffer(memory.elementSize);
  try {
    while (windows.next()) writeWindow(bytes, windows, buffer, memory);
  } finally {
    buffer.release();
  }
}

function writeWindow(bytes: LinearBytes, windows: Windows, buffer: WindowBuffer, memory: MemorySide): void {
  const direct = directMemory(windows, memory);
  if (direct !== undefined) {
    bytes.write(windows.offset, direct);
  } else if (windows.byteLength > WINDOW_BYTES) {
    writeLongRun(bytes, windows, buffer, memory);
  } else {
    const window = buffer.take(windows.byteLength);
    const gaps = windows.selectedBytes < windows.byteLength;
    if (gaps || memory.keepsTarget) bytes.read(windows.offset, window);
    takeWindow(windows, window, memory);
    bytes.write(windows.offset, window);
  }
}

/** The windows of reads and writes, one after the other. */
const windowBytes = new Scratch();
const NO_BYTES = new Uint8Array(0);

/** One buffer for all windows of a transfer, no larger than the largest. */
class WindowBuffer {
  private bytes: Uint8Array = NO_BYTES;
  private readonly elementSize: number;

  constructor(elementSize: number) {
    this.elementSize = elementSize;
  }

  take(byteLength: number): Uint8Array {
    if (byteLength > this.bytes.length) {
      this.release();
      this.bytes = windowBytes.take(byteLength);
    }
    return this.bytes.subarray(0, byteLength);
  }

  /** Nobody uses what was taken any more. */
  release(): void {
    windowBytes.release(this.bytes, NO_BYTES);
    this.bytes = NO_BYTES;
  }

  /** Elements of a piece of a run that is longer than a window. */
  get pieceLength(): number {
    return Math.max(1, Math.floor(WINDOW_BYTES / this.elementSize));
  }
}

function directMemory(windows: Windows, memory: MemorySide): Uint8Array | undefined {
  if (windows.groups !== 1 || windows.groupRepeat[0] !== 1) return undefined;
  return memory.direct(windows.groupPosition[0] as number, windows.groupLength[0] as number);
}

/** A window above the usual size is a single run. */
function readLongRun(bytes: LinearBytes, windows: Windows, buffer: WindowBuffer, memory: MemorySide): void {
  const size = memory.elementSize;
  const length = windows.groupLength[0] as number;
  const position = windows.groupPosition[0] as number;
  const step = buffer.pieceLength;
  for (let done = 0; done < length; done += step) {
    const count = Math.min(step, length - done);
    const piece = buffer.take(count * size);
    bytes.read(windows.offset + done * size, piece);
    memory.put(piece, 0, 0, count, 1, position + done, 0);
  }
}

function writeLongRun(bytes: LinearBytes, windows: Windows, buffer: WindowBuffer, memory: MemorySide): void {
  const size = memory.elementSize;
  const length = windows.groupLength[0] as number;
  const position = windows.groupPosition[0] as number;
  const step = buffer.pieceLength;
  for (let done = 0; done < length; done += step) {
    const count = Math.min(step, length - done);
    const piece = buffer.take(count * size);
    if (memory.keepsTarget) bytes.read(windows.offset + done * size, piece);
    memory.take(piece, 0, 0, count, 1, position + done, 0);
    bytes.write(windows.offset + done * size, piece);
  }
}

function putWindow(windows: Windows, window: Uint8Array, memory: MemorySide): void {
  for (let i = 0; i < windows.groups; i++) {
    memory.put(
      window,
      windows.groupOffset[i] as number,
      windows.groupStride[i] as number,
      windows.groupLength[i] as number,
      windows.groupRepeat[i] as number,
      windows.groupPosition[i] as number,
      windows.groupPositionStride[i] as number,
    );
  }
}

function takeWindow(windows: Windows, window: Uint8Array, memory: MemorySide): void {
  for (let i = 0; i < windows.groups; i++) {
    memory.take(
      window,
      windows.groupOffset[i] as number,
      windows.groupStride[i] as number,
      windows.groupLength[i] as number,
      windows.groupRepeat[i] as number,
      windows.groupPosition[i] as number,
      windows.groupPositionStride[i] as number,
    );
  }
}

/** Moves runs of a box that is in memory as a whole, a chunk for example. */
export function putRuns(runs: RunGroups, source: Uint8Array, memory: MemorySide): void {
  while (runs.next()) putRun(runs, source, memory);
}

/** Moves the group of runs that the walk is at. */
export function putRun(runs: RunGroups, source: Uint8Array, memory: MemorySide): void {
  const size = memory.elementSize;
  memory.put(
    source,
    runs.offset * size,
    runs.offsetStride * size,
    runs.length,
    runs.repeat,
    runs.position,
    runs.positionStride,
  );
}

/** The other way round. */
export function takeRuns(runs: RunGroups, target: Uint8Array, memory: MemorySide): void {
  const size = memory.elementSize;
  while (runs.next()) {
    memory.take(
      target,
      runs.offset * size,
      runs.offsetStride * size,
      runs.length,
      runs.repeat,
      runs.position,
      runs.positionStride,
    );
  }
}
