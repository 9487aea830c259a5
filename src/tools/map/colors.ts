/** Colours of the picture: blues for groups and headers, violets for heaps, greens for chunk indexes, warm for raw data. */
import type { SpaceKind } from "../../engine/space-map/space-kinds.ts";

export const KIND_COLORS: Readonly<Record<SpaceKind, string>> = {
  "user-block": "#8d99ae",
  superblock: "#14213d",
  "driver-info": "#3d5a80",
  "superblock-extension": "#26466d",
  "object-header": "#2f6fb5",
  "group-b-tree": "#5aa9e6",
  "symbol-table-node": "#8cc8f0",
  "local-heap": "#7b5ea7",
  "local-heap-data": "#a58bd0",
  "global-heap": "#c77dff",
  "b-tree-v2": "#2a9d8f",
  "fractal-heap-header": "#5f0f6f",
  "fractal-heap-indirect": "#86288f",
  "fractal-heap-direct": "#b565c0",
  "huge-object": "#d99ae0",
  "free-space-header": "#6c757d",
  "free-space-sections": "#8f989f",
  "shared-messages": "#1b7f9e",
  "cache-image": "#b08968",
  "chunk-b-tree": "#40916c",
  "fixed-array": "#55a630",
  "extensible-array": "#80b918",
  chunk: "#f4a259",
  contiguous: "#f6c177",
  "free-space": "#e3e7ea",
  unaccounted: "#f8d7da",
  "doubly-owned": "#d00000",
  "after-end": "#ced4da",
};

/** Kinds that are hatched, so that what is not in use tells without colours too. */
export const HATCHED: Readonly<Partial<Record<SpaceKind, string>>> = {
  "free-space": "#c3cad0",
  unaccounted: "#e0838c",
  "after-end": "#adb5bd",
};

/** Text on a colour: white on the dark ones. */
export function textColor(background: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ];
  return red * 0.299 + green * 0.587 + blue * 0.114 > 150 ? "#1d2733" : "#ffffff";
}
