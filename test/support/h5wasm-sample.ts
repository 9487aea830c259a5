/** A file by h5wasm, a build of the C library's version 2.0. */
import { type Dataset, File, type Group, type LIBVER_BOUND, ready } from "h5wasm/node";

await ready;

/** What h5wasm can make: it has neither arrays, complex numbers nor floating-point numbers of fewer than 4 bytes. */
export function writeWithH5wasm(path: string, lowBound: LIBVER_BOUND): void {
  const file = new File(path, "w", { libver: [lowBound, "latest"], track_order: true });
  const data = Int32Array.from({ length: 600 }, (_, i) => i * i);
  file.create_dataset({ name: "whole", data, shape: [20, 30] });
  const chunked = { data, shape: [20, 30], dtype: "<i4" as const };
  file.create_dataset({ ...chunked, name: "one chunk", chunks: [20, 30], maxshape: [20, 30] });
  file.create_dataset({ ...chunked, name: "fixed", chunks: [7, 8], compression: 5 });
  file.create_dataset({ ...chunked, name: "growing", chunks: [7, 8], maxshape: [null, 30], compression: "gzip" });
  file.create_dataset({
    ...chunked,
    name: "growing everywhere",
    chunks: [3, 4],
    maxshape: [null, null],
    compression: 1,
  });
  for (const dtype of ["<b", "<B", "<h", "<H", "<i", "<I", "<q", "<Q", "<f", "<d"] as const) {
    const numbers = dtype === "<q" || dtype === "<Q" ? BigInt64Array.of(1n, 2n, 100n) : [1, 2, 100];
    file.create_dataset({ name: `numbers ${dtype}`, data: numbers, dtype });
  }
  file.create_dataset({ name: "texts", data: ["a", "größer", "", "x".repeat(5000)] });
  file.create_dataset({ name: "fixed texts", data: ["ab", "abcde"], dtype: "S5" });
  file.create_dataset({ name: "scalar", data: 1.5 });
  const group = file.create_group("group", true);
  for (let i = 0; i < 40; i++) {
    group.create_group(`group ${i}`);
    file.create_attribute(`attribute ${i}`, Float64Array.of(i, -i));
  }
  (file.get("whole") as Dataset).create_attribute("text", "größer");
  (file.get("group") as Group).create_soft_link("/whole", "soft");
  (file.get("group") as Group).create_external_link("elsewhere.h5", "/x", "external");
  file.close();
}
