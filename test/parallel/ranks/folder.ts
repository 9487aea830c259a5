import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Paths in a folder that is gone after the tests of the file. */
export function pathsInFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-ranks-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name) => join(folder, name);
}
