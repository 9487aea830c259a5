/** A disk that is full from some write on: the file stays as the last flush left it, and says what was wrong. */
import { describe, expect, test } from "vitest";
import { File, type FileOptions } from "../../src/index.ts";
import { FaultyTarget, MemoryTarget, RecordingTarget } from "../../src/io/index.ts";

type Operation = (file: File) => void;

const numbers = (count: number, factor = 1) => Float64Array.from({ length: count }, (_, i) => factor * i);

function build(options: FileOptions): Uint8Array {
  const target = new MemoryTarget();
  const file = new File(target, "w", options);
  file.createDataset("plain", { data: numbers(200) });
  file.createDataset("packed", { data: numbers(2000), chunks: [100], maxshape: [null], compression: "gzip" });
  const group = file.createGroup("group");
  for (let i = 0; i < 30; i++) group.createDataset(`d${i}`, { data: numbers(20 + i) });
  for (let i = 0; i < 6; i++) file.attrs.set(`a${i}`, numbers(10));
  file.flush();
  for (let i = 0; i < 30; i += 4) group.delete(`d${i}`);
  file.close();
  return target.toBytes().slice();
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "a dataset is made": (file) => void file.createDataset("new", { data: numbers(5000) }),
  "compressed chunks are written": (file) =>
    void file.createDataset("new", { data: numbers(4000).map(Math.sin), chunks: [50], compression: "gzip" }),
  "a dataset is resized": (file) => {
    const packed = file.get("packed") as unknown as { resize(shape: number[]): void };
    packed.resize([3000]);
    packed.resize([150]);
  },
  "members are deleted and others made": (file) => {
    file.createDataset("new", { data: numbers(300) });
    for (let i = 1; i < 30; i += 4) file.delete(`group/d${i}`);
    for (let i = 0; i < 20; i++) file.createGroup(`group/g${i}`);
  },
  "attributes come and go": (file) => {
    for (let i = 0; i < 6; i++) file.attrs.delete(`a${i}`);
    for (let i = 0; i < 40; i++) file.attrs.set(`b${i}`, numbers(60));
  },
  "strings are written": (file) =>
    void file.createDataset("new", { data: Array.from({ length: 300 }, (_, i) => "text ".repeat(i % 40)) }),
};

/** The ends of what is written behind the end of the file, until it is flushed. */
function rehearse(bytes: Uint8Array, operation: Operation): number[] {
  const target = new RecordingTarget(new MemoryTarget(bytes.slice()));
  const file = new File(target, "r+");
  operation(file);
  file.flush();
  const calls = [...target.calls];
  file.close();
  const ends = calls.flatMap((call) => (call.kind === "write" ? [call.offset + call.byteLength] : []));
  return [...new Set(ends)].filter((end) => end > bytes.length).sort((a, b) => a - b);
}

/** The bytes but those that the file itself calls free. */
function used(bytes: Uint8Array, free: readonly { addr: number; size: number }[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const { addr, size } of free) copy.fill(0, addr, addr + size);
  return copy;
}

function expectUnharmed(bytes: Uint8Array, target: MemoryTarget): void {
  const file = new File(bytes);
  const free = file.id.getFreeSections();
  file.close();
  expect(used(target.toBytes(), free).equals(used(bytes, free))).toBe(true);
}

describe.each([
  ["the earliest format", {}],
  ["version 1.10 and stored free space", { libver: "v110", fsStrategy: "fsm", fsPersist: true }],
  ["pages and stored free space", { libver: "v110", fsStrategy: "page", fsPersist: true, fsPageSize: 512 }],
] as const)("%s", (_, options) => {
  const bytes = build(options);

  test.each(Object.entries(OPERATIONS))("no room while %s", (_name, operation) => {
    const ends = rehearse(bytes, operation);
    const step = Math.max(1, Math.floor(ends.length / 12));
    for (let i = 0; i < ends.length; i += step) {
      const inner = new MemoryTarget(bytes.slice());
      const file = new File(new FaultyTarget(inner, { capacity: (ends[i] as number) - 1 }), "r+");
      expect(() => {
        operation(file);
        file.flush();
      }).toThrow(/No space left on device/);
      expect(() => file.close()).toThrow();
      expectUnharmed(bytes, inner);
    }
  });
});
