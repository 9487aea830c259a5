import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { lookupLink, resolveObject } from "../../src/engine/resolve.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

describe("paths", () => {
  function file(): H5File {
    const made = H5File.create(new MemoryTarget());
    const root = made.root();
    root.insertLink("link 1", { kind: "soft", path: "/" });
    for (let i = 2; i <= 17; i++) root.insertLink(`link ${i}`, { kind: "soft", path: `link ${i - 1}` });
    root.insertLink("circle", { kind: "soft", path: "./circle" });
    root.insertLink("..", { kind: "hard", objectHeaderAddress: root.address });
    return made;
  }

  test("follow as many soft links as the C library does", () => {
    const root = file().root();
    expect(resolveObject(root, "link 16").address).toBe(root.address);
    expect(() => resolveObject(root, "link 17")).toThrow("too many links");
    expect(() => resolveObject(root, "circle")).toThrow("too many links");
  });

  test("may have more slashes than needed and dots; two dots are a name", () => {
    const root = file().root();
    for (const path of ["/", "//", ".", "/./", "/link 1/", "link 1//./link 1", "/../..//", "../."]) {
      expect(resolveObject(root, path).address).toBe(root.address);
    }
    expect(() => resolveObject(root, "...")).toThrow("object '...' doesn't exist");
  });

  test("with values that no link message holds are refused, and a symbol table takes them", () => {
    const path = "p".repeat(70000);
    const [old, recent] = [file().root(), H5File.create(new MemoryTarget(), { lowBound: "v110" }).root()];
    old.insertLink("long", { kind: "soft", path });
    expect(old.link("long")?.target).toEqual({ kind: "soft", path });
    const external = { kind: "external", file: "other.h5", path: "/" } as const;
    expect(() => old.insertLink("external", external)).toThrow("object header message is too large");
    expect(old.links().map(({ name }) => name)).toContain("long");
    expect(() => recent.insertLink("long", { kind: "soft", path })).toThrow("object header message is too large");
    expect(recent.links()).toEqual([]);
    recent.insertLink(path, { kind: "soft", path: "p" });
    expect(recent.links().map(({ name }) => name)).toEqual([path]);
  });

  test("to a link end at it, and need all before it", () => {
    const root = file().root();
    expect(lookupLink(root, "/circle").link?.target).toEqual({ kind: "soft", path: "./circle" });
    expect(lookupLink(root, "link 1/nothing").link).toBeUndefined();
    expect(() => lookupLink(root, "nothing/circle")).toThrow("component not found");
  });
});
