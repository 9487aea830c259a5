import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDataset, createGroup } from "../../src/engine/create-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import {
  type FixtureEntry,
  fixtureModel,
  fixturePath,
  fixtures,
  type Model,
  type ModelObject,
} from "../support/fixture-model.ts";
import { copiedFixtures, writeCopy } from "./copies.ts";
import { h5dump, h5pyModel, inFolder, runPython } from "./peers.ts";

const INT16 = fixedPoint(2, true);
const INT16_MODEL = { class: "integer", size: 2, order: "LE", signed: true, precision: 16, offset: 0 };

/** Enough to divide nodes of the group's tree; fewer where addresses of 2 bytes end at 64 KiB. */
function addedCount({ sizeOfOffsets }: Model): number {
  return sizeOfOffsets === 2 ? 6 : 40;
}

function simple(...dims: number[]): Dataspace {
  return { kind: "simple", dims, maxDims: dims, maxDimsStored: false, version: 1 };
}

const SCALAR: Dataspace = { kind: "scalar", dims: [], maxDims: [], maxDimsStored: false, version: 1 };

/** A dataset of the root group with no other link and nobody who refers to it. */
function removable(model: Model, { features }: FixtureEntry): string | undefined {
  if (features.includes("references") || features.includes("virtual")) return undefined;
  const root = model.objects["/"] as ModelObject;
  return Object.keys(root.links ?? {}).find((name) => {
    const target = model.objects[`/${name}`];
    return (
      root.links?.[name]?.kind === "hard" && target?.kind === "dataset" && target.linkCount === 1 && !committed(target)
    );
  });
}

const committed = (object: ModelObject) => object.type !== undefined && "committed" in object.type;

/** The same edits to a file and to the model of it: an attribute for every object, a full group, one dataset less. */
function edit(file: H5File, model: Model, fixture: FixtureEntry): Model {
  const root = file.root();
  for (const path of Object.keys(model.objects)) addAttribute(resolveObject(root, path));
  const gone = removable(model, fixture);
  if (gone !== undefined) root.removeLink(gone);
  addGroup(file, root, addedCount(model));
  return editedModel(model, gone);
}

function addAttribute(object: EngineObject): void {
  object.createAttribute({ name: "added", datatype: INT16, dataspace: SCALAR, bytes: Uint8Array.of(7, 0) });
}

function addGroup(file: H5File, root: GroupObject, count: number): void {
  const group = createGroup(file);
  root.insertLink("added group", { kind: "hard", objectHeaderAddress: group.address });
  for (let i = 0; i < count; i++) {
    const dataset = createDataset(file, {
      datatype: INT16,
      dataspace: simple(4),
      layout: { kind: "chunked", chunkDims: [3] },
      filters: [
        { id: 2, name: "", optional: true, flags: 1, clientData: [2] },
        { id: 1, name: "deflate", optional: true, flags: 1, clientData: [4] },
      ],
    });
    dataset.writeBytes(new Uint8Array(new Int16Array([i, -1, i, 5]).buffer));
    group.insertLink(`dataset ${i}`, { kind: "hard", objectHeaderAddress: dataset.address });
  }
}

function editedModel(model: Model, gone: string | undefined): Model {
  const objects = structuredClone(model.objects);
  for (const object of Object.values(objects)) {
    object.attributes.added = { type: INT16_MODEL, shape: [], bytes: "BwA=", values: 7 };
  }
  if (gone !== undefined) {
    delete objects["/"]?.links?.[gone];
    delete objects[`/${gone}`];
  }
  const links = Object.fromEntries(
    Array.from({ length: addedCount(model) }, (_, i) => [
      `dataset ${i}`,
      { kind: "hard", object: `/added group/dataset ${i}` },
    ]),
  );
  objects["/added group"] = { kind: "group", linkCount: 1, attributes: {}, links };
  const root = objects["/"] as ModelObject;
  root.links = { ...root.links, "added group": { kind: "hard", object: "/added group" } };
  return { ...model, objects };
}

/** Without what the edits leave to the writer: sizes, orders of creation, and the new datasets, of which the data counts. */
function comparable({ objects, ...rest }: Model): unknown {
  const entries = Object.entries(objects).map(([path, { storageSize: _, ...object }]) => {
    const links = Object.entries(object.links ?? {}).map(([name, { creationOrder: _, ...link }]) => [name, link]);
    return [path, { ...object, links: Object.fromEntries(links) }];
  });
  const kept = entries.filter(([path]) => !(path as string).startsWith("/added group/"));
  return { ...rest, objects: Object.fromEntries(kept) };
}

function addedValues(model: Model): unknown[] {
  return Array.from({ length: addedCount(model) }, (_, i) => model.objects[`/added group/dataset ${i}`]?.values);
}

describe("a file of the C library that we edit", () => {
  test.each(fixtures())("$name: h5py and h5dump find the edits and all else as it was", (fixture) => {
    inFolder((folder) => {
      const path = join(folder, `${fixture.name}.h5`);
      copyFileSync(fixturePath(`${fixture.name}.h5`), path);
      const file = H5File.open(openPath(path, "r+"), { writable: true });
      const expected = edit(file, fixtureModel(fixture.name), fixture);
      file.close();
      const found = h5pyModel(path);
      expect(comparable(found)).toEqual(comparable(expected));
      expect(addedValues(found)).toEqual(addedValues(found).map((_, i) => [i, -1, i, 5]));
      // h5dump has no lzf.
      h5dump(path, ...(fixture.features.includes("lzf") ? ["-H"] : []));
    });
  });
});

/** What h5py does to a file: everything that changes its structures. */
const H5PY_EDITS = `
with h5py.File(args[0], "r+") as f:
    paths = []
    f.visititems(lambda path, item: paths.append(path))
    for path in paths:
        item = f[path]
        item.attrs["by h5py"] = np.arange(5)
        if isinstance(item, h5py.Dataset) and item.maxshape and None in item.maxshape:
            item.resize(item.shape[0] + 3, axis=item.maxshape.index(None))
        if isinstance(item, h5py.Dataset) and item.id.get_type().get_class() in (h5py.h5t.INTEGER, h5py.h5t.FLOAT) and item.size:
            item[...] = item[...] // 2
    f.attrs["text"] = "by h5py"
    group = f.create_group("by h5py")
    count = int(args[1])
    for i in range(count):
        group.create_dataset(f"{i}", data=np.full(20, i, "<i2"), chunks=(6,), compression="gzip", shuffle=True, fletcher32=True)
    for i in range(0, count, 3):
        del group[f"{i}"]
    group["texts"] = ["variable", "length"]
    group["self"] = f["/"]
`;

describe("a file of ours that h5py edits", () => {
  const edited = copiedFixtures().filter(({ libver }) => libver === "earliest");

  test.each(edited)("$name: we read it as h5py does", (fixture) => {
    inFolder((folder) => {
      const path = join(folder, `${fixture.name}.h5`);
      writeCopy(fixture, path);
      runPython(H5PY_EDITS, path, String(addedCount(fixtureModel(fixture.name))));
      const file = H5File.open(openPath(path, "r"));
      const found = modelOfFile(file);
      file.close();
      expect(found).toEqual(h5pyModel(path));
    });
  });
});
