/** A node of a version 2 B-tree that was changed, and is not encoded before it has to be. */
import type { FileWidths } from "../base/address.ts";
import { Writer } from "../base/writer.ts";
import type { BTreeV2Child } from "../format/b-tree-v2.ts";
import type { RecordCodec } from "../format/b-tree-v2-records.ts";
import type { BTreeV2Content, BTreeV2Node } from "./b-tree-v2-node.ts";
import { type RecordOrder, type RecordPlace, searchRecords } from "./b-tree-v2-search.ts";

/** The bytes of each record. */
export function encodeRecords<T>(records: readonly T[], codec: RecordCodec<T>, widths: FileWidths): Uint8Array[] {
  const { byteLength } = codec;
  const writer = new Writer(widths, records.length * byteLength);
  for (let i = 0; i < records.length; i++) {
    codec.encode(writer, records[i] as T);
    writer.zeros((i + 1) * byteLength - writer.position);
  }
  const bytes = writer.toBytes();
  return records.map((_, i) => bytes.subarray(i * byteLength, (i + 1) * byteLength));
}

export class ChangedNode<T> implements BTreeV2Node<T> {
  readonly records: readonly T[];
  readonly children: readonly BTreeV2Child[] | undefined;
  private readonly codec: RecordCodec<T>;
  private readonly widths: FileWidths;

  constructor({ records, children }: BTreeV2Content<T>, codec: RecordCodec<T>, widths: FileWidths) {
    this.records = records;
    this.children = children;
    this.codec = codec;
    this.widths = widths;
  }

  get recordCount(): number {
    return this.records.length;
  }

  get isLeaf(): boolean {
    return this.children === undefined;
  }

  recordAt(at: number): T {
    return this.records[at] as T;
  }

  compareAt(at: number, order: RecordOrder<T>): number {
    return order(this.recordAt(at));
  }

  search(order: RecordOrder<T>): RecordPlace {
    return searchRecords(this.records, order);
  }

  childAt(at: number): BTreeV2Child | undefined {
    return this.children?.[at];
  }

  forEachEncoded(visit: (bytes: Uint8Array, start: number) => void): void {
    for (const record of encodeRecords(this.records, this.codec, this.widths)) visit(record, 0);
  }
}
