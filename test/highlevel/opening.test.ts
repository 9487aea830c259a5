import { expect, test } from "vitest";
import { File } from "../../src/highlevel/file.ts";
import { accessList, USUAL_ACCESS } from "../../src/highlevel/file-options.ts";
import { isHdf5 } from "../../src/highlevel/library.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { RecordingSource } from "../../src/io/recording-source.ts";

test("a file that is opened without options is accessed as the list says that options make", () => {
  expect(USUAL_ACCESS).toEqual(accessList({}).values());
  using f = new File(new MemoryTarget(), "w");
  expect(f.id.getAccessPlist().getFcloseDegree()).toBe(USUAL_ACCESS.closeDegree);
});

test.each(["earliest", "latest"] as const)("a superblock is read once, wherever it is, in %s format", (libver) => {
  for (const userblockSize of [0, 1024]) {
    const target = new MemoryTarget();
    new File(target, "w", { libver, userblockSize }).close();
    const source = new RecordingSource(new MemorySource(target.toBytes()));
    using f = new File(source);
    expect(f.userblockSize).toBe(userblockSize);
    const reads = source.calls.filter(({ kind }) => kind === "read").map(({ offset }) => offset);
    expect(reads).toEqual(userblockSize === 0 ? [0] : [0, 512, 1024]);
  }
});

test("no name is that of no HDF5 file", () => {
  expect(isHdf5("")).toBe(false);
});
