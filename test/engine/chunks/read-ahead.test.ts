/** Small chunks one behind the other are read many at a time, and always as they are in the file. */
import { describe, expect, test } from "vitest";
import type { ChunkStorage } from "../../../src/engine/chunks/chunk-index.ts";
import { ReadAhead } from "../../../src/engine/chunks/read-ahead.ts";

const KIB = 1 << 10;

/** Bytes, and the reads that they get. */
class Bytes implements Pick<ChunkStorage, "answersLate" | "isChanging" | "readRaw" | "available"> {
  readonly answersLate: boolean;
  readonly isChanging: boolean;
  readonly reads: [address: number, byteLength: number][] = [];
  readonly bytes: Uint8Array;

  constructor(byteLength: number, { answersLate = false, isChanging = false } = {}) {
    this.answersLate = answersLate;
    this.isChanging = isChanging;
    this.bytes = Uint8Array.from({ length: byteLength }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
  }

  available(address: number, wanted: number): number {
    return Math.min(wanted, this.bytes.length - address);
  }

  readRaw(address: number, destination: Uint8Array): void {
    const end = address + destination.length;
    if (address < 0 || end > this.bytes.length) throw new RangeError(`${address} to ${end}`);
    this.reads.push([address, destination.length]);
    destination.set(this.bytes.subarray(address, end));
  }
}

function ahead(storage: Bytes) {
  const reader = new ReadAhead(storage as unknown as ChunkStorage);
  const read = (address: number, byteLength: number): void => {
    const destination = new Uint8Array(byteLength);
    reader.read(address, destination);
    expect(destination).toEqual(storage.bytes.slice(address, address + byteLength));
  };
  return { reader, read };
}

describe("small chunks read one behind the other", () => {
  test("come many at a time after some, up to the end of the file and not beyond", () => {
    const storage = new Bytes(400 * KIB);
    const { read } = ahead(storage);
    for (let address = 0; address + KIB <= storage.bytes.length; address += KIB) read(address, KIB);
    const single = storage.reads.filter(([, byteLength]) => byteLength === KIB).length;
    expect(single).toBeLessThan(10);
    expect(storage.reads.length - single).toBe(2);
    const [address, byteLength] = storage.reads.at(-1) as [number, number];
    expect(address + byteLength).toBe(400 * KIB);
  });

  test("are what they are wherever the next one lies", () => {
    const storage = new Bytes(400 * KIB);
    const { read } = ahead(storage);
    for (let i = 0; i < 20; i++) read(100 * KIB + i * KIB, KIB);
    for (const address of [0, 50 * KIB, 110 * KIB, 355 * KIB, 356 * KIB - 100, 399 * KIB]) read(address, KIB);
    read(100 * KIB, 300 * KIB);
  });

  test("are read as they are after a change", () => {
    const storage = new Bytes(100 * KIB);
    const { reader, read } = ahead(storage);
    for (let i = 0; i < 20; i++) read(i * KIB, KIB);
    storage.bytes.fill(7, 20 * KIB, 21 * KIB);
    reader.forget();
    read(20 * KIB, KIB);
    // One read is no reason to read more.
    expect(storage.reads.at(-1)).toEqual([20 * KIB, KIB]);
  });

  test.each([{ answersLate: true }, { isChanging: true }])("are read one by one where it %o", (options) => {
    const storage = new Bytes(100 * KIB, options);
    const { read } = ahead(storage);
    for (let i = 0; i < 50; i++) {
      // What a writer changes meanwhile is seen.
      storage.bytes.fill(i, i * KIB, (i + 1) * KIB);
      read(i * KIB, KIB);
    }
    expect(storage.reads.every(([, byteLength]) => byteLength === KIB)).toBe(true);
  });

  test("are few, or large, or run backwards: then each is read alone", () => {
    const storage = new Bytes(2000 * KIB);
    const { read } = ahead(storage);
    for (let i = 0; i < 5; i++) read(i * KIB, KIB);
    for (let i = 0; i < 50; i++) read(i * 16 * KIB, 16 * KIB);
    for (let i = 50; i > 0; i--) read(i * KIB, KIB);
    for (let i = 0; i < 50; i++) read(i * 40 * KIB, KIB);
    expect(storage.reads.length).toBe(155);
  });
});
