/** A place to print lines: an output, the look of its lines, and the layout's state. */
import type { LineLayout, LineStyle } from "./line-layout.ts";
import type { TextOutput } from "./output.ts";

export class Sheet {
  readonly output: TextOutput | undefined;
  readonly style: LineStyle;
  readonly layout: LineLayout;

  /** @param output - undefined discards everything. */
  constructor(output: TextOutput | undefined, style: LineStyle, layout: LineLayout) {
    this.output = output;
    this.style = style;
    this.layout = layout;
  }

  /** Prints `text` at the start of a line. */
  line(text: string): void {
    this.layout.line(this.output, this.style, text);
  }

  /** Prints `text` on a line that is begun before: text that is too long for it goes to the next one and leaves it empty. */
  begunLine(text: string): void {
    this.layout.needPrefix = true;
    this.layout.startLine(this.output, this.style, 0, 0);
    this.put(text);
  }

  /** Prints `text` where the layout stands: on the same line unless a new one is due. */
  put(text: string): void {
    this.layout.element(this.output, this.style, text, 0, 0);
  }

  /** Prints lines one level further in. */
  indented(body: () => void): void {
    this.layout.level++;
    body();
    this.layout.level--;
  }

  /** `heading {`, the indented body, `}`. */
  block(heading: string, body: () => void): void {
    this.line(`${heading} {`);
    this.indented(body);
    this.line("}");
  }
}
