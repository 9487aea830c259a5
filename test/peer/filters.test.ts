import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { LZF_ID } from "../../src/filters/lzf.ts";
import { openPath } from "../../src/io/path-source.ts";
import { CODED_CHUNKS, type CodedChunk } from "../filters/coded-chunks.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

/** What h5py reads of every dataset, as the bytes of its file datatype in hexadecimal. */
const READ_ALL = `
from h5py import h5d, h5s
file = h5py.File(args[0], "r")
for name in sorted(file, key=int):
    dataset = file[name].id
    data = np.zeros(dataset.get_type().get_size() * int(np.prod(dataset.shape)), "u1")
    dataset.read(h5s.ALL, h5s.ALL, data, mtype=dataset.get_type())
    print(data.tobytes().hex())
`;

/** A dataset for each chunk, named by its number. */
function writeChunks(path: string, chunks: readonly CodedChunk[]): void {
  const file = H5File.create(openPath(path, "w"));
  chunks.forEach(({ datatype, chunkDims, fillValue, filter, userValues, written }, i) => {
    const dataset = createDataset(file, {
      datatype,
      dataspace: { kind: "simple", version: 1, dims: chunkDims, maxDims: chunkDims, maxDimsStored: false },
      layout: { kind: "chunked", chunkDims },
      filters: [{ ...filter, flags: 1, clientData: userValues }],
      ...(fillValue === undefined ? {} : { fillValue }),
    });
    file.root().insertLink(`${i}`, { kind: "hard", objectHeaderAddress: dataset.address });
    dataset.writeBytes(written);
  });
  file.close();
}

describe("chunks that we encode", () => {
  test("are read by h5py as it reads those of the C library", () => {
    inFolder((folder) => {
      const path = join(folder, "filters.h5");
      writeChunks(path, CODED_CHUNKS);
      const read = runPython(READ_ALL, path).trimEnd().split("\n");
      CODED_CHUNKS.forEach(({ name, data }, i) => {
        expect(`${name}: ${read[i]}`).toBe(`${name}: ${Buffer.from(data).toString("hex")}`);
      });
    });
  });

  test("are printed by h5dump, which knows all filters but LZF", () => {
    inFolder((folder) => {
      const path = join(folder, "filters.h5");
      writeChunks(
        path,
        CODED_CHUNKS.filter(({ filter }) => filter.id !== LZF_ID),
      );
      const dump = h5dump(path, "-p");
      for (const name of ["NBIT", "SZIP", "SCALEOFFSET { MIN BITS 0 }"]) expect(dump).toContain(`COMPRESSION ${name}`);
    });
  });
});
