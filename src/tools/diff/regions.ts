/** Region references that are compared. Reference implementation: h5diff_array.c, `diff_region`. */
import type { Referenced } from "../../engine/references.ts";
import { blocks, elements } from "../../engine/selection/blocks.ts";
import type { Bounds, Selection } from "../../engine/selection/selection.ts";
import type { DiffState } from "./state.ts";

/** Blocks of hyperslabs, or points. */
function partsOf(selection: Selection): { readonly kind: "blocks" | "points"; readonly parts: readonly Bounds[] } {
  if (selection.kind !== "points") return { kind: "blocks", parts: blocks(selection) };
  const rank = selection.dims.length;
  const flat = elements(selection);
  const parts: Bounds[] = [];
  for (let i = 0; i + rank <= flat.length; i += rank) {
    const position = Array.from(flat.subarray(i, i + rank));
    parts.push({ low: position, high: position });
  }
  return { kind: "points", parts };
}

/** Differences between selections of as many parts. */
export function compareRegions(one: Referenced, two: Referenced, state: DiffState): number {
  if (one.selection === undefined || two.selection === undefined) return 0;
  const first = partsOf(one.selection);
  const second = partsOf(two.selection);
  const sameShape = one.selection.dims.length === two.selection.dims.length;
  if (!sameShape || first.kind !== second.kind || first.parts.length !== second.parts.length) {
    state.notComparable = true;
    return 0;
  }
  const different = first.parts.flatMap((part, i) => {
    const other = second.parts[i] as Bounds;
    return samePart(part, other) ? [] : [{ index: i, part, other }];
  });
  if (different.length === 0 || !state.tellsValues) return different.length;
  if (first.kind === "blocks") {
    const [address1, address2] = [one.object.address, two.object.address];
    state.write(`Referenced dataset      ${address1}            ${address2}\n${"-".repeat(60)}\nRegion blocks\n`);
    for (const { index, part, other } of different) {
      state.write(`block #${index}           ${blockText(part)}           ${blockText(other)}\n`);
    }
  } else {
    state.write("Region points\n");
    for (const { index, part, other } of different) {
      state.write(`point #${index}              ${corner(part.low)}              ${corner(other.low)}\n`);
    }
  }
  return different.length;
}

function samePart(a: Bounds, b: Bounds): boolean {
  return a.low.join() === b.low.join() && a.high.join() === b.high.join();
}

function corner(position: readonly number[]): string {
  return `(${position.join(",")})`;
}

function blockText({ low, high }: Bounds): string {
  return `${corner(low)}-${corner(high)}`;
}
