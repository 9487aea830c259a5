/** A walk over a file, from the superblock through object headers and symbol tables, that gathers what it meets. */
import { Cursor } from "../../src/base/cursor.ts";
import {
  type BTreeV1GroupNode,
  decodeBTreeV1GroupNode,
  sizeOfBTreeV1GroupNode,
} from "../../src/format/b-tree-v1-group-node.ts";
import { decodeLocalHeap, type LocalHeap, localHeapText, sizeOfLocalHeap } from "../../src/format/local-heap.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import {
  decodeContinuationBlock,
  decodeObjectHeader,
  OBJECT_HEADER_PROBE_BYTES,
  type ObjectHeader,
  objectHeaderByteLength,
} from "../../src/format/object-header.ts";
import type { LocatedMessage, MessageBlock } from "../../src/format/object-header-message.ts";
import {
  DEFAULT_B_TREE_K,
  decodeSuperblock,
  hasSuperblockSignature,
  nextSuperblockOffset,
  rootObjectHeaderAddress,
  SUPERBLOCK_PREFIX_BYTES,
  type Superblock,
  superblockByteLength,
} from "../../src/format/superblock.ts";
import {
  decodeSymbolTableNode,
  type SymbolTableNode,
  sizeOfSymbolTableNode,
} from "../../src/format/symbol-table-node.ts";
import { type FixtureName, readFixture } from "./structure-bytes.ts";

export interface Found<T> {
  readonly bytes: Uint8Array;
  readonly value: T;
}

export interface FoundObject {
  readonly path: string;
  readonly header: Found<ObjectHeader<LocatedMessage>>;
  readonly continuations: readonly Found<MessageBlock<LocatedMessage>>[];
}

export interface FileContents {
  readonly superblock: Found<Superblock>;
  readonly leafK: number;
  readonly internalK: number;
  readonly objects: FoundObject[];
  readonly softLinks: string[];
  readonly groupNodes: Found<BTreeV1GroupNode>[];
  readonly symbolNodes: Found<SymbolTableNode>[];
  readonly heaps: (Found<LocalHeap> & { readonly segment: Uint8Array })[];
  /** The file without its user block. */
  readonly bytes: Uint8Array;
}

class Walk {
  readonly contents: FileContents;

  constructor(file: Uint8Array) {
    let start = 0;
    while (!hasSuperblockSignature(file.subarray(start))) start = nextSuperblockOffset(start);
    const bytes = file.subarray(start);
    const byteLength = superblockByteLength(bytes.subarray(0, SUPERBLOCK_PREFIX_BYTES));
    const own = bytes.subarray(0, byteLength);
    const value = decodeSuperblock(new Cursor(own, { structure: "Superblock", address: 0 }));
    const { groupLeafNodeK, groupInternalNodeK } =
      value.version === 0 || value.version === 1 ? value : DEFAULT_B_TREE_K;
    this.contents = {
      superblock: { bytes: own, value },
      leafK: groupLeafNodeK,
      internalK: groupInternalNodeK,
      objects: [],
      softLinks: [],
      groupNodes: [],
      symbolNodes: [],
      heaps: [],
      bytes,
    };
    this.object("/", rootObjectHeaderAddress(value));
  }

  private cursor(structure: string, address: number, byteLength: number): Cursor {
    const { bytes, superblock } = this.contents;
    return new Cursor(bytes.subarray(address, address + byteLength), { structure, address, widths: superblock.value });
  }

  private object(path: string, address: number): void {
    const probe = this.cursor("Object header", address, OBJECT_HEADER_PROBE_BYTES);
    const cursor = this.cursor("Object header", address, objectHeaderByteLength(probe));
    const value = decodeObjectHeader(cursor);
    const continuations: Found<MessageBlock<LocatedMessage>>[] = [];
    const messages = [...value.messages];
    for (const message of messages) {
      if (message.type !== MESSAGE.CONTINUATION) continue;
      const body = new Cursor(message.data, { structure: "Continuation", widths: this.contents.superblock.value });
      const block = this.cursor("Continuation block", body.addressValue(), body.lengthValue());
      const found = { bytes: block.bytes, value: decodeContinuationBlock(block, value) };
      continuations.push(found);
      messages.push(...found.value.messages);
    }
    this.contents.objects.push({ path, header: { bytes: cursor.bytes, value }, continuations });
    const table = messages.find((message) => message.type === MESSAGE.SYMBOL_TABLE);
    if (table === undefined) return;
    const body = new Cursor(table.data, { structure: "Symbol table", widths: this.contents.superblock.value });
    const tree = body.addressValue();
    this.groupNode(path, tree, this.heap(body.addressValue()));
  }

  private heap(address: number): Uint8Array {
    const { superblock, bytes, heaps } = this.contents;
    const cursor = this.cursor("Local heap", address, sizeOfLocalHeap(superblock.value));
    const value = decodeLocalHeap(cursor);
    const from = value.dataSegmentAddress;
    const segment = bytes.subarray(from, from + value.dataSegmentSize);
    heaps.push({ bytes: cursor.bytes, value, segment });
    return segment;
  }

  private groupNode(path: string, address: number, names: Uint8Array): void {
    const { superblock, internalK, leafK, groupNodes, symbolNodes } = this.contents;
    const cursor = this.cursor("Group node", address, sizeOfBTreeV1GroupNode(internalK, superblock.value));
    const value = decodeBTreeV1GroupNode(cursor, internalK);
    groupNodes.push({ bytes: cursor.bytes, value });
    for (const child of value.children) {
      if (value.nodeLevel > 0) {
        this.groupNode(path, child, names);
        continue;
      }
      const nodeCursor = this.cursor("Symbol table node", child, sizeOfSymbolTableNode(leafK, superblock.value));
      const node = decodeSymbolTableNode(nodeCursor, leafK);
      symbolNodes.push({ bytes: nodeCursor.bytes, value: node });
      for (const entry of node.entries) {
        const name = localHeapText(names, entry.linkNameOffset);
        if (entry.cacheType === 2) {
          const target = localHeapText(names, entry.linkValueOffset);
          this.contents.softLinks.push(`${path}${name} -> ${target}`);
        } else {
          this.object(`${path}${name}/`, entry.objectHeaderAddress);
        }
      }
    }
  }
}

export function walkFile(name: FixtureName): FileContents {
  return new Walk(readFixture(name)).contents;
}
