import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { HDF5Error, isHdf5Error } from "../../src/base/errors.ts";
import { openPath, platformFileSystem } from "../../src/io/path-source.ts";
import { thrownBy } from "./thrown.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-io-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function openingFails(path: string, mode: "r" | "r+" | "w" | "w-" | "x"): HDF5Error {
  const error = thrownBy(() => openPath(path, mode));
  if (!(error instanceof HDF5Error)) throw new Error(`no error of ours: ${String(error)}`);
  return error;
}

describe("a file opened by its path", () => {
  test("is written, read back, cut and grown", () => {
    const path = inFolder("written.h5");
    const target = openPath(path, "w");
    target.write(10, Uint8Array.of(1, 2, 3));
    expect(target.byteLength()).toBe(13);
    target.truncate(11);
    target.truncate(12);
    target.sync();
    const read = new Uint8Array(4);
    target.readInto(8, read);
    expect([...read]).toEqual([0, 0, 1, 0]);
    target.close();
    target.close();
    expect([...readFileSync(path)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  test("in mode r+ keeps its contents, and r reads them", () => {
    const path = inFolder("kept.h5");
    writeFileSync(path, "abcdef");
    const target = openPath(path, "r+");
    target.write(1, Uint8Array.of(0x42));
    target.close();
    const source = openPath(path, "r");
    const read = new Uint8Array(6);
    source.readInto(0, read);
    expect(new TextDecoder().decode(read)).toBe("aBcdef");
    expect("write" in source).toBe(false);
    expect(source.name).toBe(path);
    source.close();
  });

  test("in mode x and w- is a new one", () => {
    openPath(inFolder("new-x.h5"), "x").close();
    openPath(inFolder("new-w-.h5"), "w-").close();
    for (const name of ["new-x.h5", "new-w-.h5"]) expect(readFileSync(inFolder(name)).length).toBe(0);
  });

  test("in mode w loses its contents once it is open, and keeps them if its opener objects", () => {
    const path = inFolder("precious.h5");
    writeFileSync(path, "precious");
    const first = openPath(path, "r");
    const objection = new HDF5Error("state", "unable to truncate a file which is already open");
    const opening = () =>
      openPath(path, "w", {
        beforeTruncate(identity) {
          if (identity === first.identity) throw objection;
        },
      });
    expect(thrownBy(opening)).toBe(objection);
    expect(readFileSync(path, "utf8")).toBe("precious");
    first.close();
    openPath(path, "w").close();
    expect(readFileSync(path, "utf8")).toBe("");
  });

  test("has one identity, whatever the path", () => {
    const path = inFolder("one.h5");
    writeFileSync(path, "x");
    symlinkSync(path, inFolder("other-name.h5"));
    const [a, b, c] = [
      openPath(path, "r"),
      openPath(inFolder("other-name.h5"), "r"),
      openPath(inFolder("two.h5"), "w"),
    ];
    expect(a.identity).not.toBe("");
    expect(b.identity).toBe(a.identity);
    expect(c.identity).not.toBe(a.identity);
    for (const file of [a, b, c]) file.close();
  });

  test("cannot be read past its end, or after close", () => {
    const path = inFolder("short.h5");
    writeFileSync(path, "12345678");
    const source = openPath(path, "r");
    expect(String(thrownBy(() => source.readInto(4, new Uint8Array(5))))).toBe(
      `SourceError: read of 5 bytes at offset 4 of '${path}', which has 8 bytes`,
    );
    for (const offset of [-1, Number.NaN, 0.5, 2 ** 53]) {
      expect(
        isHdf5Error(
          thrownBy(() => source.readInto(offset, new Uint8Array(1))),
          "source",
        ),
      ).toBe(true);
    }
    source.close();
    expect(
      isHdf5Error(
        thrownBy(() => source.readInto(0, new Uint8Array(1))),
        "closed",
      ),
    ).toBe(true);
    expect(
      isHdf5Error(
        thrownBy(() => source.byteLength()),
        "closed",
      ),
    ).toBe(true);
  });
});

describe("a file that cannot be opened", () => {
  test.each([
    ["r", "flags = 0, o_flags = 0"],
    ["r+", "flags = 1, o_flags = 2"],
  ] as const)("is missing, in mode %s", (mode, flags) => {
    const path = inFolder("missing.h5");
    const error = openingFails(path, mode);
    expect(error.code).toBe("source");
    expect(error.errno).toBe(2);
    expect(error.path).toBe(path);
    expect(error.message).toBe(
      `unable to open file: name = '${path}', errno = 2, error message = 'No such file or directory', ${flags}`,
    );
  });

  test("is in a folder that is missing, or in a file", () => {
    const path = inFolder("nodir/x.h5");
    expect(openingFails(path, "w").message).toBe(
      `unable to open file: name = '${path}', errno = 2, error message = 'No such file or directory', flags = 13, o_flags = 242`,
    );
    writeFileSync(inFolder("file"), "");
    expect(openingFails(inFolder("file/x.h5"), "r").message).toContain("errno = 20, error message = 'Not a directory'");
  });

  test("exists, in modes that make a new one", () => {
    const path = inFolder("exists.h5");
    writeFileSync(path, "x");
    for (const mode of ["x", "w-"] as const) {
      expect(openingFails(path, mode).message).toBe(
        `unable to open file: name = '${path}', errno = 17, error message = 'File exists', flags = 15, o_flags = c2`,
      );
    }
    expect(readFileSync(path, "utf8")).toBe("x");
  });

  test("is a directory", () => {
    const path = inFolder("directory");
    mkdirSync(path);
    const reading = openingFails(path, "r");
    expect(reading.errno).toBe(21);
    expect(reading.message).toMatch(
      /^file read failed: time = .*, filename = '.*', file descriptor = -?\d+, errno = 21, error message = 'Is a directory', buf = 0x0, total read size = 8, bytes this sub-read = 8, bytes actually read = 18446744073709551615, offset = 0$/,
    );
    expect(openingFails(path, "r+").message).toBe(
      `unable to open file: name = '${path}', errno = 21, error message = 'Is a directory', flags = 1, o_flags = 2`,
    );
    expect(openingFails(path, "w").errno).toBe(21);
    expect(openingFails(path, "x").errno).toBe(17);
  });

  test("has a name that no file has", () => {
    expect(openingFails("", "r").message).toBe("invalid file name");
    expect(openingFails("a\0b", "w").code).toBe("argument");
    expect(openingFails(inFolder("n".repeat(300)), "r").errno).toBe(36);
  });

  test("is one of a runtime without files", () => {
    vi.stubGlobal("process", {});
    try {
      expect(platformFileSystem()).toBeUndefined();
      const error = thrownBy(() => openPath("a.h5", "r"));
      expect(isHdf5Error(error, "source")).toBe(true);
      expect(String(error)).toContain("this runtime has no files");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
