// The h5ts side of the workloads, a process each: node bench/workloads.mjs NAME FILE [FILE ...]
//
// Prints {"seconds", "processorSeconds", "peakBytes", "check"} as JSON. bench/workloads.py does the same things with h5py, and `check` must agree.
// Further files are read first in the same way, which is not measured.
import { rmSync, statSync } from "node:fs";
import { compoundDtype, File, fromColumns, slice, stringDtype, vlenDtype } from "h5ts";
import { readParallel, WorkerPool, writeParallel } from "h5ts/parallel";

/** Corners of chunks, the same as in workloads.py. */
function cornersOf(chunks, edge) {
  let state = 1;
  return () => {
    state = (state * 69069 + 1) % 2 ** 31;
    return ((state >> 8) % chunks) * edge;
  };
}

function listNames(file) {
  const names = [...file.getGroup("group").keys()];
  return names.length + names[777].length;
}

function openMembers(file) {
  const group = file.getGroup("group");
  let sum = 0;
  for (const name of group.keys()) sum += group.getDataset(name).shape[0];
  return sum;
}

function readRandom(file) {
  const dataset = file.getDataset("data");
  const [edge] = dataset.chunks;
  const next = cornersOf(dataset.shape[0] / edge, edge);
  let sum = 0;
  for (let i = 0; i < 100; i++) {
    const row = next();
    const column = next();
    sum += Number(dataset.read([slice(row, row + edge), slice(column, column + edge)]).data[0]);
  }
  return sum;
}

const indexes = ["b-tree-v1", "implicit", "fixed-array", "extensible-array", "b-tree-v2"];

/** Each takes an open file, and gives a number that shows that the work was done. */
const readers = {
  contiguous: (file) => last(file.getDataset("data").read().data),
  "chunked-plain": (file) => last(file.getDataset("data").read().data),
  "chunked-deflate": (file) => last(file.getDataset("data").read().data),
  slices(file) {
    const dataset = file.getDataset("data");
    const [rows, columns] = dataset.shape;
    let sum = 0;
    for (let column = 0; column < columns; column += 64) {
      sum += last(dataset.read([slice(0, rows), column]).data);
    }
    return sum;
  },
  list(file) {
    let count = 0;
    file.visitItems((_, object) => {
      count += object.attrs.length;
      if ("shape" in object) count += object.shape.length;
    });
    return count;
  },
  strings: (file) => file.getDataset("data").read().data.length,
  sequences: (file) => file.getDataset("data").read().data.length,
  async "pool-read"(file) {
    const pool = new WorkerPool();
    const { data } = await readParallel(file.getDataset("data"), undefined, { pool });
    pool.close();
    return last(data);
  },
  "names-earliest": listNames,
  "names-latest": listNames,
  "open-earliest": openMembers,
  "open-latest": openMembers,
  ...Object.fromEntries(
    indexes.flatMap((index) => [
      [`random-${index}`, readRandom],
      [`all-${index}`, (file) => last(file.getDataset("data").read().data)],
    ]),
  ),
};

const last = (data) => Number(data[data.length - 1]);

const deflated = {
  shape: [2 ** 15, 1024],
  chunks: [128, 1024],
  compression: "gzip",
  compressionOpts: 4,
  shuffle: true,
};

function numbersToDeflate() {
  return Float64Array.from({ length: 2 ** 25 }, (_, i) => Math.round(Math.sin(i * 1e-3) * 1e5) / 100);
}

const RECORDS = 1_000_000;

function texts(count) {
  return Array.from({ length: count }, (_, i) => `station ${i} of ${(i * 7) % 1000}`);
}

/** Each prepares what is to be written, and gives the function that writes it to a new file. */
const writers = {
  "write-rows": () => (file) => {
    const options = { shape: [0, 8], maxshape: [null, 8], chunks: [1024, 8], dtype: "<f8" };
    const dataset = file.createDataset("data", options);
    const row = Float64Array.from({ length: 8 }, (_, i) => i);
    for (let i = 0; i < 100_000; i++) {
      dataset.resize([i + 1, 8]);
      row[0] = i;
      dataset.write([i], row);
    }
  },
  "write-small": () => (file) => {
    const data = Float64Array.from({ length: 10 }, (_, i) => i);
    for (let i = 0; i < 10_000; i++) file.createDataset(`dataset ${String(i).padStart(5, "0")}`, { data });
  },
  "write-small-chunked": () => (file) => {
    const data = Float64Array.from({ length: 100 }, (_, i) => i);
    const options = { data, chunks: [50], maxshape: [null] };
    for (let i = 0; i < 5_000; i++) file.createDataset(`dataset ${String(i).padStart(5, "0")}`, options);
  },
  "write-contiguous": () => {
    const data = Float64Array.from({ length: 2 ** 26 }, (_, i) => i);
    return (file) => file.createDataset("data", { data });
  },
  "write-deflate": () => {
    const data = numbersToDeflate();
    return (file) => file.createDataset("data", { ...deflated, data });
  },
  "write-strings": () => {
    const data = texts(RECORDS);
    return (file) => file.createDataset("data", { data, dtype: stringDtype() });
  },
  "append-strings": () => (file) => {
    const options = { shape: [0], maxshape: [null], chunks: [1000], dtype: stringDtype() };
    const dataset = file.createDataset("data", options);
    for (let i = 0; i < 10_000; i++) {
      dataset.resize([i + 1]);
      dataset.write([i], `line ${i} of the log`);
    }
  },
  "write-sequences": () => {
    const data = Array.from({ length: 200_000 }, (_, i) => Int32Array.from({ length: i % 20 }, (_, j) => j));
    return (file) => file.createDataset("data", { data, shape: [data.length], dtype: vlenDtype("<i4") });
  },
  "write-columns": () => {
    const data = fromColumns({
      id: Int32Array.from({ length: RECORDS }, (_, i) => i),
      x: Float64Array.from({ length: RECORDS }, (_, i) => i / 2),
      name: Array.from({ length: RECORDS }, (_, i) => `n${i % 10_000}`),
    });
    const dtype = compoundDtype({ id: "<i4", x: "<f8", name: stringDtype({ length: 8, encoding: "ascii" }) });
    return (file) => file.createDataset("data", { data, dtype });
  },
  "write-halves": () => {
    const data = Float32Array.from({ length: 10_000_000 }, (_, i) => i % 1000);
    return (file) => file.createDataset("data", { data, dtype: "<f2" });
  },
  "pool-write": () => {
    const data = numbersToDeflate();
    return async (file) => {
      const pool = new WorkerPool();
      const dataset = file.createDataset("data", { ...deflated, dtype: "<f8" });
      await writeParallel(dataset, null, { data, shape: deflated.shape }, { pool });
      pool.close();
    };
  },
};

/**
 * Of which most time would go to a machine that finds memory for the file: written once before, which is not measured, they get
 * the memory of the file that is removed.
 */
const filesMemory = ["write-contiguous"];

const [name, path, ...before] = process.argv.slice(2);
for (const each of before) {
  const file = new File(each, "r");
  await readers[name](file);
  file.close();
}
const write = writers[name]?.();
const work = async () => {
  const file = new File(path, write === undefined ? "r" : "w");
  const found = await (write === undefined ? readers[name](file) : write(file));
  file.close();
  return found;
};
if (write !== undefined) {
  if (filesMemory.includes(name)) await work();
  rmSync(path, { force: true });
}
// Node loads its clock with its first use.
performance.now();
const residentBefore = process.resourceUsage().maxRSS;
const processor = process.cpuUsage();
const start = performance.now();
const found = await work();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(processor);
const processorSeconds = (user + system) / 1e6;
const peakBytes = (process.resourceUsage().maxRSS - residentBefore) * 1024;
// What was written is judged by its size, to a few percent: no two makes of deflate pack alike.
const check = write === undefined ? found : Math.round(Math.log10(statSync(path).size) * 20);
console.log(JSON.stringify({ seconds, processorSeconds, peakBytes, check }));
