/** Where a file ends whose last blocks lie behind space that was freed. */
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

/** Attributes that have blocks behind groups that go, and a value that is changed in its place. @returns Bytes of the file. */
function fileOf(libver: "earliest" | "latest", flushes: number): number {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver });
  const kept = file.createGroup("kept");
  for (let i = 0; i < 5; i++) file.createGroup(`gone/g${i}`).id.close();
  for (let i = 0; i < 5; i++) kept.attrs.set(`x${i}`, new Float64Array(50));
  file.flush();
  file.delete("gone");
  for (let i = 0; i < 2; i++) {
    if (i < flushes) file.flush();
    kept.attrs.modify("x0", new Float64Array(50).fill(i));
  }
  if (flushes > 2) file.flush();
  kept.id.close();
  file.close();
  return target.toBytes().length;
}

describe.each(["earliest", "latest"] as const)("a file of the %s format", (libver) => {
  test.each([1, 2, 3])("ends as early after %i flushes of what was freed as with none", (flushes) => {
    expect(fileOf(libver, flushes)).toBe(fileOf(libver, 0));
  });
});
