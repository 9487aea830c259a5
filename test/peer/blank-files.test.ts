/** Files of no bytes, such as those that make a temporary name, opened to be written. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ExternalLink, File, type FileMode, type FileOptions } from "../../src/index.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const OPENINGS: readonly (readonly [FileMode, FileOptions, string])[] = [
  ["r+", {}, "'r+'"],
  ["a", {}, "'a'"],
  ["a", { libver: "latest" }, "'a', libver='latest'"],
  ["a", { trackOrder: true }, "'a', track_order=True"],
  ["r+", { driver: "stdio" }, "'r+', driver='stdio'"],
  ["r+", { driver: "core" }, "'r+', driver='core'"],
  ["a", { userblockSize: 512 }, "'a', userblock_size=512"],
  ["r", {}, "'r'"],
];

const PYTHON = `
import json, os
answers = []
for code in json.loads(args[1]):
    open(args[0], 'w').close()
    try:
        f = eval(f"h5py.File(args[0], {code})")
        order = f.id.get_create_plist().get_link_creation_order()
        f['x'] = 1
        f.close()
        with open(args[0], 'rb') as bytes: answers.append([list(h5py.File(args[0], 'r')), order, bytes.read()[8]])
    except Exception as error:
        answers.append([f"{type(error).__name__}: {error.args[0]}", os.path.getsize(args[0]) > 0])
print(json.dumps(answers))
`;

function told(path: string, mode: FileMode, options: FileOptions): unknown[] {
  writeFileSync(path, "");
  try {
    const f = new File(path, mode, options);
    const order = f.id.getCreatePlist().getLinkCreationOrder();
    f.set("x", 1);
    f.close();
    return [new File(path).keys(), order, readFileSync(path)[8]];
  } catch (error) {
    const { name, message } = error as Error;
    return [`${name}: ${message}`, statSync(path).size > 0];
  }
}

test("become new files when they are opened to be written, as in h5py", () => {
  inFolder((folder) => {
    const codes = JSON.stringify(OPENINGS.map(([, , theirs]) => theirs));
    const theirs = JSON.parse(runPython(PYTHON, join(folder, "theirs.h5"), codes));
    const ours = OPENINGS.map(([mode, options], i) => told(join(folder, `ours ${i}.h5`), mode, options));
    expect(ours).toEqual(theirs);
    expect(h5dump(join(folder, "ours 1.h5"))).toContain('DATASET "x"');
  });
});

test("stay as they are when a link leads there", () => {
  inFolder((folder) => {
    const blank = join(folder, "blank.h5");
    writeFileSync(blank, "");
    const f = new File(join(folder, "f.h5"), "w");
    f.set("link", new ExternalLink("blank.h5", "/"));
    expect(() => f.get("link")).toThrow("Unable to open object (unable to open file");
    f.close();
    expect(statSync(blank).size).toBe(0);
  });
});

test("in memory become new ones, too", () => {
  const f = new File(new Uint8Array(0), "r+");
  f.set("x", 1);
  expect(new File(f.toBytes()).keys()).toEqual(["x"]);
});
