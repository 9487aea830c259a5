import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CORPUS } from "../corpus.ts";
import { expectAgreementInCopies, expectAgreementInCorpus, expectAgreementInFixtures } from "../h5wasm-agreement.ts";
import { IS_VERSION_1_14 } from "../h5wasm-facts.ts";
import { COUNT, checkAll, GROWN, RELAYED, SEED, TIME } from "../trees/check-all.ts";
import { checkTree } from "../trees/check-tree.ts";
import { PythonPeer } from "../trees/python-peer.ts";
import { checkRelay } from "../trees/relay.ts";

/** Those that version 1.14 knows. */
const BOUNDS = ["earliest", "v108", "v110", "v112", "v114"] as const;

let python: PythonPeer;

beforeAll(() => {
  expect(IS_VERSION_1_14).toBe(true);
  python = new PythonPeer();
});

afterAll(() => python.close());

describe("version 1.14 of the C library finds what we find", () => {
  test("in the fixtures", expectAgreementInFixtures);

  test.runIf(existsSync(CORPUS))("in the files of the corpus that we read whole", () =>
    expectAgreementInCorpus(CORPUS),
  );

  test.each(BOUNDS)("in what we write in the %s format", expectAgreementInCopies);
});

describe(`random trees, ${COUNT} from seed ${SEED}`, () => {
  test("h5ts grows and changes them: version 1.14 finds what the model has", TIME, () =>
    checkAll({ ...GROWN, bounds: BOUNDS }, (tree, folder) => checkTree(tree, { python, folder, hasH5wasm: true })),
  );

  test("h5ts and version 1.14 change them by turns: both, and h5py, find what the model has", TIME, () =>
    checkAll({ ...RELAYED, bounds: BOUNDS }, (tree, folder, seed) =>
      checkRelay(tree, seed % 2 === 0 ? ["h5ts", "h5wasm"] : ["h5wasm", "h5ts"], python, folder),
    ),
  );
});
