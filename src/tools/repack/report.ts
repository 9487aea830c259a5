/** The list of objects that `-v` prints. Reference implementation: h5repack_copy.c, `print_dataset_info`. */
import { product } from "../../base/bits.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { resolveObject } from "../../engine/resolve.ts";
import { byteText } from "../byte-text.ts";
import type { TextOutput } from "../output.ts";
import type { FileContents } from "./file-contents.ts";

const LINE = "-----------------------------------------\n";
const HEADING = `${LINE} Type     Filter (Compression)     Name\n${LINE}`;
const FILTERS: Readonly<Record<number, string>> = {
  1: "GZIP",
  2: "SHUF",
  3: "FLET",
  4: "SZIP",
  5: "NBIT",
  6: "SCALEOFFSET",
};

/**
 * Every object of the file, and how datasets are stored in its copy.
 *
 * @param refused - Paths of datasets that are not stored as they were asked for.
 */
export function reportObjects(
  contents: FileContents,
  target: H5File,
  refused: ReadonlySet<string>,
  output: TextOutput,
): void {
  output.write(`Making new file ...\n${HEADING}`);
  const lines = [
    ...contents.objects.map(({ path, object }) => {
      if (object instanceof DatasetObject)
        return { path, kind: storageText(object, resolveObject(target.root(), path)) };
      return { path, kind: object.kind === "group" ? "group" : "type" };
    }),
    ...contents.links.map(({ path }) => ({ path, kind: "link" })),
  ];
  for (const { kind, path } of lines) {
    if (refused.has(path)) {
      output.write(` warning: could not create dataset <${byteText(path)}>. Applying original settings\n`);
    }
    output.write(` ${kind.padEnd(27)} ${byteText(path)}\n`);
  }
}

function storageText(dataset: DatasetObject, copy: unknown): string {
  const filters = copy instanceof DatasetObject ? (copy.pipeline?.filters ?? []) : [];
  if (!(copy instanceof DatasetObject) || filters.length === 0) return "dset";
  const stored = copy.storageSize();
  const ratio = stored === 0 ? 0 : (product(dataset.dims) * dataset.elementSize) / stored;
  const names = filters.map(({ id }) => `${FILTERS[id] ?? "USER DEFINED"} `).join("");
  return `dset     ${names}  (${ratio.toFixed(3)}:1)`;
}
