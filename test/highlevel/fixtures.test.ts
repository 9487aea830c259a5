import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../src/base/text.ts";
import { Empty, File, type NDArray } from "../../src/index.ts";
import { fixtureModel, fixturePath, fixtures, type ModelValue } from "../support/fixture-model.ts";

/** References need the file to be told apart; filters and storage that are refused have tests of their own. */
const LEFT_OUT = ["references", "region-references", "szip", "scale-offset", "lzf", "virtual", "external-storage"];

/** Text that is not UTF-8 has such characters, and is told by its bytes. */
const ESCAPED_BYTE = /[\uDC80-\uDCFF](?<![\uD800-\uDBFF].)/;

/** Values as the fixtures' descriptions have them, without nesting. */
function flat(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  if (value instanceof Uint8Array) return [{ bytes: Buffer.from(value).toString("base64") }];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>).map(leaf);
  return [leaf(value)];
}

function leaf(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (typeof value === "string" && ESCAPED_BYTE.test(value)) {
    return { bytes: Buffer.from(encodeUtf8(value)).toString("base64") };
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, flat(item)]));
}

/** Members of the description are not nested either, then. */
function flatModel(value: ModelValue | undefined): unknown[] {
  if (Array.isArray(value)) return value.flatMap(flatModel);
  if (typeof value !== "object" || value === null || "bytes" in value) return [value];
  return [Object.fromEntries(Object.entries(value).map(([name, item]) => [name, flatModel(item)]))];
}

function values(result: unknown): unknown[] {
  if (result instanceof Empty) return [];
  if (typeof result !== "object" || result === null || !("stride" in result)) return flat(result);
  const { data } = result as NDArray;
  return ArrayBuffer.isView(data) ? Array.from(data as ArrayLike<unknown>).map(leaf) : flat(data);
}

describe("files of the C library", () => {
  const names = fixtures().filter(({ features }) => !features.some((feature) => LEFT_OUT.includes(feature)));

  test.each(names.map(({ name }) => name))("%s is read as h5py reads it", (name) => {
    using f = new File(fixturePath(`${name}.h5`));
    const { objects } = fixtureModel(name);
    for (const [path, model] of Object.entries(objects)) {
      const object = f.get(path);
      for (const [attribute, { values: expected }] of Object.entries(model.attributes)) {
        expect(values(object.attrs.get(attribute)), `${path}, ${attribute}`).toEqual(flatModel(expected ?? []));
      }
      if (model.kind !== "dataset") continue;
      expect(object.shape, path).toEqual(model.shape);
      expect(object.maxshape, path).toEqual(model.maxshape);
      expect(object.chunks, path).toEqual(model.chunks ?? null);
      expect(values(object.read()), path).toEqual(flatModel(model.values ?? []));
    }
  });
});
