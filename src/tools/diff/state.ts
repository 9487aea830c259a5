/** What a comparison has come to, and where it is told. */
import { byteText } from "../byte-text.ts";
import type { TextOutput } from "../output.ts";
import type { DiffOptions } from "./options.ts";

export class DiffState {
  readonly options: DiffOptions;
  /** Something could not be compared. */
  notComparable = false;
  /** Something went wrong. */
  failed = false;
  /** Something is in one of the files only. */
  contentsDiffer = false;
  /** Tells on standard error what went wrong. */
  readonly warn: (problem: string) => void;
  private readonly output: TextOutput;

  constructor(options: DiffOptions, output: TextOutput, warn: (problem: string) => void) {
    this.options = options;
    this.output = output;
    this.warn = warn;
  }

  write(text: string): void {
    this.output.write(byteText(text));
  }

  /** Text that is one of bytes already. */
  writeBytes(text: string): void {
    this.output.write(text);
  }

  /** Whether single differences are told. */
  get tellsValues(): boolean {
    const { report, verbose, quiet } = this.options;
    return (report || verbose) && !quiet;
  }

  /** Whether it is told what cannot be compared. */
  get tellsObstacles(): boolean {
    return this.options.verbose || this.options.listNotComparable;
  }

  /** Tells why something cannot be compared. */
  obstacle(text: string): void {
    if (this.tellsObstacles) this.write(text);
    this.notComparable = true;
  }

  objectNames(kind: string, path1: string, path2: string): void {
    const gap = this.options.verboseLevel >= 1 ? "\n" : "";
    this.write(`${gap}${kind.padEnd(7)}: <${path1}> and <${path2}>\n`);
  }

  found(count: number): void {
    this.write(`${count} differences found\n`);
  }

  /** Whether an object that differs in no value of its own is named. */
  tellsObject(count: number): boolean {
    return (this.options.verbose || count > 0) && !this.options.quiet;
  }

  /** Whether as many differences were found as are wanted. */
  isEnough(count: number): boolean {
    return this.options.count !== undefined && count >= this.options.count;
  }
}
