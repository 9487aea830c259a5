/**
 * References as data: each is named, and what it leads to is shown below it.
 *
 * Reference implementation: `h5tools_dump_reference`, `h5tools_dump_region_data_blocks` and `_points`.
 */
import { isHdf5Error } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { blocks as blocksOf } from "../../engine/selection/blocks.ts";
import { type Bounds, type Selection, selectBox } from "../../engine/selection/selection.ts";
import { byteText } from "../byte-text.ts";
import { dataspaceDdl, datatypeDdl } from "../datatype-ddl.ts";
import { FileValues } from "../file-values.ts";
import { BREAK, type LineLayout } from "../line-layout.ts";
import { type ResolvedReference, resolveReference, standaloneReferenceText } from "../references.ts";
import { Sheet } from "../sheet.ts";
import { elementPrinter } from "../value-text.ts";
import { attributeHolder, type DataHolder, type DataOptions, datasetHolder } from "./data-holder.ts";
import type { DataSession } from "./data-session.ts";

/** Prints the values of what a reference leads to, which may be references again. */
export type DataDumper = (session: DataSession, sheet: Sheet, holder: DataHolder, options: DataOptions) => void;

/** Columns of the lines that name references, whatever the width asked for. */
const NAME_COLUMNS = 80;

/** Prints all references of `holder`, one level further in than the block they are in. */
export function dumpReferences(
  session: DataSession,
  sheet: Sheet,
  holder: DataHolder,
  options: DataOptions,
  dumpData: DataDumper,
): void {
  const { datatype } = holder;
  if (datatype.class !== "reference" || holder.dataspace.kind === "null") return;
  const layout = sheet.layout.copy();
  let inner = new Sheet(sheet.output, { ...sheet.style, columns: NAME_COLUMNS }, layout);
  const bytes = holder.bytes ?? holder.dataset?.readBytes() ?? new Uint8Array(0);
  const count = Math.floor(bytes.length / datatype.size);
  for (let i = 0; i < count; i++) {
    const raw = bytes.subarray(i * datatype.size, (i + 1) * datatype.size);
    const reference = resolveReference(holder.file, datatype, raw);
    layout.needPrefix = true;
    layout.element(inner.output, inner.style, standaloneReferenceText(reference, session.paths), i, count);
    if (reference !== undefined) {
      if (reference.kind === "region") inner = new Sheet(sheet.output, sheet.style, layout);
      dumpTarget(session, inner, reference, options, dumpData, i);
    }
    layout.elementsOnLine++;
  }
}

function dumpTarget(
  session: DataSession,
  sheet: Sheet,
  reference: ResolvedReference,
  options: DataOptions,
  dumpData: DataDumper,
  index: number,
): void {
  const { target, region } = reference;
  switch (reference.kind) {
    case "object":
      if (target instanceof DatasetObject)
        sheet.indented(() => dumpData(session, sheet, datasetHolder(target), options));
      break;
    case "region":
      if (!(target instanceof DatasetObject) || region === undefined) break;
      if (region.kind === "points") new RegionDump(session, sheet, target, index).points(region);
      else if (region.kind === "regular" || region.kind === "irregular") {
        new RegionDump(session, sheet, target, index).blocks(region);
      }
      break;
    case "attribute":
      dumpAttributeTarget(session, sheet, reference, options, dumpData);
  }
}

function dumpAttributeTarget(
  session: DataSession,
  sheet: Sheet,
  reference: ResolvedReference,
  options: DataOptions,
  dumpData: DataDumper,
): void {
  const { target } = reference;
  const attribute = reference.attribute === undefined ? undefined : target?.attribute(reference.attribute);
  sheet.put(" {");
  sheet.indented(() => {
    if (target === undefined || attribute === undefined) {
      sheet.line("NULL");
      return;
    }
    sheet.layout.needPrefix = true;
    sheet.layout.level++;
    const rest = datatypeDdl(sheet, "DATATYPE  ", attribute.datatype);
    sheet.layout.level--;
    sheet.put(rest);
    sheet.line(`DATASPACE ${dataspaceDdl(attribute.dataspace)}`);
    if (session.regions) dumpData(session, sheet, attributeHolder(target.file, attribute), options);
  });
  sheet.line("}");
}

class RegionDump {
  private readonly session: DataSession;
  private readonly sheet: Sheet;
  private readonly layout: LineLayout;
  private readonly dataset: DatasetObject;
  /** Number of the reference among its siblings; a gap precedes what follows any but the first. */
  private readonly index: number;
  private readonly elementSize: number;

  constructor(session: DataSession, sheet: Sheet, dataset: DatasetObject, index: number) {
    this.session = session;
    this.sheet = sheet;
    this.layout = sheet.layout;
    this.dataset = dataset;
    this.index = index;
    this.elementSize = dataset.datatype.size;
  }

  blocks(region: Selection): void {
    const boxes = blocksOf(region);
    const label = this.session.blockLabel;
    const list = boxes.map(({ low, high }, i) => `${label(i)}(${low.join(",")})-(${high.join(",")})`);
    this.frame(" {", `REGION_TYPE BLOCK  ${list.join(`,${BREAK} `)}`, () => this.blockData(boxes));
  }

  points(region: Selection & { readonly kind: "points" }): void {
    const rank = region.dims.length;
    const list: string[] = [];
    for (let i = 0; i < region.coordinates.length; i += rank) {
      list.push(
        `${this.session.pointLabel(list.length)}(${Array.from(region.coordinates.subarray(i, i + rank)).join(",")})`,
      );
    }
    this.frame("{", `REGION_TYPE POINT  ${list.join(`,${BREAK} `)}`, () => this.pointData(region));
  }

  private frame(opening: string, heading: string, data: () => void): void {
    const { sheet, layout, index, dataset } = this;
    layout.element(sheet.output, sheet.style, opening, index, index);
    sheet.indented(() => {
      this.line(heading);
      layout.needPrefix = true;
      layout.level++;
      const rest = datatypeDdl(sheet, "DATATYPE  ", dataset.datatype);
      layout.level--;
      layout.element(sheet.output, sheet.style, rest, index, index);
      this.line(`DATASPACE ${dataspaceDdl(dataset.dataspace)}`);
      if (this.session.regions) {
        this.line("DATA {");
        data();
        this.line("}");
      }
    });
    this.line("}");
  }

  private line(text: string): void {
    this.layout.needPrefix = true;
    this.layout.element(this.sheet.output, this.sheet.style, text, this.index, this.index);
  }

  private dataLayout(): LineLayout {
    const layout = this.layout.copy();
    layout.elementsOnLine = 0;
    layout.prefixLength = 0;
    layout.continuation = 0;
    layout.blockStart = 0;
    layout.rowLength = 0;
    return layout;
  }

  private printer(values: FileValues): (view: DataView, offset: number) => string {
    return elementPrinter(this.dataset.datatype, this.session.valueFormat, values);
  }

  /** Every block is read with the extent of the first. */
  private blockData(boxes: readonly Bounds[]): void {
    const { session, dataset, sheet } = this;
    const first = boxes[0];
    if (first === undefined || session.data === undefined) return;
    const values = new FileValues(dataset.file, session.paths);
    const print = this.printer(values);
    const counts = first.high.map((high, i) => high - (first.low[i] as number) + 1);
    const layout = this.dataLayout();
    layout.setExtent(counts);
    layout.rowLength = counts[counts.length - 1] ?? 0;
    boxes.forEach(({ low }, blockIndex) => {
      const bytes = this.read(selectBox(dataset.dataspace.dims, low, counts));
      if (bytes === undefined) return;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const count = bytes.length / this.elementSize;
      layout.needPrefix = true;
      layout.elementsOnLine = 0;
      layout.level++;
      layout.startLine(session.data, sheet.style, 0, 0);
      values.level = layout.level;
      for (let i = 0, row = 0; i < count; i++, row++) {
        const isLast = i === count - 1 && blockIndex === boxes.length - 1;
        const text = print(view, i * this.elementSize) + (isLast ? "" : ",");
        if (!layout.element(session.data, sheet.style, text, i, row, i === 0)) row = 0;
        layout.elementsOnLine++;
      }
      layout.level--;
    });
  }

  private pointData(region: Selection): void {
    const { session, dataset, sheet } = this;
    const bytes = this.read(region);
    if (bytes === undefined || session.data === undefined) return;
    const values = new FileValues(dataset.file, session.paths);
    const print = this.printer(values);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = bytes.length / this.elementSize;
    const layout = this.dataLayout();
    for (let i = 0; i < count; i++) {
      layout.needPrefix = true;
      layout.elementsOnLine = 0;
      layout.level++;
      layout.startLine(session.data, sheet.style, 0, 0);
      values.level = layout.level;
      layout.element(
        session.data,
        sheet.style,
        print(view, i * this.elementSize) + (i < count - 1 ? "," : ""),
        0,
        i,
        true,
      );
      layout.level--;
    }
  }

  private read(selection: Selection): Uint8Array | undefined {
    try {
      return this.dataset.readBytes(selection);
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.session.warn(`unable to read a region of ${byteText(error.path ?? "a dataset")}: ${error.message}`);
      return undefined;
    }
  }
}
