import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BREAK, LineLayout, type LineStyle } from "../../src/tools/line-layout.ts";
import { MemoryOutput } from "../../src/tools/output.ts";

const style: LineStyle = {
  columns: 30,
  elementsPerLine: 0,
  breakRows: true,
  moveLongElements: true,
  elementGap: " ",
  lineEnd: "",
  indent: "   ",
  indices: true,
  indexText: (coordinates) => `(${coordinates.join(",")}): `,
  prefix: (index) => index,
};

function laidOut(elements: readonly string[], dims: readonly number[], change: Partial<LineStyle> = {}): string {
  const output = new MemoryOutput();
  const layout = new LineLayout();
  layout.level = 2;
  layout.needPrefix = true;
  layout.setExtent(dims);
  layout.rowLength = dims[dims.length - 1] ?? 0;
  let row = 0;
  elements.forEach((element, i) => {
    if (!layout.element(output, { ...style, ...change }, element, i, row)) row = 0;
    layout.elementsOnLine++;
    row++;
  });
  return output.text;
}

const letters = (count: number): string[] => Array.from({ length: count }, (_, i) => `v${i},`);

describe("layout of values in lines", () => {
  test("a row of an array starts a line with its indices", () => {
    expect(laidOut(letters(4), [2, 2])).toBe("   (0,0): v0, v1,\n   (1,0): v2, v3,");
  });

  test("a line ends before the columns do", () => {
    expect(laidOut(letters(9), [9])).toBe("   (0): v0, v1, v2, v3, v4,\n   (5): v5, v6, v7, v8,");
  });

  test("one element a line", () => {
    expect(laidOut(letters(2), [2], { elementsPerLine: 1 })).toBe("   (0): v0,\n   (1): v1,");
  });

  test("breaks an element only where it may be broken", () => {
    expect(laidOut([`aaaaaaaaaaaaaaa${BREAK}bbbbbbbbbbbbbbb`], [1])).toBe(
      "   (0): aaaaaaaaaaaaaaa\n   (0): bbbbbbbbbbbbbbb",
    );
  });

  test("a scalar has the index 0", () => {
    expect(laidOut(["x"], [])).toBe("   (0): x");
  });

  test("no line is longer than the columns unless one element is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 15, unit: fc.constantFrom("a", "b") })), (elements) => {
        for (const line of laidOut(elements, [elements.length]).split("\n"))
          expect(line.length).toBeLessThanOrEqual(30);
      }),
    );
  });
});
