/**
 * Who may import whom: arrows go up this table only.
 *
 * `npm run check:imports` holds it; test/house/import-rules.test.ts shows that it can fail.
 */
const floors = {
  base: [],
  format: ["base"],
  filters: ["base"],
  io: ["base"],
  engine: ["base", "format", "filters", "io"],
  lowlevel: ["base", "format", "filters", "io", "engine"],
  highlevel: ["base", "format", "filters", "io", "engine", "lowlevel"],
  core: ["base", "format", "filters", "io", "engine"],
  read: ["base", "format", "filters", "io", "engine", "lowlevel", "highlevel"],
  parallel: ["base", "format", "filters", "io", "engine", "lowlevel"],
  tools: ["base", "format", "filters", "io", "engine", "lowlevel", "highlevel", "parallel"],
};

const floorRules = Object.entries(floors).map(([floor, below]) => ({
  name: `floor-${floor}`,
  comment: `src/${floor} leans on ${below.length === 0 ? "nothing" : below.join(", ")}`,
  severity: "error",
  from: { path: `^src/${floor}/` },
  to: { path: "^src/", pathNot: `^src/(${[floor, ...below].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "entries-know-no-tools",
      comment: "The package's main entry is for every runtime; the command line is for Node.",
      severity: "error",
      from: { path: "^src/[^/]+[.]ts$" },
      to: { path: "^src/tools/" },
    },
    {
      name: "no-circles",
      comment: "Circles of types alone are gone at run time.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-platform",
      comment:
        "Modules of Node are imported by the command line alone; elsewhere they are asked for at run time, by io's adapters.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(tools/|io/file-)" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "few-packages",
      comment: "What is bundled: fflate for deflate, commander for the command line.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "node_modules/", pathNot: "node_modules/(fflate|commander)/" },
    },
    {
      name: "fflate-in-filters",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/filters/" },
      to: { path: "node_modules/fflate/" },
    },
    {
      name: "commander-in-tools",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/tools/" },
      to: { path: "node_modules/commander/" },
    },
    {
      name: "no-test-code",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|examples|scripts)/" },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: { path: "^src/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types count: a floor that knows another's types knows the floor.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
