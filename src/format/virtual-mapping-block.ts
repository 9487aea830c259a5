/**
 * The mappings of a virtual dataset: one object of the global heap, versions 0 and 1.
 *
 * Specification: III.F, "Global Heap Block for Virtual Datasets". Reference implementation: H5Dvirtual.c,
 * `H5D__virtual_store_layout`. Version 1 (HDF5 2.0) leaves out names that an earlier mapping has as well.
 *
 * | field                    | bytes                                                        |
 * | ------------------------ | ------------------------------------------------------------ |
 * | Version                  | 1                                                            |
 * | Number of Entries        | Size of Lengths                                              |
 * | for each entry:          |                                                              |
 * | Flags                    | 1, version 1: bits 0, 1 file, dataset name shared; 2 same file |
 * | Source File Name         | NUL-terminated, or Size of Lengths: number of an earlier entry; nothing for bit 2 |
 * | Source Dataset           | NUL-terminated, or Size of Lengths: number of an earlier entry |
 * | Source Selection         | see `selection.ts`                                           |
 * | Virtual Selection        | see `selection.ts`                                           |
 * | Checksum                 | 4                                                            |
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import { decodeSelection, encodeSelection, type StoredSelection, sizeOfSelection } from "./selection.ts";

export interface StoredMapping {
  /** `.` for the file with the virtual dataset. May hold `%b`, the number of a block, and `%%` for a percent sign. */
  readonly sourceFile: string;
  /** Path in that file; may hold the same. */
  readonly sourceDataset: string;
  readonly sourceSelection: StoredSelection;
  readonly virtualSelection: StoredSelection;
}

export interface VirtualMappingBlock {
  readonly version: 0 | 1;
  readonly mappings: readonly StoredMapping[];
}

const FLAG = { FILE_SHARED: 0x01, DATASET_SHARED: 0x02, SAME_FILE: 0x04 } as const;
const ALL_FLAGS = 0x07;
export const SAME_FILE = ".";

export function decodeVirtualMappingBlock(cursor: Cursor): VirtualMappingBlock {
  const version = cursor.version([0, 1]) as 0 | 1;
  // Two selections of 16 bytes, and names of a NUL at least, or a flag byte and two numbers.
  const count = cursor.count(cursor.lengthValue("Number of Entries"), 34, "Number of Entries");
  const mappings: StoredMapping[] = [];
  for (let i = 0; i < count; i++) {
    const flags = version === 0 ? 0 : cursor.flags(ALL_FLAGS);
    const sourceFile = decodeFileName(cursor, flags, mappings);
    const shared = (flags & FLAG.DATASET_SHARED) !== 0;
    const sourceDataset = shared
      ? earlier(cursor, mappings, "Source Dataset").sourceDataset
      : cursor.nulTerminated("Source Dataset");
    const sourceSelection = decodeSelection(cursor);
    mappings.push({ sourceFile, sourceDataset, sourceSelection, virtualSelection: decodeSelection(cursor) });
  }
  cursor.checksum();
  return { version, mappings };
}

function decodeFileName(cursor: Cursor, flags: number, mappings: readonly StoredMapping[]): string {
  if ((flags & FLAG.SAME_FILE) !== 0) return SAME_FILE;
  if ((flags & FLAG.FILE_SHARED) !== 0) return earlier(cursor, mappings, "Source File Name").sourceFile;
  return cursor.nulTerminated("Source File Name");
}

/** The entry that a shared name is taken from; entries count from 0. */
function earlier(cursor: Cursor, mappings: readonly StoredMapping[], field: string): StoredMapping {
  const number = cursor.lengthValue(field);
  const mapping = mappings[number];
  if (mapping === undefined) throw cursor.error(`entry ${number} is not one of the ${mappings.length} before`, field);
  return mapping;
}

export function sizeOfVirtualMappingBlock(block: VirtualMappingBlock, widths: FileWidths): number {
  let byteLength = 1 + widths.sizeOfLengths + 4;
  const names = new SharedNames();
  for (const mapping of block.mappings) {
    byteLength += sizeOfSelection(mapping.sourceSelection) + sizeOfSelection(mapping.virtualSelection);
    const { file, dataset } = names.place(mapping, block.version);
    if (block.version === 1) byteLength++;
    if (file !== "same") byteLength += sizeOfName(mapping.sourceFile, file, widths);
    byteLength += sizeOfName(mapping.sourceDataset, dataset, widths);
  }
  return byteLength;
}

function sizeOfName(name: string, origin: number | undefined, widths: FileWidths): number {
  return origin === undefined ? encodeUtf8(name).length + 1 : widths.sizeOfLengths;
}

/** @throws RangeError for a name with a NUL in it. */
export function encodeVirtualMappingBlock(writer: Writer, block: VirtualMappingBlock): void {
  const start = writer.position;
  writer.u8(block.version).lengthValue(block.mappings.length);
  const names = new SharedNames();
  for (const mapping of block.mappings) {
    const { file, dataset } = names.place(mapping, block.version);
    if (block.version === 1) {
      const fileFlag = file === "same" ? FLAG.SAME_FILE : file === undefined ? 0 : FLAG.FILE_SHARED;
      writer.u8(fileFlag | (dataset === undefined ? 0 : FLAG.DATASET_SHARED));
    }
    if (file !== "same") encodeName(writer, mapping.sourceFile, file);
    encodeName(writer, mapping.sourceDataset, dataset);
    encodeSelection(writer, mapping.sourceSelection);
    encodeSelection(writer, mapping.virtualSelection);
  }
  writer.checksum(start);
}

function encodeName(writer: Writer, name: string, origin: number | undefined): void {
  if (origin !== undefined) {
    writer.lengthValue(origin);
    return;
  }
  if (name.includes("\0")) throw new RangeError(`a name with a NUL: "${name}"`);
  writer.bytes(encodeUtf8(name)).u8(0);
}

/** Which entry was the first to have a name. */
class SharedNames {
  private readonly files = new Map<string, number>();
  private readonly datasets = new Map<string, number>();
  private count = 0;

  place(mapping: StoredMapping, version: 0 | 1): { file: number | "same" | undefined; dataset: number | undefined } {
    const number = this.count++;
    if (version === 0) return { file: undefined, dataset: undefined };
    const { sourceFile, sourceDataset } = mapping;
    const file = sourceFile === SAME_FILE ? "same" : this.files.get(sourceFile);
    const dataset = this.datasets.get(sourceDataset);
    if (file === undefined) this.files.set(sourceFile, number);
    if (dataset === undefined) this.datasets.set(sourceDataset, number);
    return { file, dataset };
  }
}
