/**
 * Version 1 B-tree node of a group (Node Type 0).
 *
 * Specification: III.A.1, "Version 1 B-trees". Reference implementation: H5Bcache.c, H5Gnode.c.
 *
 * | field                    | bytes                                 |
 * | ------------------------ | ------------------------------------- |
 * | Signature                | 4, "TREE"                             |
 * | Node Type                | 1, here 0                             |
 * | Node Level               | 1                                     |
 * | Entries Used             | 2                                     |
 * | Address of Left Sibling  | Size of Offsets                       |
 * | Address of Right Sibling | Size of Offsets                       |
 * | Key, Child, Key, ... Key | Size of Lengths, Size of Offsets, ... |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** A node of an old-style group's B-tree. Specification: III.A.1, "Version 1 B-trees", Node Type 0. */
export interface BTreeV1GroupNode {
  /** 0 for a leaf, whose children are symbol table nodes; otherwise children are nodes of this tree. */
  readonly nodeLevel: number;
  /** The node before it at the same level; undefined for the first. */
  readonly leftSibling: Address;
  /** The node behind it at the same level; undefined for the last. */
  readonly rightSibling: Address;
  /**
   * Byte offsets of names in the group's local heap: one more than there are children. The names in `children[i]` are
   * above that of `keys[i]` and not above that of `keys[i + 1]`.
   */
  readonly keys: readonly number[];
  /** Addresses of symbol table nodes at level 0, else of nodes. */
  readonly children: readonly Address[];
}

const SIGNATURE = "TREE";
const NODE_TYPE = 0;

/** Bytes on disk: a node is allocated for 2K children however few it holds, K being "Group Internal Node K". */
export function sizeOfBTreeV1GroupNode(k: number, widths: FileWidths): number {
  const { sizeOfOffsets, sizeOfLengths } = widths;
  return 8 + 2 * sizeOfOffsets + sizeOfLengths + 2 * k * (sizeOfOffsets + sizeOfLengths);
}

export function decodeBTreeV1GroupNode(cursor: Cursor, k: number): BTreeV1GroupNode {
  cursor.signature(SIGNATURE);
  const nodeType = cursor.u8("Node Type");
  if (nodeType !== NODE_TYPE) {
    throw cursor.error(`expected ${NODE_TYPE} (group node), found ${nodeType}`, "Node Type");
  }
  const nodeLevel = cursor.u8("Node Level");
  const entriesUsed = cursor.u16("Entries Used");
  if (entriesUsed > 2 * k) {
    throw cursor.error(`${entriesUsed} entries in a node with room for ${2 * k}`, "Entries Used");
  }
  const leftSibling = cursor.addressValue("Address of Left Sibling");
  const rightSibling = cursor.addressValue("Address of Right Sibling");

  const keys = [cursor.lengthValue("Key")];
  const children: Address[] = [];
  for (let i = 0; i < entriesUsed; i++) {
    children.push(cursor.addressValue("Child Pointer"));
    keys.push(cursor.lengthValue("Key"));
  }
  return { nodeLevel, leftSibling, rightSibling, keys, children };
}

/** Unused entries, which the specification leaves undefined, are zero. */
export function encodeBTreeV1GroupNode(writer: Writer, node: BTreeV1GroupNode, k: number): void {
  const { keys, children } = node;
  if (children.length > 2 * k || keys.length !== children.length + 1) {
    throw new RangeError(
      `${children.length} children and ${keys.length} keys in a node with room for ${2 * k} children`,
    );
  }
  const end = writer.position + sizeOfBTreeV1GroupNode(k, writer.widths);
  writer.signature(SIGNATURE).u8(NODE_TYPE).u8(node.nodeLevel).u16(children.length);
  writer.addressValue(node.leftSibling).addressValue(node.rightSibling);
  writer.lengthValue(keys[0] as number);
  for (let i = 0; i < children.length; i++) {
    writer.addressValue(children[i] as number).lengthValue(keys[i + 1] as number);
  }
  writer.zeros(end - writer.position);
}
