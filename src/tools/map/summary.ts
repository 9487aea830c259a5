/** Bytes of each kind, for `h5ts map`. */
import { SPACE_KINDS, type SpaceKind, spaceKindName, spaceRole } from "../../engine/space-map/space-kinds.ts";
import type { SpaceMap } from "../../engine/space-map/space-map.ts";

export interface KindTotal {
  readonly kind: SpaceKind;
  readonly name: string;
  readonly role: string;
  readonly regions: number;
  readonly byteLength: number;
}

/** The kinds that occur, in their own order. */
export function kindTotals({ regions }: SpaceMap): KindTotal[] {
  const counts = new Map<SpaceKind, { regions: number; byteLength: number }>();
  for (const { kind, byteLength } of regions) {
    const count = counts.get(kind) ?? { regions: 0, byteLength: 0 };
    counts.set(kind, { regions: count.regions + 1, byteLength: count.byteLength + byteLength });
  }
  return SPACE_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ kind, name: spaceKindName(kind), role: spaceRole(kind), ...count }];
  });
}

/** As in "12.5 %"; little is not nothing. */
export function percentText(byteLength: number, total: number): string {
  const percent = total === 0 ? 0 : (byteLength / total) * 100;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}
