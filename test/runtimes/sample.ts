/** A file with something of every kind, made by the facade. */
import { File, h5t, SoftLink } from "h5ts";

export function sampleBytes(libver: "earliest" | "latest"): Uint8Array<ArrayBuffer> {
  const f = new File(new Uint8Array(0), "w", { libver });
  const data = Float32Array.from({ length: 6000 }, (_, i) => Math.fround(Math.sin(i) * 100));
  const shaped = { data, shape: [60, 100] };
  f.createDataset("contiguous", { data: shaped });
  f.createDataset("gzip", { data: shaped, chunks: [16, 32], compression: "gzip", shuffle: true, fletcher32: true });
  f.createDataset("lzf", { data: shaped, chunks: [16, 32], compression: "lzf" });
  f.createDataset("szip", { data: shaped, chunks: [16, 32], compression: "szip" });
  f.createDataset("growing", { data: shaped, chunks: [16, 32], maxshape: [null, null] });
  const numbers = Int32Array.from({ length: 1000 }, (_, i) => (i * i) % 977);
  f.createDataset("scaled", { data: numbers, chunks: [100], scaleoffset: 0 });
  f.createDataset("wide", { data: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n) });
  f.set("texts", ["one", "zwei", "三"]);
  f.set("type", h5t.STD_I16BE);
  f.set("group/scalar", 1.5);
  f.set("group/soft", new SoftLink("/gzip"));
  f.attrs.set("list", [1, 2, 3]);
  f.attrs.set("text", "grüße");
  const bytes = f.toBytes();
  f.close();
  return bytes;
}
