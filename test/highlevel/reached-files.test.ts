import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ExternalLink, File } from "../../src/index.ts";

test("a file that cannot be written keeps no other from it, of those that a closed one led to", () => {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-reached-"));
  const at = (name: string) => join(folder, name);
  try {
    for (const name of ["a.h5", "b.h5", "m.h5"]) new File(at(name), "w").close();
    const main = new File(at("m.h5"), "r+");
    for (const name of ["a", "b"]) main.set(name, new ExternalLink(`${name}.h5`, "/"));
    const [a, b] = [main.getGroup("a"), main.getGroup("b")];
    for (const group of [a, b]) group.createGroup("new");
    const full = vi.spyOn(a.id.location().file.engine, "flush").mockImplementation(() => {
      throw new Error("disk full");
    });
    expect(() => main.close()).toThrow("disk full");
    copyFileSync(at("b.h5"), at("copy.h5"));
    const copy = new File(at("copy.h5"), "r");
    expect(copy.keys()).toEqual(["new"]);
    copy.close();
    full.mockRestore();
    a.id.close();
    b.id.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
