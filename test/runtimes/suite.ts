/**
 * What is to work alike in every runtime. Built into one file and run in each by scripts/runtimes.mjs; nothing here is of
 * a platform but what all of them have.
 */
import { File, type FileMode, openAsync } from "h5ts";
import * as core from "h5ts/core";
import { readParallel, WorkerPool, writeParallel } from "h5ts/parallel";
import * as reader from "h5ts/read";
import { contentsDigest } from "./contents.ts";
import { largeFile } from "./large-file.ts";
import { sampleBytes } from "./sample.ts";

/** What a runtime has. */
export interface Place {
  /** Where the test server is. */
  readonly server: string;
  /** A folder for files by path; undefined where there are none. */
  readonly folder?: string | undefined;
  /** A file of the origin private file system, opened for `new File`; undefined where there are none. */
  readonly openPrivate?: ((name: string) => Promise<ConstructorParameters<typeof File>[0]>) | undefined;
  /** A file that the user has chosen. */
  readonly chosen?: Blob | undefined;
  /** The script of workers; undefined where there are none. */
  readonly workers?: string | undefined;
  /** A sparse file of more than 4 GiB, whose end is a dataset; undefined where there is none. */
  readonly large?: Blob | undefined;
}

export interface Result {
  readonly name: string;
  /** undefined: passed. Text: what went wrong. null: the runtime does not have what this is about. */
  readonly failure: string | null | undefined;
  readonly milliseconds: number;
  /** What must be the same in every runtime. */
  readonly digest?: string | undefined;
}

type Check = (place: Place) => Promise<string | undefined>;

/** A thing that a runtime does not have. */
class Absent extends Error {}

function need<T>(part: T | undefined): T {
  if (part === undefined) throw new Absent();
  return part;
}

function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) throw new Error(`${what}: ${String(actual)} in place of ${String(expected)}`);
}

async function fetched(place: Place, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`${place.server}/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A whole life of a file: made, closed, edited, closed, read. */
function lifeOf(open: (mode: FileMode) => File): void {
  const made = open("w");
  made.createDataset("rows", { shape: [0, 3], maxshape: [null, 3], dtype: "<f8", chunks: [4, 3], compression: "gzip" });
  made.attrs.set("text", "grüße");
  made.close();
  const edited = open("r+");
  const rows = edited.getDataset("rows");
  for (let i = 0; i < 10; i++) {
    rows.resize([i + 1, 3]);
    rows.write([i], [i, i + 0.25, i + 0.5]);
  }
  edited.createGroup("later/still");
  edited.close();
  const read = open("r");
  const { data } = read.getDataset("rows").read<{ data: Float64Array }>();
  expectSame("elements", data.length, 30);
  for (let i = 0; i < 10; i++) expectSame(`row ${i}`, data[3 * i + 2], i + 0.5);
  expectSame("attribute", read.attrs.get("text"), "grüße");
  expectSame("group", read.has("later/still"), true);
  read.close();
}

const CHECKS: Readonly<Record<string, Check>> = {
  "reads all fixtures from memory": async (place) => {
    const index = new TextDecoder().decode(await fetched(place, "index.json"));
    const pack = await fetched(place, "fixtures.pack");
    const digests: string[] = [];
    for (const { name, start, end } of JSON.parse(index) as { name: string; start: number; end: number }[]) {
      digests.push(await contentsDigest(name, pack.slice(start, end)));
    }
    return digests.join("");
  },
  "writes every kind of file in memory": async (place) => {
    for (const libver of ["earliest", "latest"] as const) {
      const bytes = sampleBytes(libver);
      await contentsDigest(libver, bytes);
      await fetch(`${place.server}/written-${libver}.h5`, { method: "POST", body: bytes });
    }
    return contentsDigest("both", sampleBytes("earliest"));
  },
  "edits a file in memory": async () => {
    let bytes = new Uint8Array(0);
    lifeOf((mode) => {
      const f = new File(bytes, mode);
      const close = f.close.bind(f);
      f.close = () => {
        bytes = f.toBytes();
        close();
      };
      return f;
    });
    return undefined;
  },
  "reads a URL by ranges": async (place) => {
    const f = await openAsync(`${place.server}/chunked.h5`, { pageSize: 4096, headSize: 4096 });
    const { data } = await (await f.get("deep/values")).read<{ data: Float32Array }>("500:502, 10:12");
    expectSame("values", [...data].join(), [500_010, 500_011, 501_010, 501_011].join());
    const { requests, bytes } = f.statistics;
    if (requests < 2 || bytes > 400_000) throw new Error(`${bytes} bytes in ${requests} requests`);
    await f.close();
    return undefined;
  },
  "reads large chunks that arrive later": async () => {
    const f = new File(new Uint8Array(0), "w");
    const data = Float32Array.from({ length: 1 << 17 }, (_, i) => Math.fround(Math.sin(i) * 100));
    const options = { chunks: [1 << 15], compression: "gzip", shuffle: true } as const;
    f.createDataset("large", { data, ...options });
    const bytes = f.toBytes();
    const late = await openAsync(bytes);
    const read = await (await late.get("large")).read<{ data: Float32Array }>();
    expectSame("values", read.data.join(), data.join());
    await late.close();
    bytes.fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
    const damaged = await openAsync(bytes);
    const failure = await (await damaged.get("large")).read().then(String, String);
    expectSame("failure", failure.includes("inflate() failed"), true);
    await damaged.close();
    return undefined;
  },
  "reads with the reader alone": async (place) => {
    const selection = "500:502, 10:12";
    const values = [500_010, 500_011, 501_010, 501_011].join();
    const f = new reader.File(await fetched(place, "chunked.h5"));
    expectSame("values", [...f.get("deep/values").read<{ data: Float32Array }>(selection).data].join(), values);
    f.close();
    const late = await reader.openAsync(`${place.server}/chunked.h5`);
    const { data } = await (await late.get("deep/values")).read<{ data: Float32Array }>(selection);
    expectSame("values that arrive later", [...data].join(), values);
    await late.close();
    return undefined;
  },
  "reads with the core alone": async (place) => {
    const rows = [core.slice(500, 502), core.slice(10, 12)];
    const values = [500_010, 500_011, 501_010, 501_011].join();
    const f = new core.File(await fetched(place, "chunked.h5"));
    expectSame("values", [...(f.get("deep/values").read(rows).data as Float32Array)].join(), values);
    f.close();
    const late = await core.openAsync(new core.HttpSource(`${place.server}/chunked.h5`));
    const { data } = await late.run((file) => file.get("deep/values").read(rows));
    expectSame("values that arrive later", [...(data as Float32Array)].join(), values);
    await late.close();
    return undefined;
  },
  "reads what the user has chosen": async (place) => {
    const f = await openAsync(need(place.chosen));
    expectSame("names", (await f.keys()).length > 0, true);
    await f.close();
    return undefined;
  },
  "makes, edits and reads files by path": async (place) => {
    const path = `${need(place.folder)}/file.h5`;
    lifeOf((mode) => new File(path, mode));
    return undefined;
  },
  "makes, edits and reads files of the origin private file system": async (place) => {
    const openPrivate = need(place.openPrivate);
    for (const mode of ["w", "r+", "r"] as const) {
      const target = await openPrivate("life.h5");
      const f = new File(target, mode);
      if (mode === "w") f.set("a", Int32Array.of(1, 2, 3));
      if (mode === "r+") f.set("b", "text");
      if (mode === "r") {
        expectSame("numbers", f.getDataset("a").read<{ data: Int32Array }>().data.join(), "1,2,3");
        expectSame("text", f.getDataset("b").read<string>(), "text");
      }
      f.close();
    }
    return undefined;
  },
  "writes and reads past 4 GiB": async (place) => {
    const { folder, openPrivate } = place;
    if (folder !== undefined) {
      await largeFile(async (mode) => new File(`${folder}/large.h5`, mode));
    } else {
      const open = need(openPrivate);
      await largeFile(async (mode) => new File(await open("large.h5"), mode));
    }
    return undefined;
  },
  "reads past 4 GiB of a Blob": async (place) => {
    const f = await openAsync(need(place.large));
    const { data } = await (await f.get("numbers")).read<{ data: Float64Array }>("-3:");
    expectSame("numbers", data.join(), "1,2,3");
    await f.close();
    return undefined;
  },
  "decodes and encodes with workers": async (place) => {
    await using pool = new WorkerPool({ size: 2, script: new URL(need(place.workers)) });
    const f = new File(new Uint8Array(0), "w");
    const data = Float32Array.from({ length: 10_000 }, (_, i) => i);
    const options = { shape: [100, 100], dtype: "<f4", chunks: [16, 16], compression: "gzip", shuffle: true } as const;
    const dataset = f.createDataset("a", options);
    await writeParallel(dataset, null, { data, shape: [100, 100] }, { pool });
    const again = new File(f.toBytes()).getDataset("a");
    const read = (await readParallel(again, undefined, { pool })) as { data: Float32Array };
    expectSame("values", read.data.join(), data.join());
    expectSame("tasks", pool.statistics().done, 50);
    return undefined;
  },
  "fails with typed errors": async () => {
    for (const bytes of [new Uint8Array(0), sampleBytes("earliest").subarray(0, 500)]) {
      let name = "";
      try {
        new File(bytes).close();
      } catch (error) {
        name = error instanceof Error ? error.name : typeof error;
      }
      expectSame("class", name, "OSError");
    }
    return undefined;
  },
};

export async function runSuite(place: Place): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, check] of Object.entries(CHECKS)) {
    const start = performance.now();
    let failure: string | null | undefined;
    let digest: string | undefined;
    try {
      digest = await check(place);
    } catch (error) {
      failure =
        error instanceof Absent ? null : error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    }
    results.push({ name, failure, digest, milliseconds: performance.now() - start });
  }
  return results;
}
