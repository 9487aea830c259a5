/** One run of `h5ts ls`: where text goes, and how values look. */
import type { DataSession } from "../data/data-session.ts";
import type { LineStyle } from "../line-layout.ts";
import { BREAK } from "../line-layout.ts";
import { StandardOutput, type TextOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { ReferencePaths } from "../references.ts";
import { DUMP_VALUE_FORMAT, type ValueFormat } from "../value-format.ts";
import { BREAKABLE_SEPARATOR } from "../value-text.ts";
import type { ListOptions } from "./options.ts";

/** Significant digits of `float` and `double`. C: `FLT_DIG`, `DBL_DIG`. */
const FLOAT_FORMAT = "%1.6g";
const DOUBLE_FORMAT = "%1.15g";

export class ListSession implements DataSession {
  readonly options: ListOptions;
  readonly output: TextOutput;
  readonly paths = new ReferencePaths();
  readonly valueFormat: ValueFormat;
  readonly binary = undefined;
  readonly regions = false;
  exitCode = 0;
  /** Whether a group whose members are listed is listed itself: from the first whole file on, in recursive listings. */
  showsStart = false;
  /**
   * Times a file was opened. The number of an external file is that of its last opening, and C programs open it again
   * whenever they look a link up: to see whether it leads anywhere, and to learn of what kind the target is.
   */
  openings = 0;
  private readonly platform: Platform;

  constructor(options: ListOptions, platform: Platform) {
    this.options = options;
    this.platform = platform;
    this.output = new StandardOutput(platform);
    this.valueFormat = { ...(options.simple ? simpleFormat(options.labels) : wrappedFormat()), ...common(options) };
  }

  get data(): TextOutput {
    return this.output;
  }

  get attributes(): TextOutput {
    return this.output;
  }

  readonly blockLabel = (index: number): string => `Blk${index}: `;
  readonly pointLabel = (index: number): string => `Pt${index}: `;

  warn(message: string): void {
    this.output.flush();
    this.platform.writeStandardError(`h5ts ls: ${message}\n`);
  }

  fail(message: string): void {
    this.warn(message);
  }

  /**
   * The look of data lines.
   *
   * @param continuation - What a continued line starts with.
   */
  dataStyle(continuation: string): LineStyle {
    const { simple, columns } = this.options;
    const next = simple ? "        " : "         ";
    return {
      columns: simple || columns === 0 ? 65535 : columns,
      elementsPerLine: simple || columns === 0 ? 1 : 0,
      breakRows: false,
      moveLongElements: !simple,
      elementGap: " ",
      lineEnd: "",
      indent: "   ",
      indices: true,
      indexText: () => "",
      prefix: (_index, kind) => (kind === "continued" ? continuation : next),
    };
  }

  /** The same for one-byte integers as text, in quotes on each line. */
  characterStyle(continuation: string): LineStyle {
    const style = this.dataStyle(continuation);
    return {
      ...style,
      elementGap: "",
      lineEnd: '"',
      prefix: (index, kind) => style.prefix(index, kind) + (kind === "continued" ? "" : '"'),
    };
  }
}

function common(options: ListOptions): Partial<ValueFormat> {
  return {
    float: FLOAT_FORMAT,
    double: DOUBLE_FORMAT,
    raw: options.hexadecimal,
    rawDigits: false,
    escapes: true,
    breakLines: false,
    compoundEnd: "",
    memberNames: options.labels,
  };
}

/** One element a line, without the marks that only people need. */
function simpleFormat(labels: boolean): ValueFormat {
  return {
    ...DUMP_VALUE_FORMAT,
    percentEncode: true,
    arrayOpen: "",
    arraySeparator: " ",
    arrayClose: "",
    arrayGap: true,
    compoundOpen: labels ? "{" : "",
    compoundSeparator: " ",
    compoundClose: labels ? "}" : "",
    sequenceSeparator: ",",
    elementSuffix: " ",
  };
}

function wrappedFormat(): ValueFormat {
  return {
    ...DUMP_VALUE_FORMAT,
    repeatThreshold: 8,
    arrayOpen: "[",
    arraySeparator: BREAKABLE_SEPARATOR,
    arrayClose: "]",
    arrayGap: false,
    compoundSeparator: `, ${BREAK}`,
    sequenceSeparator: BREAKABLE_SEPARATOR,
    elementSuffix: ",",
  };
}
