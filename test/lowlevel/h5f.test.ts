import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";
import { scratchFolder } from "./scratch.ts";

const at = scratchFolder();

describe("files of the low level", () => {
  test("are made, closed and opened again", () => {
    const path = at("made.h5");
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setCache(0, 521, 2097152, 0.75);
    const fid = h5f.create(path, { flags: h5f.ACC_TRUNC, fapl });
    expect([fid.name, fid.getIntent()]).toEqual([path, h5f.ACC_RDWR]);
    expect(fid.getAccessPlist().getCache()).toEqual([0, 521, 2097152, 0.75]);
    h5g.create(fid, "g");
    fid.close();
    expect(fid.valid).toBe(false);
    fid.close();
    const again = h5f.open(path, h5f.ACC_RDONLY);
    expect([...again]).toEqual(["g"]);
    expect([again.getIntent(), again.getFilesize()]).toEqual([h5f.ACC_RDONLY, readFileSync(path).length]);
    again.close();
  });

  test("close every handle of the file with it", () => {
    const fid = sampleFile();
    const group = h5g.open(fid, "g");
    const dataset = h5d.open(fid, "data");
    const space = dataset.getSpace();
    const type = dataset.getType();
    fid.close();
    expect([group.valid, dataset.valid, space.valid, type.valid]).toEqual([false, false, true, true]);
    const closed = "Not a file id (Not a file id)";
    for (const use of [
      () => fid.name,
      () => fid.getFilesize(),
      () => fid.getIntent(),
      () => fid.getAccessPlist(),
      () => [...fid],
      () => fid.links.exists("data"),
      () => h5d.open(fid, "data"),
      () => h5g.create(fid, "new"),
      () => h5f.flush(fid),
      () => fid.reopen(),
    ]) {
      expect(expectError(use, "ValueError", closed).code).toBe("closed");
    }
    expectError(() => dataset.shape, "ValueError", "Invalid dataset identifier (invalid dataset identifier)");
    expectError(
      () => dataset.read(null, null, new Int8Array(100)),
      "ValueError",
      "Invalid dataset identifier (invalid dataset identifier)",
    );
    expectError(() => h5d.open(group, "x"), "ValueError", "Not a location (invalid location ID)");
    expectError(() => h5i.getFileId(dataset), "ValueError", "Not an id of a file object (not an ID of a file object)");
  });

  test("with a weak close degree stay open until the last object is closed", () => {
    const path = at("weak.h5");
    sampleFile(path).close();
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setFcloseDegree(h5f.CLOSE_WEAK);
    const fid = h5f.open(path, h5f.ACC_RDWR, fapl);
    const dataset = h5d.open(fid, "data");
    fid.close();
    expect(dataset.shape).toEqual([100]);
    expectError(
      () => h5f.create(path),
      "OSError",
      "Unable to create file (unable to truncate a file which is already open)",
    );
    dataset.close();
    h5f.create(path).close();
  });

  test("with a semi close degree refuse to close while objects are open", () => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setFcloseDegree(h5f.CLOSE_SEMI);
    const fid = h5f.create(new MemoryTarget(), { fapl });
    const group = h5g.create(fid, "g");
    expectError(
      () => fid.close(),
      "OSError",
      "Closing file id failed (can't close file, there are objects still open)",
    );
    group.close();
    fid.close();
    expect(fid.valid).toBe(false);
  });

  test("of one path are one file for all who open it", () => {
    const path = at("shared.h5");
    const one = sampleFile(path);
    const two = h5f.open(path, h5f.ACC_RDONLY);
    expect([two.getIntent(), two.fileno === one.fileno, two.equals(one), two.hash() === one.hash()]).toEqual([
      1,
      true,
      true,
      true,
    ]);
    h5g.create(one, "later");
    expect(two.has("later")).toBe(true);
    one.close();
    expect([...two]).toContain("later");
    two.close();
    const reader = h5f.open(path, h5f.ACC_RDONLY);
    expectError(() => h5f.open(path), "OSError", "Unable to open file (file is already open for read-only)");
    reader.close();
  });

  test("count what is open", () => {
    const fid = sampleFile();
    const dataset = h5d.open(fid, "data");
    const group = h5g.open(fid, "g");
    expect(h5f.getObjIds(fid, h5f.OBJ_GROUP)).toEqual(expect.arrayContaining([group]));
    expect(h5f.getObjIds(fid, h5f.OBJ_DATASET)).toContain(dataset);
    expect(h5f.getObjCount(fid, h5f.OBJ_FILE)).toBe(1);
    const before = h5f.getObjCount(fid, h5f.OBJ_DATASET);
    dataset.close();
    expect(h5f.getObjCount(fid, h5f.OBJ_DATASET)).toBe(before - 1);
    expectError(() => h5f.getObjCount(group as never), "TypeError", "Location must be a FileID or OBJ_ALL.");
    fid.close();
  });

  test.each([
    [16, 8, "Offsets"],
    [8, 16, "Lengths"],
  ])(
    "are not made with sizes that nobody reads again, %d and %d, nor in place of another",
    (offsets, lengths, field) => {
      const path = at(`sizes-${offsets}-${lengths}.h5`);
      h5f.create(path).close();
      const before = readFileSync(path);
      const fcpl = h5p.create(h5p.FILE_CREATE);
      fcpl.setSizes(offsets, lengths);
      const problem = `Unable to create file (Superblock, field "Size of ${field}": 16 bytes)`;
      expectError(() => h5f.create(path, { fcpl }), "OSError", problem);
      expect(readFileSync(path)).toEqual(before);
    },
  );

  test("tell how they were made", () => {
    const fcpl = h5p.create(h5p.FILE_CREATE);
    fcpl.setUserblock(512);
    fcpl.setSizes(4, 4);
    fcpl.setSymK(8, 2);
    fcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
    const fid = h5f.create(new MemoryTarget(), { fcpl });
    const found = fid.getCreatePlist();
    expect([found.getUserblock(), found.getSizes(), found.getSymK(), found.getLinkCreationOrder()]).toEqual([
      512,
      [4, 4],
      [8, 2],
      3,
    ]);
    fid.close();
  });

  test("are handles of the file that objects lead back to", () => {
    const fid = sampleFile();
    const dataset = h5d.open(fid, "data");
    expect(h5i.getFileId(dataset)).toBe(fid);
    expect(h5f.getName(dataset)).toBe(fid.name);
    expect([h5i.getName(fid), h5i.getName(dataset)]).toEqual(["/", "/data"]);
    expect(fid.equals(h5g.open(fid, "/"))).toBe(true);
    fid.close();
  });
});

describe("bytes of files", () => {
  test("are opened as they are, and had back", () => {
    const fid = sampleFile();
    const image = fid.getFileImage();
    fid.close();
    const reader = h5f.openFileImage(image);
    expect([...reader].length).toBe(8);
    expectError(() => h5g.create(reader, "new"), "ValueError", "Unable to create group (no write intent on file)");
    reader.close();
    const writer = h5f.openFileImage(image, h5f.FILE_IMAGE_OPEN_RW);
    h5g.create(writer, "new");
    const changed = writer.getFileImage();
    writer.close();
    const result = h5f.open(new MemorySource(changed), h5f.ACC_RDONLY);
    expect(result.has("new")).toBe(true);
    result.close();
  });

  test("go to the file in the end with the core driver, if asked", () => {
    const path = at("core.h5");
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setFaplCore(65536, true);
    const fid = h5f.create(path, { fapl });
    h5g.create(fid, "g");
    expect(readFileSync(path).length).toBe(0);
    fid.close();
    fapl.setFaplCore(65536, false);
    const again = h5f.open(path, h5f.ACC_RDWR, fapl);
    expect([...again]).toEqual(["g"]);
    h5g.create(again, "lost");
    again.close();
    const plain = h5f.open(path, h5f.ACC_RDONLY);
    expect([...plain]).toEqual(["g"]);
    plain.close();
  });
});

describe("what files refuse", () => {
  const missing = at("missing.h5");
  const text = at("not.h5");
  writeFileSync(text, "this is no HDF5 file");
  const full = at("full.h5");
  sampleFile(full).close();
  const cut = at("cut.h5");
  writeFileSync(cut, readFileSync(full).subarray(0, 900));
  const signature = at("signature.h5");
  writeFileSync(signature, readFileSync(full).subarray(0, 8));

  const cases: [string, () => unknown, string, string | RegExp][] = [
    [
      "a missing file for reading",
      () => h5f.open(missing, h5f.ACC_RDONLY),
      "FileNotFoundError",
      `[Errno 2] Unable to open file (unable to open file: name = '${missing}', errno = 2, error message = 'No such file or directory', flags = 0, o_flags = 0)`,
    ],
    [
      "a missing file for writing",
      () => h5f.open(missing),
      "FileNotFoundError",
      `[Errno 2] Unable to open file (unable to open file: name = '${missing}', errno = 2, error message = 'No such file or directory', flags = 1, o_flags = 2)`,
    ],
    [
      "a file without signature",
      () => h5f.open(text, h5f.ACC_RDONLY),
      "OSError",
      "Unable to open file (file signature not found)",
    ],
    [
      "a file that is but a signature",
      () => h5f.open(signature),
      "OSError",
      "Unable to open file (bad byte number in an address)",
    ],
    [
      "a file cut short",
      () => h5f.open(cut),
      "OSError",
      /^Unable to open file \(truncated file: eof = 900, sblock->base_addr = 0, stored_eof = \d+\)$/,
    ],
    [
      "a file that exists, exclusively",
      () => h5f.create(full, { flags: h5f.ACC_EXCL }),
      "FileExistsError",
      `[Errno 17] Unable to create file (unable to open file: name = '${full}', errno = 17, error message = 'File exists', flags = 15, o_flags = c2)`,
    ],
    [
      "a folder that does not exist",
      () => h5f.create(at("no/x.h5")),
      "FileNotFoundError",
      `[Errno 2] Unable to create file (unable to open file: name = '${at("no/x.h5")}', errno = 2, error message = 'No such file or directory', flags = 13, o_flags = 242)`,
    ],
    [
      "a folder in place of a file",
      () => h5f.open(at("."), h5f.ACC_RDONLY),
      "IsADirectoryError",
      /^\[Errno 21\] Unable to open file \(file read failed: /,
    ],
    ["unknown flags", () => h5f.open(full, 99), "ValueError", "Invalid file open flags (invalid file open flags)"],
    [
      "flags that exclude each other",
      () => h5f.create(full, { flags: h5f.ACC_EXCL | h5f.ACC_TRUNC }),
      "ValueError",
      "Mutually exclusive flags for file creation (mutually exclusive flags for file creation)",
    ],
    ["no name", () => h5f.open(""), "ValueError", "Invalid file name (invalid file name)"],
    ["what is no name", () => h5f.open(42 as never), "TypeError", "expected str or a source of bytes, not number"],
    [
      "the signature of a missing file",
      () => h5f.isHdf5(missing),
      "FileNotFoundError",
      `[Errno 2] Unable to determine if file is accessible as hdf5 (unable to open file: name = '${missing}', errno = 2, error message = 'No such file or directory', flags = 0, o_flags = 0)`,
    ],
  ];
  test.each(cases)("%s", (_, operation, name, message) => {
    expectError(operation, name, message);
  });

  test("but not to say whether they have the signature", () => {
    expect([h5f.isHdf5(full), h5f.isHdf5(text)]).toEqual([true, false]);
    expect(h5t.STD_I8LE.valid && h5s.ALL.valid).toBe(true);
  });
});
