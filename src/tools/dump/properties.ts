/**
 * Storage properties of a dataset (`-p`): layout, filters, fill value, time of allocation.
 *
 * Reference implementation: `h5tools_dump_dcpl` in h5tools_dump.c.
 */
import { UNDEFINED_ADDRESS } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import type { DataLayout } from "../../format/data-layout.ts";
import type { AllocationTime, FillTime } from "../../format/fill-value.ts";
import type { FilterDescription } from "../../format/filter-pipeline.ts";
import { byteText } from "../byte-text.ts";
import { printf } from "../c-printf.ts";
import { externalFilesOf } from "../external-files.ts";
import { FileValues } from "../file-values.ts";
import { memoryType } from "../memory-type.ts";
import type { Sheet } from "../sheet.ts";
import { elementPrinter } from "../value-text.ts";
import { allocationTimeOf } from "./allocation-time.ts";
import type { DumpSession } from "./session.ts";
import { dumpVirtualMapping } from "./virtual-layout.ts";

export function dumpProperties(session: DumpSession, sheet: Sheet, dataset: DatasetObject): void {
  const { layout } = dataset;
  sheet.line("STORAGE_LAYOUT {");
  sheet.indented(() => dumpLayout(sheet, dataset, layout));
  sheet.line("}");
  const filters = dataset.pipeline?.filters ?? [];
  if (layout.kind !== "virtual") {
    sheet.block("FILTERS", () => {
      if (filters.length === 0) sheet.line("NONE");
      for (const filter of filters) dumpFilter(sheet, filter);
    });
  }
  dumpFillValue(session, sheet, dataset);
  if (layout.kind !== "virtual") {
    sheet.block("ALLOCATION_TIME", () => sheet.line(ALLOCATION_TIMES[allocationTimeOf(dataset)]));
  }
}

const ALLOCATION_TIMES: Readonly<Record<Exclude<AllocationTime, "default">, string>> = {
  early: "H5D_ALLOC_TIME_EARLY",
  late: "H5D_ALLOC_TIME_LATE",
  incremental: "H5D_ALLOC_TIME_INCR",
};

function dumpLayout(sheet: Sheet, dataset: DatasetObject, layout: DataLayout): void {
  switch (layout.kind) {
    case "chunked":
      sheet.line(`CHUNKED ( ${layout.chunkDims.join(", ")} )`);
      sheet.line(chunkedSize(dataset));
      break;
    case "compact":
      sheet.line("COMPACT");
      sheet.line(`SIZE ${dataset.storageSize()}`);
      break;
    case "contiguous": {
      const external = externalFilesOf(dataset);
      sheet.line("CONTIGUOUS");
      if (external.length > 0) {
        sheet.block("EXTERNAL", () => {
          for (const file of external) {
            sheet.line(`FILENAME ${byteText(file.name)} SIZE ${sizeText(file.byteLength)} OFFSET ${file.offset}`);
          }
        });
        break;
      }
      sheet.line(`SIZE ${dataset.storageSize()}`);
      sheet.line(`OFFSET ${offsetText(dataset, layout.address)}`);
      break;
    }
    case "virtual":
      for (const [i, mapping] of (dataset.virtual?.mappings ?? []).entries()) dumpVirtualMapping(sheet, mapping, i);
  }
}

/** An unlimited size is all ones of 64 bits. */
function sizeText(byteLength: number): string {
  return Number.isFinite(byteLength) ? String(byteLength) : "18446744073709551615";
}

function offsetText(dataset: DatasetObject, address: number): string {
  if (address === UNDEFINED_ADDRESS) return "HADDR_UNDEF";
  return String(address + dataset.file.superblock.baseAddress);
}

function chunkedSize(dataset: DatasetObject): string {
  const stored = dataset.storageSize();
  const { dims } = dataset.dataspace;
  if ((dataset.pipeline?.filters.length ?? 0) === 0 || dims.length === 0) return `SIZE ${stored}`;
  const plain = product(dims) * memoryType(dataset.datatype).size;
  return `SIZE ${stored} (${printf("%.3f", stored === 0 ? 0 : plain / stored)}:1 COMPRESSION)`;
}

const SZIP = { EC: 4, NN: 32, LSB: 8, MSB: 16, RAW: 128, CHIP: 2, K13: 1 } as const;

function dumpFilter(sheet: Sheet, filter: FilterDescription): void {
  const { clientData } = filter;
  const first = clientData[0] ?? 0;
  switch (filter.id) {
    case 1:
      sheet.line(`COMPRESSION DEFLATE { LEVEL ${first | 0} }`);
      break;
    case 2:
      sheet.line("PREPROCESSING SHUFFLE");
      break;
    case 3:
      sheet.line("CHECKSUM FLETCHER32");
      break;
    case 4:
      sheet.block("COMPRESSION SZIP", () => dumpSzip(sheet, first, clientData[1] ?? 0));
      break;
    case 5:
      sheet.line("COMPRESSION NBIT");
      break;
    case 6:
      sheet.line(`COMPRESSION SCALEOFFSET { MIN BITS ${first | 0} }`);
      break;
    default:
      sheet.block("USER_DEFINED_FILTER", () => {
        sheet.line(`FILTER_ID ${filter.id}`);
        if (filter.name !== "") sheet.line(`COMMENT ${byteText(filter.name)}`);
        if (clientData.length > 0) {
          // At most twenty values are asked for; they are printed as signed numbers.
          sheet.line(`PARAMS { ${clientData.map((value) => `${value | 0} `).join("")}}`);
        }
      });
  }
}

function dumpSzip(sheet: Sheet, options: number, pixelsPerBlock: number): void {
  sheet.line(`PIXELS_PER_BLOCK ${pixelsPerBlock | 0}`);
  const one = (label: string, choices: readonly (readonly [number, string])[]): void => {
    const choice = choices.find(([mask]) => (options & mask) !== 0);
    if (choice !== undefined) sheet.line(`${label} ${choice[1]}`);
  };
  one("MODE", [
    [SZIP.CHIP, "HARDWARE"],
    [SZIP.K13, "K13"],
  ]);
  one("CODING", [
    [SZIP.EC, "ENTROPY"],
    [SZIP.NN, "NEAREST NEIGHBOUR"],
  ]);
  one("BYTE_ORDER", [
    [SZIP.LSB, "LSB"],
    [SZIP.MSB, "MSB"],
  ]);
  one("HEADER", [[SZIP.RAW, "RAW"]]);
}

const FILL_TIMES: Readonly<Record<FillTime, string>> = {
  alloc: "H5D_FILL_TIME_ALLOC",
  never: "H5D_FILL_TIME_NEVER",
  "if-set": "H5D_FILL_TIME_IFSET",
};

function dumpFillValue(session: DumpSession, sheet: Sheet, dataset: DatasetObject): void {
  const { fillValue } = dataset;
  sheet.block("FILLVALUE", () => {
    sheet.line(`FILL_TIME ${FILL_TIMES[fillValue?.fillTime ?? "if-set"]}`);
    sheet.layout.needPrefix = true;
    sheet.put(`VALUE  ${fillText(session, sheet, dataset)}`);
  });
}

function fillText(session: DumpSession, sheet: Sheet, dataset: DatasetObject): string {
  const { fillValue, datatype } = dataset;
  if (fillValue === undefined || fillValue.status === "undefined") return "H5D_FILL_VALUE_UNDEFINED";
  const value = fillValue.status === "user" ? fillValue.value : undefined;
  if (value === undefined || value.length < datatype.size) return "H5D_FILL_VALUE_DEFAULT";
  const values = new FileValues(dataset.file, session.paths);
  values.level = sheet.layout.level - 1;
  const print = elementPrinter(datatype, session.valueFormat, values);
  return print(new DataView(value.buffer, value.byteOffset, value.byteLength), 0);
}
