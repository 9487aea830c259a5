/** Storage of datasets in XML: layout, filters, fill value. Reference implementation: `xml_dump_dataset`, `check_filters`. */
import type { DatasetObject } from "../../../engine/dataset-object.ts";
import type { Datatype } from "../../../format/datatype.ts";
import type { AllocationTime, FillTime } from "../../../format/fill-value.ts";
import type { FilterDescription } from "../../../format/filter-pipeline.ts";
import { byteText } from "../../byte-text.ts";
import { printf } from "../../c-printf.ts";
import { allocationTimeOf } from "../allocation-time.ts";
import type { XmlWriter } from "./xml-writer.ts";

const FILL_TIMES: Readonly<Record<FillTime, string>> = {
  alloc: "FillOnAlloc",
  never: "FillNever",
  "if-set": "FillIfSet",
};
const ALLOCATION_TIMES: Readonly<Record<Exclude<AllocationTime, "default">, string>> = {
  early: "Early",
  late: "Late",
  incremental: "Incremental",
};

export function xmlStorage(writer: XmlWriter, dataset: DatasetObject): void {
  const { layout } = dataset;
  if (layout.kind !== "virtual") {
    writer.element("StorageLayout", ">", () => {
      if (layout.kind !== "chunked") {
        writer.open(layout.kind === "compact" ? "CompactLayout" : "ContiguousLayout", "/>");
        return;
      }
      writer.element("ChunkedLayout", ` Ndims="${layout.chunkDims.length}">`, () => {
        for (const dim of layout.chunkDims) writer.open("ChunkDimension", ` DimSize="${dim}" />`);
        writer.open("RequiredFilter");
        writer.nested(() => {
          for (const filter of dataset.pipeline?.filters ?? []) xmlFilter(writer, filter);
        }, 2);
        writer.close("RequiredFilter");
      });
    });
  }
  const { fillValue, datatype } = dataset;
  const fillTime = fillValue?.fillTime ?? "if-set";
  const times = ` FillTime="${FILL_TIMES[fillTime]}" AllocationTime="${ALLOCATION_TIMES[allocationTimeOf(dataset)]}">`;
  writer.element("FillValueInfo", times, () => {
    writer.element("FillValue", ">", () => {
      const status = fillValue?.status ?? "undefined";
      const hasNone = status === "undefined" || (status === "default" && fillTime === "if-set");
      if (hasNone) writer.open("NoFill", "/>");
      else xmlFillValue(writer, datatype, fillValue?.value ?? new Uint8Array(datatype.size));
    });
  });
}

const SZIP = { K13: 1, CHIP: 2, EC: 4, LSB: 8, MSB: 16, NN: 32, RAW: 128 } as const;

function xmlFilter(writer: XmlWriter, filter: FilterDescription): void {
  const { clientData } = filter;
  switch (filter.id) {
    case 1:
      writer.open("Deflate", ` Level="${clientData[0] ?? 6}"/>`);
      break;
    case 2:
      writer.open("Shuffle", " />");
      break;
    case 3:
      writer.open("Fletcher32", " />");
      break;
    case 4: {
      const options = clientData[0] ?? 0;
      const pixels = `Pixels_per_block="${clientData[1] ?? -1}" `;
      const mode = options & SZIP.CHIP ? 'Mode ="Hardware" ' : options & SZIP.K13 ? 'Mode ="K13" ' : "";
      const coding = `Coding="${options & SZIP.EC ? "Entropy" : options & SZIP.NN ? "NN" : ""}" `;
      const order = `ByteOrder="${options & SZIP.LSB ? "LSB" : options & SZIP.MSB ? "MSB" : ""}" `;
      writer.open("SZIP", ` ${pixels}${mode}${coding}${order}${options & SZIP.RAW ? 'Header="Raw"' : ""}/>`);
      break;
    }
    default:
      break;
  }
}

const UNSUPPORTED_FILLS: Partial<Readonly<Record<Datatype["class"], string>>> = {
  string: "String fill values not yet implemented.",
  array: "Array fill values not yet implemented.",
  time: "Time fill not yet implemented.",
  compound: "Compound fill not yet implemented.",
  "variable-length": "VL fill not yet implemented.",
};

function xmlFillValue(writer: XmlWriter, type: Datatype, value: Uint8Array): void {
  writer.open("Data");
  writer.nested(() => {
    const isString = type.class === "variable-length" && type.kind === "string";
    const unsupported = UNSUPPORTED_FILLS[isString ? "string" : type.class];
    if (unsupported !== undefined) {
      writer.text(`<!-- ${unsupported} -->`);
      writer.open("NoData", " />");
      return;
    }
    writer.open("DataFromFile");
    writer.text(fillText(type, value));
    writer.close("DataFromFile");
  });
  writer.close("Data");
}

/** The fill value as h5dump reads it: the bytes of the file as an `int` or a `float` of this machine. */
function fillText(type: Datatype, value: Uint8Array): string {
  const bytes = new Uint8Array(8);
  bytes.set(value.subarray(0, 8));
  const view = new DataView(bytes.buffer);
  switch (type.class) {
    case "fixed-point":
      return `"${view.getInt32(0, true)}"`;
    case "floating-point":
      return `"${printf("%f", view.getFloat32(0, true))}"`;
    case "enum":
      return `"${byteText(type.members[view.getUint32(0, true)]?.name ?? "")}"`;
    case "reference":
      return '"NULL"';
    default: {
      const first = view.getUint32(0, true);
      const numbers = Array.from({ length: type.size }, (_, i) => `${((first + 4 * i) >>> 0).toString(16)} `);
      return `"${numbers.join("")}"`;
    }
  }
}
