// Files that the suite reads.
import { join } from "node:path";
import { root } from "../lib/process.mjs";

/** @returns paths: one with chunks for reading by ranges, one of more than 4 GiB that is nearly all hole. */
export async function makeFiles(folder) {
  const { File, slice } = await import(join(root, "dist/index.js"));
  const chunked = join(folder, "chunked.h5");
  const f = new File(chunked, "w");
  const data = Float32Array.from({ length: 1_000_000 }, (_, i) => i);
  f.createDataset("deep/values", { data: { data, shape: [1000, 1000] }, chunks: [100, 100], compression: "gzip" });
  f.close();
  const large = join(folder, "large.h5");
  const count = 4.5 * 2 ** 27;
  const g = new File(large, "w");
  g.createDataset("numbers", { shape: [count], dtype: "<f8" });
  g.getDataset("numbers").write(slice(count - 3, count), Float64Array.of(1, 2, 3));
  g.close();
  return { chunked, large };
}
