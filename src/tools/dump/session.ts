/** One run of `h5ts dump`: what everything that prints needs to know. */
import type { BinaryForm, DataSession } from "../data/data-session.ts";
import type { LineStyle } from "../line-layout.ts";
import { LineLayout } from "../line-layout.ts";
import type { OpenFiles } from "../open-files.ts";
import { FileOutput, StandardOutput, type TextOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { ReferencePaths } from "../references.ts";
import { Sheet } from "../sheet.ts";
import { DUMP_VALUE_FORMAT, type PackedBits, type ValueFormat } from "../value-format.ts";
import { IdentifierCounter } from "./identifiers.ts";
import type { ObjectTables } from "./object-tables.ts";
import type { DumpOptions } from "./options.ts";

/** Spaces of a level of indentation. */
export const INDENT = 3;

/** Nothing more can be printed sensibly. */
export class StopError extends Error {
  override name = "StopError";
}

export class DumpSession implements DataSession {
  readonly options: DumpOptions;
  readonly files: OpenFiles;
  readonly paths = new ReferencePaths();
  /** Undefined outputs take nothing. */
  readonly ddl: TextOutput | undefined;
  readonly data: TextOutput | undefined;
  readonly attributes: TextOutput | undefined;
  /** What was found in the files met so far, the first file first. */
  readonly tables: ObjectTables[] = [];
  current!: ObjectTables;
  /** Whether objects of a file are printed that an external link led to. */
  followedExternal = false;
  /** Columns by which the current object is indented. */
  indent = 0;
  packedBits: PackedBits | undefined;
  readonly identifiers = new IdentifierCounter();
  exitCode = 0;
  private readonly platform: Platform;
  private readonly standard: StandardOutput;

  constructor(options: DumpOptions, files: OpenFiles, platform: Platform) {
    this.options = options;
    this.files = files;
    this.platform = platform;
    this.standard = new StandardOutput(platform);
    this.ddl = this.output(options.ddlFile);
    this.data = this.output(options.dataFile);
    this.attributes = this.output(options.attributeFile);
    // Before the first mask is set, no bit passes.
    this.packedBits = options.packedBits.length > 0 ? { offset: 0, length: 0 } : undefined;
  }

  private output(path: string | undefined): TextOutput | undefined {
    if (path === undefined) return this.standard;
    return path === "" ? undefined : new FileOutput(this.platform, path);
  }

  /** Reports an error, on standard error after what was printed before it, and has the tool fail. */
  fail(message: string): void {
    this.warn(message);
    this.exitCode = 1;
  }

  /** The same, but the tool may yet succeed. */
  warn(message: string): void {
    this.flush();
    this.platform.writeStandardError(`h5ts dump error: ${message}\n`);
  }

  flush(): void {
    for (const output of [this.attributes, this.data, this.ddl]) output?.flush();
    this.standard.flush();
  }

  /** The end of output: a line of data without text around it is ended. */
  close(): void {
    if (this.ddl === undefined && this.data === this.standard) this.standard.write("\n");
    this.flush();
  }

  get binary(): BinaryForm | undefined {
    return this.options.binary;
  }

  get regions(): boolean {
    return this.options.regions;
  }

  readonly blockLabel = (): string => "";
  readonly pointLabel = (): string => "";

  /** The look of descriptive lines. */
  get style(): LineStyle {
    const { columns } = this.options;
    return {
      columns: columns === 0 ? 65535 : columns,
      elementsPerLine: columns === 0 ? 1 : 0,
      breakRows: true,
      moveLongElements: true,
      elementGap: " ",
      lineEnd: "",
      indent: " ".repeat(INDENT),
      indices: true,
      indexText: () => "",
      prefix: () => "",
    };
  }

  get valueFormat(): ValueFormat {
    const { floatFormat, escapes } = this.options;
    return {
      ...DUMP_VALUE_FORMAT,
      escapes,
      float: floatFormat ?? "%g",
      double: floatFormat ?? "%g",
      packedBits: this.packedBits,
    };
  }

  /** A sheet for the lines of an object at the current indentation. */
  sheet(): Sheet {
    const layout = new LineLayout();
    layout.level = this.indent / INDENT;
    layout.column = this.indent;
    return new Sheet(this.ddl, this.style, layout);
  }

  indented(body: () => void): void {
    this.indent += INDENT;
    body();
    this.indent -= INDENT;
  }

  /** Text that goes to standard output, wherever the rest goes. */
  writeStandard(text: string): void {
    this.standard.write(text);
  }

  /** Text outside of the layout, which counts columns of its own. */
  write(text: string): void {
    this.ddl?.write(text);
  }

  /** Spaces in front of such text; there must be room for more on the line. */
  writeIndent(columns: number): void {
    if (columns >= this.options.columns) {
      this.flush();
      this.platform.writeStandardError("error: the indentation exceeds the number of cols.\n");
      this.exitCode = 1;
      throw new StopError();
    }
    this.write(" ".repeat(columns));
  }
}
