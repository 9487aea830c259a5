/**
 * The layout of values in lines: when a line breaks, and what stands at its start.
 *
 * This is the common ground of h5dump and h5ls: headings, braces and data elements all pass through here, and the column,
 * the pending prefix and the level of indentation carry over from one to the next. It is not a pretty-printer with
 * rules of its own: files of expected output fix the behaviour, odd corners included. Reference implementation:
 * `h5tools_render_element` and `h5tools_simple_prefix` in h5tools.c.
 */
import type { TextOutput } from "./output.ts";

/** How lines look. Columns are bytes. */
export interface LineStyle {
  /** Columns of a line; an element that would pass them starts a new line. */
  readonly columns: number;
  /** Elements a line at most; 0 for no limit. */
  readonly elementsPerLine: number;
  /** Whether a new row of an array starts a new line. */
  readonly breakRows: boolean;
  /** Whether a long element may move to a line of its own. */
  readonly moveLongElements: boolean;
  /** Before an element that follows another on a line. */
  readonly elementGap: string;
  readonly lineEnd: string;
  readonly indent: string;
  /** Whether lines start with indices; then the indentation comes before the prefix, one level less. */
  readonly indices: boolean;
  /** The prefix of a line that starts with element `index` (a position, or the number of a scalar's element). */
  readonly prefix: (index: string, kind: "first" | "next" | "continued") => string;
  /** The index text: coordinates joined, or empty where indices are not shown. */
  readonly indexText: (coordinates: readonly number[]) => string;
}

/** Separates the parts of an element between which a line may break. */
export const BREAK = "\x01";

/** The state of a layout: what the next element depends on. Copied where a part of the output must not disturb the rest. */
export class LineLayout {
  column = 0;
  /** Elements since the line began. */
  elementsOnLine = 0;
  needPrefix = false;
  previousMultiline = false;
  prefixLength = 0;
  /** Whether elements have been printed before the current block. */
  continuation = 0;
  level = 0;
  /** Level that holds where `level` is 0. */
  defaultLevel = 0;
  /** Extent of the last dimension; 0 for a scalar. */
  rowLength = 0;
  /** Elements printed before the current block. */
  blockStart = 0;
  /** Elements a step of each dimension skips. */
  strides: readonly number[] = [];

  copy(): LineLayout {
    return Object.assign(new LineLayout(), this);
  }

  setExtent(dims: readonly number[]): void {
    const strides = new Array<number>(dims.length).fill(1);
    for (let i = dims.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] as number) * (dims[i + 1] as number);
    this.strides = strides;
  }

  get indentLevel(): number {
    return this.level > 0 ? this.level : this.defaultLevel;
  }

  coordinates(element: number): number[] {
    if (this.strides.length === 0) return [element];
    let rest = element;
    return this.strides.map((stride) => {
      const position = rest > 0 ? Math.floor(rest / stride) : 0;
      rest -= stride * position;
      return position;
    });
  }

  /** Starts a new line if one is due. `section` counts the parts of a broken element. */
  startLine(output: TextOutput | undefined, style: LineStyle, element: number, section: number): void {
    if (output === undefined || !this.needPrefix) return;
    this.prefixLine(output, style, style.indexText(this.coordinates(element)), element, section);
  }

  private prefixLine(output: TextOutput, style: LineStyle, index: string, element: number, section: number): void {
    if (this.column > 0) output.write(`${style.lineEnd}\n`);
    const level = this.indentLevel;
    const kind = element === 0 && section === 0 ? "first" : section > 0 ? "continued" : "next";
    const prefix = style.prefix(index, kind);
    let length = prefix.length;
    if (style.indices) {
      if (level > 1) length += level * style.indent.length;
      output.write(style.indent.repeat(Math.max(level - 1, 0)) + prefix);
    } else {
      length += level * style.indent.length;
      output.write(prefix + style.indent.repeat(level));
    }
    this.column = length;
    this.prefixLength = length;
    this.elementsOnLine = 0;
    this.needPrefix = false;
  }

  /** A heading, a brace, a line of its own. */
  line(output: TextOutput | undefined, style: LineStyle, text: string): void {
    this.needPrefix = true;
    this.element(output, style, text, 0, 0);
  }

  /**
   * Prints one element.
   *
   * @param index - The element's number within the block.
   * @param rowIndex - Elements since the last row break; a row is full when it reaches `rowLength`.
   * @param isHeld - Whether the element stays on its line however long it is.
   * @returns false when a row was full, so that the caller counts anew.
   */
  element(
    output: TextOutput | undefined,
    style: LineStyle,
    text: string,
    index: number,
    rowIndex: number,
    isHeld = false,
  ): boolean {
    if (output === undefined) return true;
    const sameRow = this.decideBreak(style, text, rowIndex);
    this.previousMultiline = false;
    if (!text.includes(BREAK)) {
      if (text !== "") this.section(output, style, text, index, 0, isHeld);
      return sameRow;
    }
    text
      .split(BREAK)
      .filter((part) => part !== "")
      .forEach((part, section) => {
        if (this.section(output, style, part, index, section, isHeld) && section > 0) this.previousMultiline = true;
      });
    return sameRow;
  }

  /** Prints a part of an element; returns whether it began a line. */
  private section(
    output: TextOutput,
    style: LineStyle,
    part: string,
    index: number,
    section: number,
    isHeld: boolean,
  ): boolean {
    const gap = style.elementGap.length;
    if (!isHeld && this.column + part.length + gap + style.lineEnd.length > style.columns) this.needPrefix = true;
    const beginsLine = this.needPrefix;
    if (beginsLine) {
      this.startLine(output, style, this.blockStart + index, section);
    } else if ((index > 0 || this.continuation > 0) && section === 0) {
      output.write(style.elementGap);
      this.column += gap;
    }
    output.write(part);
    this.column += part.length;
    return beginsLine;
  }

  private decideBreak(style: LineStyle, text: string, rowIndex: number): boolean {
    let sameRow = true;
    if (style.moveLongElements) {
      const extra = style.elementGap.length + style.lineEnd.length;
      if (this.column + text.length + extra > style.columns) {
        const width = columnsOf(text) + extra;
        const passes = this.column + width > style.columns;
        if (passes && (this.previousMultiline || this.prefixLength + width <= style.columns)) this.needPrefix = true;
      }
    }
    if (style.breakRows && this.elementsOnLine > 0) {
      if (this.rowLength > 0 && this.elementsOnLine % this.rowLength === 0) this.needPrefix = true;
      if (rowIndex === this.rowLength) {
        this.needPrefix = true;
        sameRow = false;
      }
    }
    if (style.elementsPerLine > 0 && this.elementsOnLine >= style.elementsPerLine) this.needPrefix = true;
    return sameRow;
  }
}

/** Columns of a text: control characters and bytes from 0x80 on take none. */
function columnsOf(text: string): number {
  let columns = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    if (byte >= 0x20 && byte < 0x80) columns++;
  }
  return columns;
}
