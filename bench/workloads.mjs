// The h5ts side of the workloads, a process each: node bench/workloads.mjs NAME FILE
//
// Prints {"seconds", "peakBytes", "check"} as JSON. bench/workloads.py does the same things with h5py, and `check` must agree.
import { File, slice } from "h5ts";

/** Each takes an open file, and gives a number that shows that the work was done. */
const workloads = {
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
};

const last = (data) => Number(data[data.length - 1]);

const [name, path] = process.argv.slice(2);
const before = process.resourceUsage().maxRSS;
const start = performance.now();
const file = new File(path, "r");
const check = workloads[name](file);
file.close();
const seconds = (performance.now() - start) / 1000;
const peakBytes = (process.resourceUsage().maxRSS - before) * 1024;
console.log(JSON.stringify({ seconds, peakBytes, check }));
