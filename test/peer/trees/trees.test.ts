import { afterAll, beforeAll, describe, test } from "vitest";
import { COUNT, checkAll, GROWN, RELAYED, SEED, TIME } from "./check-all.ts";
import { checkTree } from "./check-tree.ts";
import { PythonPeer } from "./python-peer.ts";
import { checkRelay } from "./relay.ts";

/** Version 2.0 of the C library is the other hand. */
const WITH_VERSION_2 = { ...RELAYED, bounds: GROWN.bounds };

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

describe(`random trees, ${COUNT} from seed ${SEED}`, () => {
  test("h5ts grows and changes them: h5py or h5wasm, h5dump, h5repack and h5diff find what the model has", TIME, () =>
    checkAll(GROWN, (tree, folder) => checkTree(tree, { python, folder })),
  );

  test("h5ts and h5py change them by turns: both find what the model has", TIME, () =>
    checkAll(RELAYED, (tree, folder, seed) =>
      checkRelay(tree, seed % 2 === 0 ? ["h5ts", "h5py"] : ["h5py", "h5ts"], python, folder),
    ),
  );

  test("h5ts and h5wasm change them by turns: both, and h5py, find what the model has", TIME, () =>
    checkAll(WITH_VERSION_2, (tree, folder, seed) =>
      checkRelay(tree, seed % 2 === 0 ? ["h5ts", "h5wasm"] : ["h5wasm", "h5ts"], python, folder),
    ),
  );
});
