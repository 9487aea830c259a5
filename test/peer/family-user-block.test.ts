/**
 * User blocks of families as version 2.0 of the C library has them: before the superblock, in as many members as they fill.
 * Older versions cannot open such a file. With `HDF5_DRIVER` the library opens and makes families, whose members then have
 * 100 MiB, most of which are holes here.
 */
import { closeSync, openSync, readdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { File, type FileOptions, slice } from "../../src/index.ts";
import { inFolder } from "./peers.ts";

process.env.HDF5_DRIVER = "family";
const { File: WasmFile, ready } = await import("h5wasm/node");
await ready;

const MEMBER = 100 * 2 ** 20;
/** More than a member holds: the parts of this dataset lie in two of them. */
const LENGTH = 40_000_000;
const PLACES = [0, 26_000_000, LENGTH - 1];

function elements(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i * 3);
}

function make(pattern: string, options: FileOptions): void {
  const file = new File(pattern, "w", options);
  file.createDataset("chunked", { data: elements(3000), chunks: [100], maxshape: [null], compression: "gzip" });
  file.createDataset("text", { data: ["x", "größer", ""] });
  const wide = file.createDataset("wide", { shape: [LENGTH], dtype: "<i4" });
  for (const place of PLACES) wide.write([place], place);
  file.createGroup("group").createDataset("last", { data: elements(100) });
  file.close();
}

/** What 2.0 finds in it, and 2.0 adding a dataset, an attribute and chunks. */
function changeIn20(pattern: string): void {
  const file = new WasmFile(pattern, "a");
  expect(file.keys()).toEqual(["chunked", "group", "text", "wide"]);
  const at = (name: string) => file.get(name) as InstanceType<typeof import("h5wasm/node").Dataset>;
  expect(at("chunked").value).toEqual(elements(3000));
  expect(at("text").value).toEqual(["x", "größer", ""]);
  expect(at("group/last").value).toEqual(elements(100));
  for (const place of PLACES) expect(at("wide").slice([[place, place + 1]])).toEqual(Int32Array.of(place));
  at("chunked").resize([3500]);
  file.create_dataset({ name: "by 2.0", data: elements(5000), chunks: [64], compression: 3 });
  file.create_attribute("note", "by 2.0");
  file.close();
}

const USER_BLOCKS = [
  { title: "in a part of the first member", userblockSize: 512, members: 2 },
  { title: "that ends in the third member", userblockSize: 2 ** 28, members: 5 },
];
const CASES = USER_BLOCKS.flatMap((block) =>
  (["earliest", "v108", "latest"] as const).map((libver) => ({ ...block, libver })),
);

test.each(CASES)(
  "a user block $title: HDF5 2.0 and we edit in turns, libver $libver",
  ({ userblockSize, members, libver }) => {
    inFolder((folder) => {
      const pattern = join(folder, "family-%03d.h5");
      const driver = { driver: "family", membSize: MEMBER } as const;
      make(pattern, { ...driver, userblockSize, libver });
      const names = () => readdirSync(folder).sort();
      expect(
        names()
          .slice(0, -1)
          .map((name) => statSync(join(folder, name)).size),
      ).toEqual(Array.from({ length: members - 1 }, () => MEMBER));
      const userBytes = new TextEncoder().encode("the user's own");
      const lastOfBlock = join(folder, names()[Math.floor((userblockSize - 1) / MEMBER)] as string);
      const end = ((userblockSize - 1) % MEMBER) + 1;
      const descriptor = openSync(lastOfBlock, "r+");
      writeSync(descriptor, userBytes, 0, userBytes.length, end - userBytes.length);
      changeIn20(pattern);

      const file = new File(pattern, "r+", driver);
      expect(file.userblockSize).toBe(userblockSize);
      expect(file.keys()).toEqual(["by 2.0", "chunked", "group", "text", "wide"]);
      expect(file.attrs.get("note")).toBe("by 2.0");
      expect(file.getDataset("by 2.0").read().data).toEqual(elements(5000));
      expect(file.getDataset("chunked").read([slice(2998, 3002)]).data).toEqual(Int32Array.of(8994, 8997, 0, 0));
      for (const place of PLACES) expect(file.getDataset("wide").read([place])).toBe(place);
      file.delete("by 2.0");
      file.getDataset("group/last").write([5], -5);
      file.createDataset("after", { data: elements(2000) });
      file.close();

      const again = new WasmFile(pattern, "r");
      expect(again.keys()).toEqual(["after", "chunked", "group", "text", "wide"]);
      expect((again.get("after") as InstanceType<typeof import("h5wasm/node").Dataset>).value).toEqual(elements(2000));
      again.close();
      const kept = new Uint8Array(userBytes.length);
      readSync(descriptor, kept, 0, kept.length, end - kept.length);
      closeSync(descriptor);
      expect(kept).toEqual(userBytes);
    });
  },
);
