/** A thread of h5py's example `swmr_multiprocess`: one appends numbers, the others follow them. */
import { parentPort, workerData } from "node:worker_threads";
import { File } from "../../src/index.ts";

export interface ThreadData {
  readonly role: "writer" | "reader";
  readonly path: string;
  /** Blocks that are appended, of `step` numbers each. */
  readonly blocks: number;
  readonly step: number;
  readonly compressed: boolean;
}

const { role, path, blocks, step, compressed } = workerData as ThreadData;
const port = parentPort;
if (port === null) throw new Error("this is not a worker");

function write(): number {
  using file = new File(path, "w", { libver: "latest" });
  const data = file.createDataset("data", {
    shape: [0],
    maxshape: [null],
    chunks: [50],
    dtype: "<i4",
    ...(compressed ? { compression: "gzip", fletcher32: true } : {}),
  });
  file.swmrMode = true;
  port?.postMessage("begun");
  for (let block = 0; block < blocks; block++) {
    data.resize([(block + 1) * step]);
    const values = Int32Array.from({ length: step }, (_, i) => block * step + i);
    data.write(`${block * step}:`, values);
    data.flush();
  }
  return blocks * step;
}

async function read(): Promise<number> {
  using file = new File(path, "r", { swmr: true });
  let seen = 0;
  for await (const rows of file.get("data").follow({ interval: 1, timeout: 20_000 })) {
    if (rows.from !== seen) throw new Error(`row ${rows.from} follows row ${seen - 1}`);
    const { data } = rows.read();
    for (const value of data as Int32Array) if (value !== seen++) throw new Error(`row ${seen - 1} is ${value}`);
  }
  return seen;
}

port.postMessage(role === "writer" ? write() : await read());
