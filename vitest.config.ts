import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Tests and examples import the package by its name and get the sources. */
const alias = [
  { find: /^h5ts$/, replacement: source("index.ts") },
  { find: /^h5ts\/(\w+)$/, replacement: `${source("")}$1/index.ts` },
];

/** Every test starts processes of the peers, or has a C library in its own, which is to know nothing of other files' tests. */
const peerTests = {
  testTimeout: 120_000,
  // "::" is no plug-ins: the C library is to have the filters that it always has, whatever is installed.
  env: { HDF5_PLUGIN_PRELOAD: "::" },
};

/** An older h5wasm takes the place of the one that is installed under that name. */
const older = fileURLToPath(new URL("test/peer/version-1.14/h5wasm.ts", import.meta.url));

export default defineConfig({
  test: {
    // One worker a core, where vitest would leave a core to itself.
    maxWorkers: "100%",
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/peer/**"],
          testTimeout: 30_000,
          // A process runs many files of tests: half of the time would go to loading the sources for each.
          isolate: false,
          setupFiles: ["test/support/as-if-alone.ts"],
        },
      },
      {
        resolve: { alias },
        test: {
          name: "peer",
          include: ["test/peer/**/*.test.ts"],
          exclude: ["test/peer/version-1.14/**"],
          ...peerTests,
        },
      },
      {
        resolve: { alias: [...alias, { find: /^h5wasm\/node$/, replacement: older }] },
        test: {
          name: "peer-1.14",
          include: ["test/peer/version-1.14/*.test.ts"],
          ...peerTests,
          env: { ...peerTests.env, H5TS_H5WASM: "1.14" },
        },
      },
    ],
  },
});
