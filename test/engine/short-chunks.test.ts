/** Chunks at the edge of a dataset whose writer left away what lies outside. */
import { describe, expect, test } from "vitest";
import { encodePipeline } from "../../src/filters/pipeline.ts";
import { File, openAsync } from "../../src/index.ts";
import { LateSource } from "../../src/io/late-source.ts";

const SHAPE = [5, 4];
const CHUNKS = [3, 4];
const FILL = -7;
const ELEMENTS = Int32Array.from({ length: 20 }, (_, i) => i >> 2);

const OPTIONS = {
  gzip: { compression: "gzip" },
  "shuffle and gzip": { shuffle: true, compression: "gzip" },
  "shuffle and fletcher32": { shuffle: true, fletcher32: true },
} as const;

/** @param rows - As many as the second chunk is stored with; two lie within the dataset. */
function fileWith(options: (typeof OPTIONS)[keyof typeof OPTIONS], rows: number): Uint8Array {
  const f = new File(new Uint8Array(0), "w");
  const dataset = f.createDataset("d", {
    shape: SHAPE,
    maxshape: [null, 4],
    chunks: CHUNKS,
    dtype: "<i4",
    fillvalue: FILL,
    ...options,
  });
  dataset.write("0:3", { data: ELEMENTS.slice(0, 12), shape: CHUNKS });
  const dcpl = dataset.id.getCreatePlist();
  const filters = Array.from({ length: dcpl.getNfilters() }, (_, i) => {
    const [id, flags, clientData, name] = dcpl.getFilter(i);
    return { id, name, optional: flags !== 0, clientData };
  });
  const short = new Uint8Array(ELEMENTS.slice(12, 12 + 4 * rows).buffer, 0, 16 * rows);
  const { bytes, filterMask } = encodePipeline(filters, short);
  dataset.id.writeDirectChunk([3, 0], bytes, filterMask);
  return f.toBytes();
}

describe.each(Object.entries(OPTIONS))("a chunk short of what lies outside the dataset, with %s", (_, options) => {
  test("is read", async () => {
    const bytes = fileWith(options, 2);
    const f = new File(bytes, "r");
    const dataset = f.getDataset("d");
    expect(dataset.read("4, 1:3").data).toEqual(Int32Array.of(4, 4));
    expect(dataset.read().data).toEqual(ELEMENTS);
    const late = await openAsync(new LateSource(bytes), { pageSize: 512, headSize: 512 });
    expect((await (await late.getDataset("d")).read()).data).toEqual(ELEMENTS);
  });

  test("is written as a whole when it is changed, and grows with the dataset then", () => {
    const f = new File(fileWith(options, 2), "r+");
    const dataset = f.getDataset("d");
    dataset.write("4, 3", 1);
    dataset.resize([6, 4]);
    const again = new File(f.toBytes(), "r");
    const expected = [...ELEMENTS.slice(0, 19), 1, FILL, FILL, FILL, FILL];
    expect([...again.getDataset("d").read().data]).toEqual(expected);
  });

  test("is an error when elements of the dataset are missing", () => {
    const message = /filter pipeline gave 16 bytes of a chunk of 48/;
    expect(() => new File(fileWith(options, 1), "r").getDataset("d").read()).toThrow(message);
    const f = new File(fileWith(options, 2), "r+");
    f.getDataset("d").resize([6, 4]);
    expect(() => f.getDataset("d").read()).toThrow(/filter pipeline gave 32 bytes of a chunk of 48/);
  });
});
