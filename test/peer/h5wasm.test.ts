import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { writeWithH5wasm } from "../support/h5wasm-sample.ts";
import { CORPUS } from "./corpus.ts";
import {
  expectAgreement,
  expectAgreementInCopies,
  expectAgreementInCorpus,
  expectAgreementInFixtures,
} from "./h5wasm-agreement.ts";
import { COMPLEX_CLASS, rawDataInH5wasm } from "./h5wasm-facts.ts";
import { inFolder } from "./peers.ts";

const OLD_INDEXES = {
  whole: "contiguous",
  "one chunk": "b-tree-v1",
  fixed: "b-tree-v1",
  growing: "b-tree-v1",
  "growing everywhere": "b-tree-v1",
};
const NEW_INDEXES = {
  whole: "contiguous",
  "one chunk": "single-chunk",
  fixed: "fixed-array",
  growing: "extensible-array",
  "growing everywhere": "b-tree-v2",
};

describe("version 2.0 of the C library finds what we find", () => {
  test("in the fixtures", expectAgreementInFixtures);

  test.runIf(existsSync(CORPUS))("in the files of the corpus that we read whole", () =>
    expectAgreementInCorpus(CORPUS),
  );

  test.each(["earliest", "v108", "v110", "v112", "v200"] as const)(
    "in what we write in the %s format",
    expectAgreementInCopies,
  );

  test.each([
    ["earliest", 3, OLD_INDEXES],
    ["v108", 3, OLD_INDEXES],
    ["v110", 4, NEW_INDEXES],
    ["v112", 4, NEW_INDEXES],
    ["v114", 4, NEW_INDEXES],
    ["v200", 5, NEW_INDEXES],
    ["latest", 5, NEW_INDEXES],
  ] as const)("in what it writes itself in the %s format", (lowBound, version, indexes) => {
    inFolder((folder) => {
      const path = join(folder, "theirs.h5");
      writeWithH5wasm(path, lowBound);
      expectAgreement([path], 200);
      const file = H5File.open(openPath(path, "r"));
      const layouts = Object.keys(indexes).map((name) => (resolveObject(file.root(), name) as DatasetObject).layout);
      file.close();
      const found = layouts.map((layout) => (layout.kind === "chunked" ? layout.indexing.type : layout.kind));
      expect(found).toEqual(Object.values(indexes));
      // Only chunks with filters may need sizes beyond those of version 4.
      expect(Math.max(...layouts.map((layout) => layout.version))).toBe(version);
    });
  });

  test("in small floating-point and in complex numbers, which h5wasm reads but cannot make", () => {
    inFolder((folder) => {
      const path = join(folder, "numbers.h5");
      const file = H5File.create(openPath(path, "w"), { lowBound: "v200" });
      for (const [name, datatype] of NEW_NUMBERS) {
        const dataspace = { kind: "simple", version: 2, dims: [4], maxDims: [4], maxDimsStored: false } as const;
        const dataset = createDataset(file, { datatype, dataspace, layout: { kind: "contiguous" } });
        file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
        dataset.writeBytes(patternOf(4 * datatype.size));
      }
      file.close();
      const expected = NEW_NUMBERS.map(([name, datatype]) => [
        name,
        {
          class: datatype.class === "complex" ? COMPLEX_CLASS : 1,
          bytes: Buffer.from(patternOf(4 * datatype.size)).toString("base64"),
        },
      ]);
      expect(rawDataInH5wasm(path)).toEqual(Object.fromEntries(expected));
    });
  });
});

const NAMES_OF_NEW_NUMBERS = [
  "IEEE_F16LE",
  "FLOAT_BFLOAT16LE",
  "FLOAT_F8E4M3",
  "FLOAT_F8E5M2",
  "COMPLEX_IEEE_F16LE",
  "COMPLEX_IEEE_F32LE",
  "COMPLEX_IEEE_F64LE",
] as const;
const NEW_NUMBERS = NAMES_OF_NEW_NUMBERS.map((name) => [name, PREDEFINED[name]] as const);

function patternOf(byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => 17 * i + 3);
}
