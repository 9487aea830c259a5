/** Values in XML. Reference implementation: `xml_dump_data`, `xml_print_strs`, `xml_print_refs` in h5dump_xml.c. */
import { isHdf5Error } from "../../../base/errors.ts";
import type { StringType, VariableLengthType } from "../../../format/datatype.ts";
import { bytesToText } from "../../byte-text.ts";
import { dumpValues } from "../../data/data-block.ts";
import type { DataHolder } from "../../data/data-holder.ts";
import { FileValues } from "../../file-values.ts";
import { LineLayout, type LineStyle } from "../../line-layout.ts";
import { resolveReference } from "../../references.ts";
import { DUMP_VALUE_FORMAT, type ValueFormat } from "../../value-format.ts";
import { terminatedText } from "../../value-text.ts";
import type { DumpSession } from "../session.ts";
import { escapeXmlString, type XmlWriter } from "./xml-writer.ts";

const STYLE: LineStyle = {
  columns: 65535,
  elementsPerLine: 1,
  breakRows: false,
  moveLongElements: true,
  elementGap: " ",
  lineEnd: "",
  indent: "   ",
  indices: false,
  indexText: () => "",
  prefix: () => "",
};

function valueFormat(session: DumpSession): ValueFormat {
  const { floatFormat } = session.options;
  return {
    ...DUMP_VALUE_FORMAT,
    float: floatFormat ?? "%g",
    double: floatFormat ?? "%g",
    arrayOpen: "",
    arraySeparator: "",
    arrayClose: "",
    breakLines: false,
    compoundOpen: "",
    compoundSeparator: " ",
    compoundClose: "",
    compoundEnd: "",
    sequenceOpen: " ",
    sequenceSeparator: " ",
    sequenceClose: "",
    elementSuffix: "",
  };
}

export class XmlValues {
  private readonly session: DumpSession;
  private readonly writer: XmlWriter;

  constructor(session: DumpSession, writer: XmlWriter) {
    this.session = session;
    this.writer = writer;
  }

  /** `<Data>` with all values of `holder`. */
  data(holder: DataHolder): void {
    const { writer } = this;
    const { datatype } = holder;
    writer.element("Data", ">", () => {
      writer.open("DataFromFile");
      if (datatype.class === "string" || (datatype.class === "variable-length" && datatype.kind === "string")) {
        if (!this.strings(holder, datatype)) this.unreadable();
      } else {
        const layout = new LineLayout();
        layout.level = writer.level;
        layout.column = 1;
        layout.needPrefix = true;
        const look = { style: STYLE, layout, format: valueFormat(this.session) };
        if (!dumpValues(this.session, look, holder, undefined)) this.unreadable();
      }
      writer.close("DataFromFile");
    });
  }

  /** Stands where values would, below what could be read of them. */
  private unreadable(): void {
    this.writer.nested(() => this.writer.text("Unable to print data."));
  }

  /** Undefined when the values cannot be read, which is reported. */
  private bytes(holder: DataHolder): Uint8Array | undefined {
    try {
      return holder.bytes ?? holder.dataset?.readBytes() ?? new Uint8Array(0);
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.session.fail(`unable to print data: ${error.message}`);
      return undefined;
    }
  }

  /** @returns false when they cannot be read. */
  private strings(holder: DataHolder, type: StringType | VariableLengthType): boolean {
    const bytes = this.bytes(holder);
    if (bytes === undefined) return false;
    const values = new FileValues(holder.file, this.session.paths);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + type.size <= bytes.length; at += type.size) {
      let text: string | undefined;
      if (type.class === "string") text = terminatedText(bytes.subarray(at, at + type.size));
      else {
        const value = values.sequence(view, at, 1);
        text = value && bytesToText(new Uint8Array(value.view.buffer, value.view.byteOffset, value.count));
      }
      this.writer.text(text === undefined ? "NULL" : `"${escapeXmlString(text)}"`);
    }
    return true;
  }

  /** The paths of the objects that references lead to. */
  references(holder: DataHolder): void {
    const { datatype } = holder;
    if (datatype.class !== "reference") return;
    const bytes = this.bytes(holder);
    if (bytes === undefined) {
      this.unreadable();
      return;
    }
    for (let at = 0; at + datatype.size <= bytes.length; at += datatype.size) {
      const target = resolveReference(holder.file, datatype, bytes.subarray(at, at + datatype.size))?.target;
      const path = target && this.session.paths.pathOf(target);
      this.writer.text(`"${path === undefined ? "NULL" : escapeXmlString(path)}"`);
    }
  }
}
