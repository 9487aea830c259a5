/** Virtual datasets and external links that lead to files that others write. */
import { expect, test } from "vitest";
import { ExternalLink, File, h5s, openAsync, slice, VirtualSource } from "../../src/index.ts";
import { later, Writing } from "../support/writing.ts";

const UNLIMITED = h5s.UNLIMITED;

/** A file that shows what another one, which is being written, has by now. */
function showing(): Uint8Array {
  const file = new File(new Uint8Array(0), "w", { libver: "latest" });
  file.set("link", new ExternalLink("written.h5", "a"));
  file.buildVirtualDataset("shown", { shape: [0, 2], maxshape: [null, 2], dtype: "<i4" }, (layout) => {
    const source = new VirtualSource("written.h5", { name: "a", shape: [0, 2], maxshape: [null, 2] });
    layout.set([slice(0, UNLIMITED), slice(0, 2)], source.select([slice(0, UNLIMITED), slice(0, 2)]));
  });
  const bytes = file.toBytes();
  file.close();
  return bytes;
}

test("follow what others write to their files, if their own is opened with swmr", () => {
  const writing = new Writing();
  writing.appendTo("a", 3);
  const resolver = (name: string) => (name.endsWith("written.h5") ? writing.source() : undefined);
  using file = new File(showing(), "r", { swmr: true, resolver });
  const [shown, linked] = [file.get("shown"), file.get("link")];
  expect([shown.shape, linked.shape]).toEqual([
    [3, 2],
    [3, 2],
  ]);
  writing.appendTo("a", 2);
  expect(shown.shape).toEqual([3, 2]);
  shown.refresh();
  linked.refresh();
  expect([shown.shape, linked.shape]).toEqual([
    [5, 2],
    [5, 2],
  ]);
  expect(shown.read([slice(3, 5)])).toMatchObject({ data: Int32Array.of(0, 1, 2, 3) });
  using plain = new File(showing(), "r", { resolver });
  expect(() => plain.get("link")).toThrow(/Unable to open object/);
  writing.file.close();
});

test("do so, too, when all bytes arrive later", async () => {
  const writing = new Writing();
  writing.appendTo("a", 3);
  const file = await openAsync(showing(), { swmr: true, resolver: async () => later(writing.source()) });
  const shown = await file.get("shown");
  expect(await shown.shape).toEqual([3, 2]);
  writing.appendTo("a", 2);
  await shown.refresh();
  expect(await shown.shape).toEqual([5, 2]);
  expect(await shown.read([slice(3, 5)])).toMatchObject({ data: Int32Array.of(0, 1, 2, 3) });
  await file.close();
  writing.file.close();
});
