/**
 * `DATA { ... }`: the values of a dataset or an attribute.
 *
 * Reference implementation: `h5tools_dump_data`, `h5tools_dump_simple_dset` and their like in h5tools_dump.c.
 */
import { product } from "../../base/bits.ts";
import { isHdf5Error } from "../../base/errors.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import type { Datatype } from "../../format/datatype.ts";
import { FileValues } from "../file-values.ts";
import type { LineLayout, LineStyle } from "../line-layout.ts";
import type { TextOutput } from "../output.ts";
import type { Sheet } from "../sheet.ts";
import type { ValueFormat } from "../value-format.ts";
import { elementPrinter } from "../value-text.ts";
import { BinaryExport } from "./binary-export.ts";
import { type DataHolder, type DataOptions, rowPieces } from "./data-holder.ts";
import type { DataSession } from "./data-session.ts";
import { dumpReferences } from "./reference-data.ts";
import { type FullSubset, subsetParts } from "./subset.ts";

/** The look of data lines, which start with the indices of their first element. */
function dataStyle(style: LineStyle, indices: boolean): LineStyle {
  if (!indices) return { ...style, indices };
  return { ...style, indices, indexText: (coordinates) => `(${coordinates.join(",")}): `, prefix: (index) => index };
}

/** Prints the block at the sheet's level. */
export function dumpData(session: DataSession, sheet: Sheet, holder: DataHolder, options: DataOptions): void {
  const subset = holder.dataset === undefined ? undefined : options.subset;
  if (subset !== undefined) {
    subsetHeading(sheet, subset);
    sheet.layout.level++;
  }
  sheet.line("DATA {");
  if (holder.datatype.class === "reference") {
    sheet.layout.level++;
    dumpReferences(session, sheet, holder, options, dumpData);
    sheet.layout.level--;
  } else {
    const style = dataStyle(sheet.style, options.indices);
    const isCharacters = options.characters && holder.datatype.size === 1 && holder.datatype.class === "fixed-point";
    const layout = sheet.layout.copy();
    if (isCharacters) dumpCharacters(session, sheet, style, layout, holder, subset);
    else {
      layout.needPrefix = true;
      dumpValues(session, { style, layout, format: session.valueFormat }, holder, subset);
    }
  }
  sheet.begunLine("}");
  if (subset !== undefined) {
    sheet.layout.level--;
    sheet.begunLine("}");
  }
}

function subsetHeading(sheet: Sheet, subset: FullSubset): void {
  sheet.line("SUBSET {");
  sheet.indented(() => {
    sheet.line(`START ( ${subset.start.join(", ")} );`);
    sheet.line(`STRIDE ( ${subset.stride.join(", ")} );`);
    sheet.line(`COUNT ( ${subset.count.join(", ")} );`);
    sheet.line(`BLOCK ( ${subset.block.join(", ")} );`);
  });
}

/** One-byte integers as a string, in quotes on each line. */
function dumpCharacters(
  session: DataSession,
  sheet: Sheet,
  style: LineStyle,
  layout: LineLayout,
  holder: DataHolder,
  subset: FullSubset | undefined,
): void {
  const quoted: LineStyle = { ...style, indexText: () => '"', prefix: (index) => index };
  const pending = style.indices
    ? quoted
    : { ...quoted, prefix: (index: string, kind: string) => (kind === "next" ? "" : index) };
  layout.level++;
  layout.needPrefix = true;
  layout.startLine(sheet.output, pending, 0, 0);
  const running = { ...pending, elementGap: "", lineEnd: '"' };
  const format = { ...session.valueFormat, characters: true, elementSuffix: "", repeatThreshold: 8 };
  dumpValues(session, { style: running, layout, format }, holder, subset);
  layout.needPrefix = false;
  const closing: LineStyle = {
    ...running,
    breakRows: false,
    moveLongElements: false,
    lineEnd: "",
    indexText: () => "",
  };
  layout.element(sheet.output, closing, '"', 0, 0);
}

interface ValueLook {
  readonly style: LineStyle;
  readonly layout: LineLayout;
  readonly format: ValueFormat;
}

/** Prints elements one after another, as many blocks as they come in. */
export class ValueWriter {
  private readonly output: TextOutput | undefined;
  private readonly look: ValueLook;
  private readonly values: FileValues;
  private readonly print: (view: DataView, offset: number) => string;
  private readonly elementSize: number;
  private readonly suffix: string;
  private rowIndex = 0;

  constructor(session: DataSession, output: TextOutput | undefined, look: ValueLook, file: H5File, type: Datatype) {
    this.output = output;
    this.look = look;
    this.values = new FileValues(file, session.paths);
    this.print = elementPrinter(type, look.format, this.values);
    this.elementSize = type.size;
    this.suffix = look.format.elementSuffix;
  }

  /**
   * @param first - Number of the block's first element, counted from `layout.blockStart`.
   * @param isLast - Whether nothing follows the block's last element.
   */
  block(bytes: Uint8Array, first: number, isLast: boolean): void {
    const { output, print, elementSize, suffix, values } = this;
    if (output === undefined) return;
    const { layout, style } = this.look;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.floor(bytes.length / elementSize);
    for (let i = 0; i < count; i++) {
      values.level = layout.level;
      let text = print(view, i * elementSize);
      if (!isLast || i < count - 1) text += suffix;
      if (!layout.element(output, style, text, first + i, this.rowIndex)) this.rowIndex = 0;
      layout.elementsOnLine++;
      this.rowIndex++;
    }
  }

  /** Rows are counted anew. */
  restart(): void {
    this.rowIndex = 0;
  }
}

/** Prints a dataset's or attribute's values where the layout stands. @returns false when they cannot be read, which is reported. */
export function dumpValues(
  session: DataSession,
  look: ValueLook,
  holder: DataHolder,
  subset: FullSubset | undefined,
): boolean {
  const { dataset, dataspace } = holder;
  if (dataspace.kind === "null") return true;
  const output = dataset === undefined ? session.attributes : session.data;
  if (session.binary !== undefined) {
    new BinaryExport(session, output, holder).write(subset);
    return true;
  }
  const { dims } = dataspace;
  const { layout } = look;
  layout.setExtent(dims);
  layout.rowLength = dims[dims.length - 1] ?? 0;
  try {
    const writer = new ValueWriter(session, output, look, holder.file, holder.datatype);
    if (dataset === undefined) {
      layout.blockStart = 0;
      writer.block(holder.bytes ?? new Uint8Array(0), 0, true);
    } else if (subset !== undefined && dims.length > 0) dumpSubset(dataset, writer, layout, subset);
    else dumpWhole(dataset, writer);
    return true;
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    session.fail(`unable to print data: ${error.message}`);
    return false;
  }
}

function dumpWhole(dataset: DatasetObject, writer: ValueWriter): void {
  const { dims } = dataset.dataspace;
  if (dims.length === 0) {
    writer.block(dataset.readBytes(), 0, true);
    return;
  }
  const total = product(dims);
  for (const { selection, first } of rowPieces(dims, dataset.datatype.size)) {
    const bytes = dataset.readBytes(selection);
    writer.block(bytes, first, first + bytes.length / dataset.datatype.size >= total);
  }
}

function dumpSubset(dataset: DatasetObject, writer: ValueWriter, layout: LineLayout, subset: FullSubset): void {
  for (const part of subsetParts(dataset, subset)) {
    let bytes: Uint8Array;
    try {
      bytes = dataset.readBytes(part.selection);
    } catch (error) {
      // Outside of the dataset there is nothing to print, which is no failure.
      if (isHdf5Error(error, "argument")) continue;
      throw error;
    }
    layout.blockStart = part.firstElement;
    layout.needPrefix = true;
    writer.restart();
    writer.block(bytes, 0, part.isLast);
    layout.continuation++;
  }
}
