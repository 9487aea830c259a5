/**
 * B-tree 'K' values message (0x0013) of the superblock extension.
 *
 * Specification: IV.A.2.t, "The B-tree 'K' Values Message". Reference implementation: H5Obtreek.c.
 *
 * | field                         | bytes     |
 * | ----------------------------- | --------- |
 * | Version                       | 1, here 0 |
 * | Indexed Storage Internal Node K | 2       |
 * | Group Internal Node K         | 2         |
 * | Group Leaf Node K             | 2         |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Half ranks of version 1 B-trees. Specification: IV.A.2.t, "The B-tree 'K' Values Message". */
export interface BTreeKValues {
  /** Of chunk B-trees: a node has up to twice as many children. */
  readonly indexedStorageInternalNodeK: number;
  /** Of group B-trees: a node has up to twice as many children. */
  readonly groupInternalNodeK: number;
  /** Half the entries of a symbol table node. */
  readonly groupLeafNodeK: number;
}

const VERSION = 0;

/** Bytes of the message. */
export const B_TREE_K_BYTES = 7;

/** A node of a B-tree has room for 2K children. */
export function decodeK(cursor: Cursor, field: string): number {
  const k = cursor.u16(field);
  if (k === 0) throw cursor.error("expected 1 or more, found 0", field);
  return k;
}

export function decodeBTreeK(cursor: Cursor): BTreeKValues {
  cursor.version([VERSION]);
  const indexedStorageInternalNodeK = decodeK(cursor, "Indexed Storage Internal Node K");
  const groupInternalNodeK = decodeK(cursor, "Group Internal Node K");
  const groupLeafNodeK = decodeK(cursor, "Group Leaf Node K");
  return { indexedStorageInternalNodeK, groupInternalNodeK, groupLeafNodeK };
}

export function encodeBTreeK(writer: Writer, values: BTreeKValues): void {
  writer.u8(VERSION).u16(values.indexedStorageInternalNodeK);
  writer.u16(values.groupInternalNodeK).u16(values.groupLeafNodeK);
}
