// A file of a gibibyte on disk: groups of small datasets, then a large one of compressed chunks.
import { deflateSync } from "node:zlib";
import { File } from "h5ts";

const CHUNK = 128;
/** Chunks of the large dataset in either dimension. */
const CHUNKS = 134;
export const GROUPS = 20;

/** A chunk of noise, which compresses badly: about 60 KiB. */
function storedChunk() {
  let random = 1;
  const values = Float32Array.from({ length: CHUNK * CHUNK }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return random / 2 ** 32;
  });
  return new Uint8Array(deflateSync(new Uint8Array(values.buffer), { level: 1 }));
}

/**
 * Makes the file at a path. Datasets are `runN/dM` and `run5/image`, of which `0:512, 0:512` is a mebibyte.
 *
 * @param {"earliest" | "latest"} libver
 */
export function makeLargeFile(path, libver) {
  const f = new File(path, "w", { libver });
  for (let g = 0; g < GROUPS; g++) {
    const group = f.createGroup(`run${g}`);
    group.attrs.set("name", `run ${g}`);
    for (let d = 0; d < 5; d++) group.set(`d${d}`, Int32Array.of(g, d));
  }
  const stored = storedChunk();
  const side = CHUNKS * CHUNK;
  const chunks = [CHUNK, CHUNK];
  const image = f.createDataset("run5/image", {
    shape: [side, side],
    maxshape: [null, side],
    dtype: "<f4",
    chunks,
    compression: "gzip",
  });
  for (let row = 0; row < side; row += CHUNK) {
    for (let column = 0; column < side; column += CHUNK) image.id.writeDirectChunk([row, column], stored);
  }
  f.close();
}
