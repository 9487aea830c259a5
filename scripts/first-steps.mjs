// What most programs do first, for the build to see which functions that takes: node scripts/first-steps.mjs make|read FOLDER
//
// "make" writes files, "read" opens them and reads: groups and attributes of both formats, contiguous data, boxes of chunks of
// every index, a whole dataset through deflate and shuffle.
import { join } from "node:path";
import { File, slice } from "../dist/index.js";
import { h5d, h5p, h5s, h5t } from "../dist/lowlevel/index.js";

const [work, folder] = process.argv.slice(2);

const EDGE = 80;
const CHUNK = 2;

/** Sizes that datasets can grow to; which index chunks have depends on them. */
const maxDims = {
  fixed: null,
  oneUnlimited: [h5s.UNLIMITED, EDGE],
  allUnlimited: [h5s.UNLIMITED, h5s.UNLIMITED],
};

function makeChunks(file, name, max, isEarly) {
  const list = h5p.create(h5p.DATASET_CREATE);
  list.setChunk([CHUNK, CHUNK]);
  if (isEarly) list.setAllocTime(h5d.ALLOC_TIME_EARLY);
  h5d.create(file.id, name, h5t.STD_I32LE, h5s.createSimple([EDGE, EDGE], max), list).close();
  file
    .getDataset(name)
    .write(null, { data: Int32Array.from({ length: EDGE * EDGE }, (_, i) => i), shape: [EDGE, EDGE] });
}

function make(libver) {
  const file = new File(join(folder, `${libver}.h5`), "w", { libver });
  const group = file.createGroup("group");
  group.attrs.set("name", "of a group");
  group.createDataset("numbers", { data: Float64Array.from({ length: 100 }, (_, i) => i) }).attrs.set("scale", 2.5);
  for (const [name, max] of Object.entries(maxDims)) makeChunks(file, name, max, false);
  makeChunks(file, "early", null, true);
  const data = Float32Array.from({ length: 10_000 }, (_, i) => i);
  file.createDataset("deflated", { data, chunks: [1000], compression: "gzip", shuffle: true });
  file.close();
}

function read(libver) {
  const file = new File(join(folder, `${libver}.h5`), "r");
  const group = file.getGroup("group");
  if (group.attrs.get("name") !== "of a group") throw new Error("another attribute");
  if (group.getDataset("numbers").read().data[99] !== 99) throw new Error("other numbers");
  for (const name of [...Object.keys(maxDims), "early"]) {
    const dataset = file.getDataset(name);
    for (let row = 0; row < dataset.shape[0]; row += 16) {
      if (dataset.read([slice(row, row + 2), slice(4, 6)]).data[0] !== row * EDGE + 4) throw new Error(`other ${name}`);
    }
  }
  if (file.get("deflated").read().data.length !== 10_000) throw new Error("not all");
  file.close();
}

for (const libver of ["earliest", "latest"]) {
  if (work === "make") make(libver);
  else read(libver);
}
