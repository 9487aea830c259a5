import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { openFile } from "../../src/io/file-source.ts";
import type { FileHandle, FileSystem } from "../../src/io/file-system.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { posixError, systemError } from "../../src/io/system-errors.ts";
import { thrownBy } from "./thrown.ts";

/** A file system with one file, whose calls transfer at most `most` bytes and are interrupted every other time. */
function slowFiles(file: MemoryTarget, most: number, failure?: string): FileSystem & { closed: number } {
  let calls = 0;
  const transfer = (byteLength: number): number => {
    calls++;
    if (calls % 2 === 0) throw posixError("EINTR");
    if (failure !== undefined && calls > 4) throw posixError(failure);
    return Math.min(byteLength, most);
  };
  const files = {
    closed: 0,
    realPath: (path: string) => path,
    remove: () => undefined,
    rename: () => undefined,
    open(): FileHandle {
      return {
        descriptor: 5,
        read(destination, start, byteLength, position) {
          const count = Math.min(transfer(byteLength), Math.max(0, file.byteLength() - position));
          file.readInto(position, destination.subarray(start, start + count));
          return count;
        },
        write(bytes, start, byteLength, position) {
          const count = transfer(byteLength);
          file.write(position, bytes.subarray(start, start + count));
          return count;
        },
        stat: () => ({ byteLength: file.byteLength(), isDirectory: false, identity: "1:2" }),
        truncate: (byteLength) => file.truncate(byteLength),
        sync: () => file.sync(),
        close: () => {
          files.closed++;
        },
      };
    },
  };
  return files;
}

describe("a file whose calls transfer less than was asked for, and are interrupted", () => {
  test("is written and read whole", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 30 }),
        (bytes, offset, most) => {
          const memory = new MemoryTarget();
          const target = openFile(slowFiles(memory, most), "slow.h5", "w");
          target.write(offset, bytes);
          const read = new Uint8Array(bytes.length);
          target.readInto(offset, read);
          expect(read).toEqual(bytes);
        },
      ),
    );
  });

  test("fails with the system's words and the piece that failed", () => {
    const memory = new MemoryTarget(new Uint8Array(100));
    const target = openFile(slowFiles(memory, 10, "EIO"), "bad.h5", "r+");
    const error = thrownBy(() => target.readInto(20, new Uint8Array(50)));
    expect(error).toBeInstanceOf(HDF5Error);
    expect((error as HDF5Error).errno).toBe(5);
    expect((error as HDF5Error).message).toMatch(
      /^file read failed: time = \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}, filename = 'bad.h5', file descriptor = 5, errno = 5, error message = 'Input\/output error', buf = 0x0, total read size = 50, bytes this sub-read = 30, bytes actually read = 18446744073709551615, offset = 40$/,
    );
    expect((thrownBy(() => target.write(0, new Uint8Array(50))) as HDF5Error).message).toContain("file write failed");
  });

  test("tells a full disk as the C library does", () => {
    const target = openFile(slowFiles(new MemoryTarget(), 10, "ENOSPC"), "full.h5", "w");
    const error = thrownBy(() => target.write(0, new Uint8Array(96))) as HDF5Error;
    expect(error.errno).toBe(28);
    expect(error.message).toContain(
      "errno = 28, error message = 'No space left on device', buf = 0x0, total write size = 96, bytes this sub-write = 76",
    );
  });

  test("ends where it ends, and a device that takes nothing is full", () => {
    const target = openFile(slowFiles(new MemoryTarget(new Uint8Array(30)), 10), "short.h5", "r+");
    expect(String(thrownBy(() => target.readInto(10, new Uint8Array(30))))).toContain("which has 30 bytes");
    const full = openFile(slowFiles(new MemoryTarget(), 0), "full.h5", "w");
    expect((thrownBy(() => full.write(0, new Uint8Array(1))) as HDF5Error).errno).toBe(28);
  });

  test("is cut by mode w if it holds anything, and only then", () => {
    const cuts: [before: number, after: number][] = [];
    class Cut extends MemoryTarget {
      override truncate(byteLength: number): void {
        cuts.push([this.byteLength(), byteLength]);
        super.truncate(byteLength);
      }
    }
    openFile(slowFiles(new Cut(), 1), "new.h5", "w");
    openFile(slowFiles(new Cut(new Uint8Array(30)), 1), "old.h5", "w");
    expect(cuts).toEqual([[30, 0]]);
  });

  test("is closed when opening it fails half way", () => {
    const files = slowFiles(new MemoryTarget(Uint8Array.of(1)), 1);
    const objection = new Error("no");
    const opening = () =>
      openFile(files, "kept.h5", "w", {
        beforeTruncate() {
          throw objection;
        },
      });
    expect(thrownBy(opening)).toBe(objection);
    expect(files.closed).toBe(1);
  });
});

describe("errors of the operating system", () => {
  test("have POSIX's number and words whatever the runtime's", () => {
    const windows = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT", errno: -4058 });
    expect(systemError(windows)).toEqual({ code: "ENOENT", errno: 2, message: "No such file or directory" });
  });

  test("keep their own words when they are others", () => {
    const other = Object.assign(new Error("something else"), { code: "EOTHER", errno: -999 });
    expect(systemError(other)).toEqual({ code: "EOTHER", errno: 999, message: "something else" });
    expect(systemError(new Error("no number"))).toEqual({ code: "", errno: undefined, message: "no number" });
    expect(systemError("text")).toEqual({ code: "", errno: undefined, message: "text" });
  });
});
