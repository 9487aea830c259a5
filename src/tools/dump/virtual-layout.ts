/** A mapping of a virtual dataset. Reference implementation: `h5tools_print_virtual_selection` in h5tools_dump.c. */
import { UNLIMITED } from "../../base/address.ts";
import { blocks } from "../../engine/selection/blocks.ts";
import type { HyperslabParameters, PointSelection, Selection } from "../../engine/selection/selection.ts";
import type { VirtualMapping } from "../../engine/virtual/mapping.ts";
import { byteText } from "../byte-text.ts";
import { BREAK } from "../line-layout.ts";
import type { Sheet } from "../sheet.ts";

export function dumpVirtualMapping(sheet: Sheet, mapping: VirtualMapping, index: number): void {
  sheet.line(`MAPPING ${index} { `);
  sheet.indented(() => {
    sheet.block("VIRTUAL", () => dumpSelection(sheet, mapping.virtualSelection));
    sheet.block("SOURCE", () => {
      sheet.line(`FILE "${byteText(mapping.sourceFile)}"`);
      sheet.line(`DATASET "${byteText(mapping.sourceDataset)}"`);
      dumpSelection(sheet, mapping.sourceSelection);
    });
  });
  sheet.line("}");
}

function dumpSelection(sheet: Sheet, selection: Selection): void {
  switch (selection.kind) {
    case "none":
      sheet.line("SELECTION NONE");
      break;
    case "all":
      sheet.line("SELECTION ALL");
      break;
    case "points":
      sheet.put(`POINT { ${pointList(selection)} }`);
      break;
    case "regular":
      sheet.line("SELECTION REGULAR_HYPERSLAB { ");
      // The lines of the hyperslab are one element to the layout, indented by hand.
      sheet.put(regularLines(sheet, selection.given));
      sheet.line("}");
      break;
    case "irregular":
      sheet.line("SELECTION IRREGULAR_HYPERSLAB { ");
      sheet.indented(() => {
        const list = blocks(selection).map(({ low, high }) => `(${low.join(",")})-(${high.join(",")})`);
        sheet.begunLine(list.join(`,${BREAK} `));
      });
      sheet.line("}");
  }
}

function regularLines(sheet: Sheet, parameters: HyperslabParameters): string {
  const { indent } = sheet.style;
  const text = (values: readonly number[]): string =>
    `(${values.map((value) => (value === UNLIMITED ? "H5S_UNLIMITED" : String(value))).join(",")})`;
  const lines = [
    `${indent}START ${text(parameters.start)}`,
    `STRIDE ${text(parameters.stride)}`,
    `COUNT ${text(parameters.count)}`,
    `BLOCK ${text(parameters.block)}`,
  ];
  return lines.join(`\n${indent.repeat(sheet.layout.indentLevel)}`);
}

function pointList(selection: PointSelection): string {
  const rank = selection.dims.length;
  const points: string[] = [];
  for (let i = 0; i < selection.coordinates.length; i += rank) {
    points.push(`(${Array.from(selection.coordinates.subarray(i, i + rank)).join(",")})`);
  }
  return points.join(`,${BREAK} `);
}
