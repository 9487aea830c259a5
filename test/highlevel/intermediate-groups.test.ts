/** Groups on the way to something new, where other links lead on. */
import { expect, test } from "vitest";
import { ExternalLink, File, SoftLink } from "../../src/index.ts";
import { expectFailure, inFolder, newFile, reopened } from "./helpers.ts";

test("are made behind links that lead on, and from the root", () => {
  const f = newFile();
  const a = f.createGroup("a");
  f.set("soft", new SoftLink("/a"));
  f.createGroup("soft/b/./c//d/");
  a.createGroup("/e/f");
  a.createGroup("b/c/g/h").createGroup("i/j");
  const again = reopened(f);
  const paths: string[] = [];
  again.visit((path) => {
    paths.push(path);
  });
  expect(paths).toEqual([
    "a",
    "a/b",
    "a/b/c",
    "a/b/c/d",
    "a/b/c/g",
    "a/b/c/g/h",
    "a/b/c/g/h/i",
    "a/b/c/g/h/i/j",
    "e",
    "e/f",
  ]);
});

test("are not made where nothing can be below, nor for what is there", () => {
  const f = newFile();
  f.set("d", 1);
  f.set("dangling", new SoftLink("/nowhere"));
  f.createGroup("a/b");
  expectFailure(() => f.createGroup("d/x/y"), "ValueError", "Unable to create group (message type not found)");
  expectFailure(() => f.createGroup("dangling/x/y"), "ValueError", "Unable to create group (component not found)");
  expectFailure(() => f.createGroup("a/b"), "ValueError", "Unable to create group (name already exists)");
  expectFailure(() => f.createGroup("/"), "ValueError", "Unable to create group (name already exists)");
  expect(f.keys()).toEqual(["a", "d", "dangling"]);
  expect(f.getGroup("a/b").keys()).toEqual([]);
});

test("are not made behind a link to another file that lacks its object", () => {
  inFolder((path) => {
    new File(path("other.h5"), "w").close();
    const f = new File(path("file.h5"), "w");
    f.set("e", new ExternalLink("other.h5", "/none"));
    expectFailure(() => f.createGroup("e/x/y"), "ValueError", "Unable to create group (object 'none' doesn't exist)");
    f.close();
  });
});
