import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { decodeElements } from "../../../src/engine/conversion/element-decoder.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import { selectPoints, selectRegular } from "../../../src/engine/selection/selection.ts";
import { MemorySource } from "../../../src/io/memory-source.ts";
import { type FolderOpener, folderOpener } from "../../support/folder-opener.ts";

const FOLDER = fileURLToPath(new URL("../../fixtures/virtual/", import.meta.url));

interface Shown {
  readonly shape: number[];
  readonly values: unknown;
}

interface View {
  readonly name: string;
  readonly view: "first-missing" | "last-available";
  readonly gap: number;
  readonly shape: number[];
  readonly values: number[];
}

function expected(name: string): { default: Record<string, Shown>; views: View[] } {
  return JSON.parse(readFileSync(`${FOLDER}${name}.json`, "utf8"));
}

let opener: FolderOpener | undefined;
let opened: H5File | undefined;

afterEach(() => {
  opened?.close();
  opener?.closeAll();
});

function open(name: string): H5File {
  opener = folderOpener(FOLDER);
  opened = H5File.open(new MemorySource(readFileSync(`${FOLDER}${name}.h5`), `${name}.h5`), { opener });
  return opened;
}

function dataset(file: H5File, path: string): DatasetObject {
  const object = resolveObject(file.root(), path);
  if (!(object instanceof DatasetObject)) throw new Error(`${path} is no dataset`);
  return object;
}

function valuesOf(object: DatasetObject, bytes = object.readBytes()): unknown[] {
  const { file, datatype } = object;
  return [
    ...decodeElements(datatype, bytes, bytes.length / datatype.size, {
      widths: file.storage.widths,
      readHeapObject: (address, index) => file.globalHeap.read(address, index),
      writeHeapObject: () => {
        throw new Error("nothing is written here");
      },
    }),
  ];
}

describe.each(["virtual-earliest", "virtual-latest"])("virtual datasets of %s", (name) => {
  const { default: shown, views } = expected(name);

  test.each(Object.keys(shown))("%s shows what h5py shows", (path) => {
    const object = dataset(open(name), path);
    expect(object.dims).toEqual(shown[path]?.shape);
    expect(valuesOf(object)).toEqual(((shown[path] as Shown).values as unknown[]).flat());
  });

  test.each(views)("$name with view $view and gap $gap is as the C library has it", ({ shape, values, ...asked }) => {
    const object = dataset(open(name), asked.name);
    if (object.virtual !== undefined) object.virtual.view = { view: asked.view, printfGap: asked.gap };
    expect(object.dims).toEqual(shape);
    expect(valuesOf(object)).toEqual(values);
  });

  test.each(["mosaic", "interleaved", "irregular", "reshaped", "growing-blocks"])(
    "parts of %s are the parts of the whole",
    (path) => {
      const object = dataset(open(name), path);
      const [rows, columns] = object.dims as [number, number];
      const whole = valuesOf(object);
      const at = (row: number, column: number) => whole[row * columns + column];
      for (let row = 0; row < rows; row++) {
        const line = selectRegular(object.dims, [row, 1], [1, columns - 1]);
        expect(valuesOf(object, object.readBytes(line))).toEqual(whole.slice(row * columns + 1, (row + 1) * columns));
      }
      const strided = selectRegular(object.dims, [1, 0], [Math.floor(rows / 2), 1], [2, 1], [1, 2]);
      const pairs = Array.from({ length: Math.floor(rows / 2) }, (_, i) => [at(2 * i + 1, 0), at(2 * i + 1, 1)]).flat();
      expect(valuesOf(object, object.readBytes(strided))).toEqual(pairs);
      const points = selectPoints(object.dims, [rows - 1, 0, 0, columns - 1, 1, 1, 0, 0]);
      const single = [at(rows - 1, 0), at(0, columns - 1), at(1, 1), at(0, 0)];
      expect(valuesOf(object, object.readBytes(points))).toEqual(single);
    },
  );

  test("sources of what is not asked for stay closed", () => {
    const object = dataset(open(name), "mosaic");
    object.readBytes(selectRegular(object.dims, [0, 0], [2, 3]));
    expect(opener?.asked).toEqual(["source-a.h5"]);
  });

  test("without an opener everything is missing", () => {
    const file = H5File.open(new MemorySource(readFileSync(`${FOLDER}${name}.h5`)));
    expect(new Set(valuesOf(dataset(file, "mosaic")))).toEqual(new Set([-1]));
    expect(valuesOf(dataset(file, "same-file")).slice(7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    file.close();
  });
});
