/** What `h5ts ls -v` says of a dataset. Reference implementation: `dataset_list1` and `dataset_list2` in h5ls.c. */
import { UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { type HDF5Error, isHdf5Error } from "../../base/errors.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import { type Dataspace, maxDimTexts } from "../../format/dataspace.ts";
import { byteText } from "../byte-text.ts";
import { printf } from "../c-printf.ts";
import { type ExternalFile, externalFilesOf, storedBytes } from "../external-files.ts";
import { filterName } from "../filter-names.ts";
import { memoryType } from "../memory-type.ts";
import { listedName } from "./type-text.ts";

/** ` {4/Inf, 6}`: greatest extents only where they differ, or all of them. */
export function extentText(space: Dataspace, showAll: boolean): string {
  const greatest = maxDimTexts(space, "Inf");
  const dims = space.dims.map((dim, i) =>
    space.maxDims[i] !== dim || showAll ? `${dim}/${greatest[i]}` : String(dim),
  );
  const kind = space.kind === "scalar" ? "SCALAR" : space.kind === "null" ? "NULL" : "";
  return ` {${dims.join(", ")}${kind}}`;
}

/** A line `    Label:     text`. */
export function labelled(label: string, text: string): string {
  return `    ${label.padEnd(10)} ${text}\n`;
}

function plural(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? "" : "s"}`;
}

function layoutText(dataset: DatasetObject): string {
  const { layout } = dataset;
  switch (layout.kind) {
    case "chunked": {
      const bytes = product(layout.chunkDims) * memoryType(dataset.datatype).size;
      return labelled("Chunks:", `{${layout.chunkDims.join(", ")}} ${bytes} bytes`);
    }
    case "contiguous":
      return externalText(externalFilesOf(dataset));
    case "compact":
      return "";
    case "virtual": {
      const mappings = dataset.virtual?.mappings ?? [];
      if (mappings.length === 0) return "";
      let text = labelled("Maps:", `{${mappings.length}} Source {`);
      for (const { sourceFile, sourceDataset } of mappings) {
        const names = `${listedName(byteText(sourceFile), true)}   ${listedName(byteText(sourceDataset), true)}`;
        text += `    ${" ".repeat(10)}        ${names}\n`;
      }
      return `${text}     ${" ".repeat(10)}}\n`;
    }
  }
}

function externalText(files: readonly ExternalFile[]): string {
  if (files.length === 0) return "";
  const names = files.map(({ name }) => listedName(byteText(name), true));
  const rule = (last: string): string =>
    printf("        %4s %10s %10s %10s %s\n", "----", "----------", "----------", "----------", last);
  const line = "-".repeat(Math.max(...names.map((name) => name.length)));
  let text = labelled("Extern:", plural(files.length, "external file"));
  text += printf("        %4s %10s %10s %10s %s\n", "ID", "DSet-Addr", "File-Addr", "Bytes", "File") + rule(line);
  let total = 0;
  files.forEach(({ offset, byteLength }, i) => {
    const size = byteLength === UNLIMITED ? "INF" : String(byteLength);
    text += printf("        #%03d %10s %10s %10s %s\n", i, String(total), String(offset), size, names[i] ?? "");
    total += byteLength;
  });
  return text + rule(line);
}

type Report = (error: HDF5Error) => void;

/** What cannot be found out of a damaged file counts as nothing. */
function storedOrNone(dataset: DatasetObject, report: Report): number {
  try {
    return storedBytes(dataset);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    report(error);
    return 0;
  }
}

function storageText(dataset: DatasetObject, report: Report): string {
  const { datatype, dataspace } = dataset;
  if (datatype.class === "variable-length" && datatype.kind === "sequence") return "information not available";
  if (datatype.class === "reference") return "reference information not available";
  // Extents may be so large that only the product does not fit.
  const elements = dataspace.dims.reduce((count, dim) => count * BigInt(dim), 1n);
  const total = dataspace.kind === "null" ? 0n : elements * BigInt(memoryType(datatype).size);
  const used = storedOrNone(dataset, report);
  const share = used > 0 ? printf(", %1.2f%% utilization", (Number(total) * 100) / used) : "";
  return `${plural(total, "logical byte")}, ${plural(used, "allocated byte")}${share}`;
}

/** The lines about a dataset's storage. @param report - Is told of what cannot be read. */
export function datasetText(dataset: DatasetObject, report: Report): string {
  let text = layoutText(dataset) + labelled("Storage:", storageText(dataset, report));
  for (const [i, filter] of (dataset.pipeline?.filters ?? []).entries()) {
    const name = byteText(filterName(filter)) || "method";
    text += labelled(
      `Filter-${i}:`,
      `${name}-${filter.id} ${filter.optional ? "OPT" : ""} {${filter.clientData.join(", ")}}`,
    );
  }
  return text;
}
