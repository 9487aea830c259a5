import { expect, test } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

function child(...names: string[]) {
  const fid = h5f.create(new MemoryTarget(undefined, "child.h5"));
  for (const name of names) h5d.create(fid, name, h5t.STD_I32LE, h5s.createSimple([3])).close();
  h5g.create(fid, "s").close();
  return fid;
}

test("names go on in a file that is mounted on a group", () => {
  const fid = sampleFile();
  using before = h5g.open(fid, "g");
  const second = child("x");
  h5f.mount(fid, "g", second);
  expect([...h5g.open(fid, "g")]).toEqual(["s", "x"]);
  expect(h5g.getInfo(fid).mounted).toBe(false);
  expect([...before]).toEqual(["sub"]);
  using dataset = h5d.open(fid, "/g/x");
  expect(h5i.getName(dataset)).toBe("/g/x");
  expect(h5f.getName(dataset)).toBe("child.h5");
  // A slash is the root of the file that all are mounted in.
  using inside = h5g.open(fid, "g/s");
  expect(h5d.open(inside, "/data").shape).toEqual([100]);
  expect(h5g.getInfo(before).mounted).toBe(true);

  dataset.write(null, null, Int32Array.of(1, 2, 3));
  h5f.flush(fid, h5f.SCOPE_GLOBAL);
  expect(h5d.open(h5f.openFileImage(second.getFileImage()), "x").getStorageSize()).toBe(12);
  h5f.unmount(fid, "g");
  expect([...h5g.open(fid, "g")]).toEqual(["sub"]);
  expect(second.valid && [...second]).toEqual(["s", "x"]);
});

test("a mounted file stays open until it is taken off or the other one closes", () => {
  const fid = sampleFile();
  const target = new MemoryTarget(undefined, "child.h5");
  const second = h5f.create(target);
  h5g.create(second, "kept").close();
  h5f.mount(fid, "g", second);
  second.close();
  expect([...h5g.open(fid, "g")]).toEqual(["kept"]);
  h5f.unmount(h5g.open(fid, "g"), ".");
  expect([...h5g.open(fid, "g")]).toEqual(["sub"]);
  const third = child();
  h5f.mount(fid, "g", third);
  fid.close();
  expect([...third]).toEqual(["s"]);
  const again = sampleFile();
  h5f.mount(again, "g", third);
  expect([...h5g.open(again, "g")]).toEqual(["s"]);
});

test("files are mounted on one another, and on mounted ones", () => {
  const fid = sampleFile();
  const [second, third] = [child("x"), child("y")];
  h5f.mount(fid, "g", second);
  // The group of that name is the root of the first one by now.
  h5f.mount(fid, "g", third);
  expect([...h5g.open(fid, "g")]).toEqual(["s", "y"]);
  h5f.unmount(fid, "g");
  h5f.mount(fid, "g/s", third);
  expect([...h5g.open(fid, "g/s")]).toEqual(["s", "y"]);
  expect(h5i.getName(h5d.open(fid, "g/s/y"))).toBe("/g/s/y");
  h5f.unmount(fid, "g/s");
});

test("what cannot be mounted or taken off is refused in the C library's words", () => {
  const fid = sampleFile();
  const [second, third] = [child("x"), child("y")];
  expectError(() => h5f.mount(fid, "data", second), "OSError", "Unable to mount file (not a group)");
  expectError(() => h5f.mount(fid, "nope", second), "OSError", "Unable to mount file (object 'nope' doesn't exist)");
  expectError(() => h5f.mount(fid, "g", fid), "OSError", "Unable to mount file (mount would introduce a cycle)");
  const empty = "Name parameter cannot be the empty string (name parameter cannot be the empty string)";
  expectError(() => h5f.mount(fid, "", second), "ValueError", empty);
  h5f.mount(fid, "g", second);
  expectError(() => h5f.mount(third, "s", second), "OSError", "Unable to mount file (file is already mounted)");
  expectError(() => h5f.mount(fid, "g/s", fid), "OSError", "Unable to mount file (mount would introduce a cycle)");
  expectError(() => h5f.unmount(fid, "data"), "OSError", "Unable to unmount file (not a mount point)");
  expectError(() => h5f.unmount(fid, "nope"), "OSError", "Unable to unmount file (object 'nope' doesn't exist)");
  h5f.unmount(fid, "g");
  expectError(() => h5f.unmount(fid, "g"), "OSError", "Unable to unmount file (not a mount point)");
});
