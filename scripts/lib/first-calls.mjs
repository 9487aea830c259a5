// Which functions of the built package a program calls that opens a file and reads: node scripts/lib/first-calls.mjs DIST
//
// Prints as JSON, for each file of dist/, where those functions begin that are called with most of a few small files.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [dist] = process.argv.slice(2);
const urlOf = (path) => pathToFileURL(join(dist, path)).href;
const main = await import(urlOf("index.js"));
const { h5d, h5p, h5s, h5t } = await import(urlOf("lowlevel/index.js"));
const reader = await import(urlOf("read/index.js"));
const core = await import(urlOf("core/index.js"));

const SIZE = 64;
const data = Float64Array.from({ length: SIZE * SIZE }, (_, i) => i);
const shape = [SIZE, SIZE];
const chunks = [8, 8];

/** As chunks are found in ways of their own. */
const STORAGES = [
  ["earliest", { chunks }],
  ["latest", { chunks }],
  ["latest", { chunks, maxshape: [null, SIZE] }],
  ["latest", { chunks, maxshape: [null, null] }],
  ["latest", { chunks, compression: "gzip" }],
  ["earliest", {}],
];

/** Chunks that are allocated at once need no index. */
function addUnindexed(file) {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk(chunks);
  dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
  h5d.create(file.id, "data", h5t.IEEE_F64LE, h5s.createSimple(shape), dcpl);
  file.getDataset("data").write(null, { data, shape });
}

/**
 * With how many of the samples a function must be called. One that a program does not call costs it more than it spares
 * the others: `h5ts/read` and `h5ts/core` are there for those that start fast, and have none of these. Methods cost a little more,
 * and more bytes, so that the smallest has functions alone.
 */
const programs = [
  { open: (path) => new main.File(path, "r"), slice: main.slice, least: 5 },
  { open: (path) => new reader.File(path, "r"), slice: reader.slice, least: STORAGES.length + 1 },
  {
    open: (path) => new core.File(core.openPath(path, "r")),
    slice: core.slice,
    least: STORAGES.length + 1,
    functionsAlone: true,
  },
];

function makeFiles(folder) {
  const makers = STORAGES.map(([libver, storage]) => ({
    libver,
    make: (file) => file.createDataset("data", { data, shape, ...storage }),
  }));
  return [...makers, { libver: "latest", make: addUnindexed }].map(({ libver, make }, i) => {
    const path = join(folder, `sample-${i}.h5`);
    const file = new main.File(path, "w", { libver });
    make(file);
    file.close();
    return path;
  });
}

/** What the first lines of a program do with a dataset. */
function readSome({ open, slice }, path) {
  const file = open(path);
  const dataset = file.get("data");
  if (dataset.shape.length !== shape.length) throw new Error("not what was written");
  for (const row of [8, 40, 0]) dataset.read([slice(row, row + 8), slice(8, 16)]);
  dataset.read();
  file.close();
}

/** Where functions begin that were called since the last time, each a path in dist/ and an offset. */
async function callsIn(session) {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const ours = result.filter(({ url }) => url.startsWith(pathToFileURL(dist).href));
  return ours.flatMap(({ url, functions }) =>
    functions
      .filter(({ ranges: [{ count }] }) => count > 0)
      .map(({ ranges: [{ startOffset }] }) => [fileURLToPath(url), startOffset]),
  );
}

const texts = new Map();

/** Whether what begins there is a function, no method. */
function isFunction(path, startOffset) {
  if (!texts.has(path)) texts.set(path, readFileSync(path, "utf8"));
  return texts.get(path).startsWith("function", startOffset);
}

const folder = mkdtempSync(join(tmpdir(), "h5ts-build-"));
const session = new Session();
session.connect();
try {
  const paths = makeFiles(folder);
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const found = {};
  for (const program of programs) {
    const counts = new Map();
    for (const path of paths) {
      readSome(program, path);
      for (const call of await callsIn(session)) {
        const key = JSON.stringify(call);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    for (const [key, count] of counts) {
      const [path, startOffset] = JSON.parse(key);
      if (count < program.least || (program.functionsAlone && !isFunction(path, startOffset))) continue;
      found[path] ??= [];
      found[path].push(startOffset);
    }
  }
  console.log(JSON.stringify(found));
} finally {
  session.disconnect();
  rmSync(folder, { recursive: true });
}
