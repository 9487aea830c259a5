/** Lines of XML at their levels of indentation. */
import type { TextOutput } from "../../output.ts";

const NAME_ESCAPES: Readonly<Record<string, string>> = {
  '"': "&quot;",
  "'": "&apos;",
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
};

/** A name within an attribute's quotes. */
export function escapeXmlName(text: string): string {
  return text.replace(/["'<>&]/g, (character) => NAME_ESCAPES[character] as string);
}

/** A string value: quotes and backslashes get a backslash, in the manner of C. */
export function escapeXmlString(text: string): string {
  return text.replace(/["'<>&\\]/g, (character) =>
    character === '"' || character === "\\" ? `\\${character}` : (NAME_ESCAPES[character] as string),
  );
}

export class XmlWriter {
  private readonly output: TextOutput | undefined;
  /** In front of element names, with its colon. */
  private readonly prefix: string;
  private isFirst = true;
  /** Level of the element being written. */
  level = 0;

  constructor(output: TextOutput | undefined, prefix: string) {
    this.output = output;
    this.prefix = prefix;
  }

  /** A line that is no element: a value or a comment. */
  text(line: string): void {
    this.output?.write(`${this.isFirst ? "" : "\n"}${"   ".repeat(this.level)}${line}`);
    this.isFirst = false;
  }

  /** `<name rest>`, where `rest` is everything behind the name, the closing bracket included. */
  open(name: string, rest = ">"): void {
    this.text(`<${this.prefix}${name}${rest}`);
  }

  close(name: string): void {
    this.text(`</${this.prefix}${name}>`);
  }

  /** An element around a body one level further in. */
  element(name: string, rest: string, body: () => void): void {
    this.open(name, rest);
    this.nested(body);
    this.close(name);
  }

  /** The body at another level, one further in unless told. */
  nested(body: () => void, levels = 1): void {
    this.level += levels;
    body();
    this.level -= levels;
  }
}
