/** What bytes of a file are used for, in the order of summaries and legends. */

/** Each kind's name, and what it counts as. */
const KINDS = {
  "user-block": ["User block", "outside"],
  superblock: ["Superblock", "metadata"],
  "driver-info": ["Driver information block", "metadata"],
  "superblock-extension": ["Superblock extension", "metadata"],
  "object-header": ["Object header", "metadata"],
  "group-b-tree": ["B-tree of a group (version 1)", "metadata"],
  "symbol-table-node": ["Symbol table node", "metadata"],
  "local-heap": ["Local heap header", "metadata"],
  "local-heap-data": ["Local heap data segment", "metadata"],
  "global-heap": ["Global heap collection", "metadata"],
  "b-tree-v2": ["B-tree (version 2)", "metadata"],
  "fractal-heap-header": ["Fractal heap header", "metadata"],
  "fractal-heap-indirect": ["Fractal heap indirect block", "metadata"],
  "fractal-heap-direct": ["Fractal heap direct block", "metadata"],
  "huge-object": ["Fractal heap huge object", "metadata"],
  "free-space-header": ["Free-space header", "metadata"],
  "free-space-sections": ["Free-space section list", "metadata"],
  "shared-messages": ["Shared message table or list", "metadata"],
  "cache-image": ["Metadata cache image", "metadata"],
  "chunk-b-tree": ["B-tree of chunks (version 1)", "metadata"],
  "fixed-array": ["Fixed array", "metadata"],
  "extensible-array": ["Extensible array", "metadata"],
  chunk: ["Chunk", "raw"],
  contiguous: ["Contiguous raw data", "raw"],
  "free-space": ["Free space", "free"],
  unaccounted: ["Unaccounted", "unaccounted"],
  "doubly-owned": ["Owned more than once", "doubly-owned"],
  "after-end": ["Behind the end of file address", "outside"],
} as const satisfies Record<string, readonly [name: string, role: SpaceRole]>;

export type SpaceRole = "metadata" | "raw" | "free" | "unaccounted" | "doubly-owned" | "outside";

export type SpaceKind = keyof typeof KINDS;

export const SPACE_KINDS = Object.keys(KINDS) as readonly SpaceKind[];

export function spaceKindName(kind: SpaceKind): string {
  return KINDS[kind][0];
}

export function spaceRole(kind: SpaceKind): SpaceRole {
  return KINDS[kind][1];
}
