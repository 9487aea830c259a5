import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";
import { lazyModule } from "./scripts/lib/lazy-module.mjs";
import { pureModules } from "./scripts/lib/pure-modules.mjs";
import { smallerPlugin } from "./scripts/lib/smaller.mjs";
import { core, reader } from "./scripts/shaking/programs.mjs";

/** The entries of the package's `exports`. */
const entries = {
  index: "src/index.ts",
  "lowlevel/index": "src/lowlevel/index.ts",
  "format/index": "src/format/index.ts",
  "io/index": "src/io/index.ts",
  "parallel/index": "src/parallel/index.ts",
  "parallel/worker": "src/parallel/worker.ts",
};

/**
 * No entry of the package, but a file of its own: what the pool of workers needs of the engine is then apart from what ranks
 * need, which is all of it, and a bundler can leave that out.
 */
const parts = { "parallel/operations": "src/parallel/operations.ts" };

/** Built apart: the same sources, as far as programs that use them can reach. */
const shaken = { "read/index": reader, "core/index": core };

const shakenEntries = Object.fromEntries(Object.entries(shaken).map(([name, { entry }]) => [name, entry]));

/** The tables that fflate makes as it is loaded take longer than all else that is done at an import. */
const deflate = lazyModule("fflate", ["Inflate", "unzlibSync", "zlibSync"]);
const inflate = lazyModule("fflate", ["Inflate", "unzlibSync"]);
const pure = pureModules(fileURLToPath(new URL("src/", import.meta.url)));

/** Names stay, so that a stack trace can be read; blanks and comments go. The readers, which have to be small, have maps. */
const shared = {
  format: "esm",
  target: "es2022",
  outDir: "dist",
  splitting: true,
  esbuildOptions: (options: { minifyWhitespace?: boolean; minifySyntax?: boolean; lineLimit?: number }) => {
    options.minifyWhitespace = true;
    // A runtime shows the line of an uncaught error: it must not be the whole file.
    options.lineLimit = 160;
    options.minifySyntax = true;
  },
} as const;

export default defineConfig([
  {
    ...shared,
    name: "library",
    entry: { ...entries, ...parts },
    platform: "neutral",
    esbuildPlugins: [pure, deflate],
    dts: { entry: { ...entries, ...shakenEntries }, compilerOptions: { ignoreDeprecations: "6.0" } },
  },
  ...Object.entries(shaken).map(([name, program]) => ({
    ...shared,
    name,
    entry: { [name]: program.entry },
    platform: "neutral" as const,
    splitting: false,
    // Small on the way and soon compiled; who looks for a place in the sources has the map.
    minify: true,
    sourcemap: true,
    esbuildPlugins: [program.plugin(), inflate],
    plugins: [smallerPlugin()],
  })),
  {
    ...shared,
    name: "command line",
    entry: { cli: "src/tools/cli.ts" },
    platform: "node",
    esbuildPlugins: [deflate],
    // CommonJS packages in the bundle ask for Node's modules with `require`.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(import.meta.url);',
    },
  },
]);
