/**
 * The free space of a fractal heap that is being changed, and the free-space manager that keeps it in the file.
 *
 * Specification: III.H. Reference implementation: H5HFspace.c, H5HFsection.c, H5FS.c. In the file are two kinds of sections:
 * free bytes within a direct block (type 0), and a run of missing blocks (type 1). The rows of blocks in a run are sections
 * too as the library counts them: the first one stands for the run, the others are only counted.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { FractalHeapHeader } from "../../format/fractal-heap.ts";
import {
  decodeFreeSpaceHeader,
  decodeFreeSpaceSectionList,
  encodeFreeSpaceHeader,
  encodeFreeSpaceSectionList,
  type FreeSpaceHeader,
  type FreeSpaceSection,
  type FreeSpaceSectionList,
  type FreeSpaceSectionSet,
  sizeOfFreeSpaceHeader,
  sizeOfFreeSpaceSectionList,
} from "../../format/free-space.ts";
import { type FreedBlocks, freeAll } from "../freed-blocks.ts";
import type { MovableBlock } from "../movable-blocks.ts";
import type { StructureCodec } from "../structure-cache.ts";
import type { HeapBlocks } from "./blocks.ts";
import { FreeRanges } from "./free-ranges.ts";
import type { HeapGeometry } from "./geometry.ts";
import { MissingBlocks, rowsOfRun } from "./missing-blocks.ts";

const HEADER = "Free-space header";
const LIST = "Free-space section list";

const SINGLE = 0;
const FIRST_ROW = 1;
const SECTION_CLASSES = 4;
const SHRINK_PERCENT = 80;
const EXPAND_PERCENT = 120;

export class HeapFreeSpace {
  /** Within direct blocks. */
  readonly ranges = new FreeRanges();
  readonly missing: MissingBlocks;
  private readonly blocks: HeapBlocks;
  private readonly geometry: HeapGeometry;

  constructor(blocks: HeapBlocks, geometry: HeapGeometry) {
    this.blocks = blocks;
    this.geometry = geometry;
    this.missing = new MissingBlocks(geometry);
  }

  /** What the heap's free-space manager says; nothing is free in a heap without one. */
  static load(blocks: HeapBlocks, geometry: HeapGeometry): HeapFreeSpace {
    const space = new HeapFreeSpace(blocks, geometry);
    const manager = space.manager;
    if (manager === undefined || !isDefined(manager.sectionListAddress)) return space;
    for (const { sectionSize, sections } of space.list(manager).sets) {
      for (const section of sections) space.addSection(section, sectionSize);
    }
    return space;
  }

  private headerCodec(): StructureCodec<FreeSpaceHeader> {
    const byteLength = sizeOfFreeSpaceHeader(this.blocks.storage.widths);
    return { structure: HEADER, byteLength, decode: decodeFreeSpaceHeader, encode: encodeFreeSpaceHeader };
  }

  /** @param header - Of the manager. The list has the room that it says, of which it uses a part. */
  private listCodec(header: FreeSpaceHeader): StructureCodec<FreeSpaceSectionList> {
    const { usedByteLength, allocatedByteLength } = header;
    return {
      structure: LIST,
      byteLength: allocatedByteLength,
      decode: (cursor) => decodeFreeSpaceSectionList(cursor.sub(usedByteLength, LIST, "Sections"), header),
      encode: (writer, list) => {
        encodeFreeSpaceSectionList(writer, header, list);
        writer.zeros(allocatedByteLength - usedByteLength);
      },
    };
  }

  private get manager(): FreeSpaceHeader | undefined {
    const { storage, header } = this.blocks;
    const { freeSpaceManagerAddress } = header;
    return isDefined(freeSpaceManagerAddress) ? storage.load(freeSpaceManagerAddress, this.headerCodec()) : undefined;
  }

  private list(manager: FreeSpaceHeader): FreeSpaceSectionList {
    return this.blocks.storage.load(manager.sectionListAddress, this.listCodec(manager));
  }

  private addSection({ offset, indirect }: FreeSpaceSection, byteLength: number): void {
    const { blocks, geometry } = this;
    const { allocationIteratorOffset, currentRootRows, managedSpace } = blocks.header;
    const limit = currentRootRows === 0 ? managedSpace : allocationIteratorOffset;
    if (indirect === undefined) {
      if (offset + byteLength > limit) throw blocks.error(`free space at heap offset ${offset}, behind the last block`);
      this.ranges.add(offset, byteLength);
      return;
    }
    const { blockOffset, row, column, entryCount } = indirect;
    const entry = row * geometry.width + column;
    const start = blockOffset + geometry.entryOffset(entry);
    const end = blockOffset + geometry.entryOffset(entry + entryCount);
    if (start !== offset || end > limit) throw blocks.error(`a run of free blocks at ${offset} that is none`);
    this.missing.add(start, end);
  }

  /** Bytes for objects that are free, in blocks that exist and those that do not yet. */
  freeBytes(header: FractalHeapHeader): number {
    const { geometry } = this;
    if (header.currentRootRows === 0) return this.ranges.byteLength;
    const ahead =
      geometry.payloadOfRows(header.currentRootRows) - geometry.payloadBefore(header.allocationIteratorOffset);
    return this.ranges.byteLength + this.missing.payload + ahead;
  }

  /**
   * Brings the manager in the file up to date; a heap without free space has none.
   *
   * @returns The heap header's new address of the manager.
   */
  settle(): Address {
    const { storage, header } = this.blocks;
    const old = this.manager;
    const sets = this.sets();
    if (sets.length === 0) {
      freeAll(storage, (freed) => this.deleteManager(freed));
      return UNDEFINED_ADDRESS;
    }
    const codec = this.headerCodec();
    const address =
      old === undefined ? storage.allocate("object-header", codec.byteLength) : header.freeSpaceManagerAddress;
    const list = { headerAddress: address, sets };
    const counted = this.newManager(sets);
    const usedByteLength = sizeOfFreeSpaceSectionList(counted, list, storage.widths);
    const manager = { ...counted, ...this.roomFor(usedByteLength, old), usedByteLength };
    storage.store(manager.sectionListAddress, this.listCodec(manager), list);
    storage.store(address, codec, manager);
    storage.writeBefore(manager.sectionListAddress, address);
    storage.writeBefore(address, this.blocks.address);
    return address;
  }

  /**
   * The old room of the section list where it fits. The C library reads as many bytes as are used and counts on them being
   * all that there are: it cannot go on ("size of entry changed") once a list has grown into room to spare.
   */
  private roomFor(
    usedByteLength: number,
    old: FreeSpaceHeader | undefined,
  ): Pick<FreeSpaceHeader, "sectionListAddress" | "allocatedByteLength"> {
    if (old !== undefined && isDefined(old.sectionListAddress)) {
      const { sectionListAddress, allocatedByteLength } = old;
      if (usedByteLength === allocatedByteLength) return { sectionListAddress, allocatedByteLength };
      this.blocks.discard(sectionListAddress, allocatedByteLength);
    }
    const sectionListAddress = this.blocks.storage.allocate("local-heap", usedByteLength);
    return { sectionListAddress, allocatedByteLength: usedByteLength };
  }

  private newManager(sets: readonly FreeSpaceSectionSet[]): FreeSpaceHeader {
    const { table } = this.blocks.header;
    const rows = this.missing.runs().flatMap((run) => rowsOfRun(this.geometry, run));
    const serialized = sets.reduce((sum, { sections }) => sum + sections.length, 0);
    const sectionCount = this.ranges.count + rows.length;
    return {
      client: "fractal-heap",
      totalSpace: rows.reduce((sum, { row }) => sum + this.geometry.rowPayload(row), this.ranges.byteLength),
      sectionCount,
      serializedSectionCount: serialized,
      ghostSectionCount: sectionCount - serialized,
      sectionClassCount: SECTION_CLASSES,
      shrinkPercent: SHRINK_PERCENT,
      expandPercent: EXPAND_PERCENT,
      addressBits: table.maxHeapBits,
      maxSectionSize: BigInt(table.maxDirectBlockSize),
      sectionListAddress: UNDEFINED_ADDRESS,
      usedByteLength: 0,
      allocatedByteLength: 0,
    };
  }

  /** Sections by size, and within one size by heap offset. */
  private sets(): FreeSpaceSectionSet[] {
    const { geometry } = this;
    const sections = this.ranges.sorted().map(({ start, byteLength }) => ({
      sectionSize: byteLength,
      section: { offset: start, type: SINGLE } as FreeSpaceSection,
    }));
    for (const run of this.missing.runs()) {
      const first = rowsOfRun(geometry, run)[0];
      if (first === undefined) continue;
      const { base, startEntry, count } = run;
      const place = { row: geometry.rowOf(startEntry), column: startEntry % geometry.width };
      const indirect = { blockOffset: base, ...place, entryCount: count };
      const section = { offset: first.offset, type: FIRST_ROW, indirect };
      sections.push({ sectionSize: geometry.rowPayload(first.row), section });
    }
    sections.sort((a, b) => a.sectionSize - b.sectionSize || a.section.offset - b.section.offset);
    const sets: { sectionSize: number; sections: FreeSpaceSection[] }[] = [];
    for (const { sectionSize, section } of sections) {
      const last = sets[sets.length - 1];
      if (last !== undefined && last.sectionSize === sectionSize) last.sections.push(section);
      else sets.push({ sectionSize, sections: [section] });
    }
    return sets;
  }

  /** The manager in the file, where it waits to be written; its list waits with it. */
  movableBlocks(): MovableBlock[] {
    const { blocks } = this;
    const { storage } = blocks;
    const address = blocks.header.freeSpaceManagerAddress;
    if (!isDefined(address) || !storage.isDirty(address)) return [];
    const { manager } = this;
    if (manager === undefined) return [];
    const { sectionListAddress, allocatedByteLength } = manager;
    return [
      {
        type: "object-header",
        address,
        byteLength: this.headerCodec().byteLength,
        repoint: (to) => this.headerMoved(to),
      },
      {
        type: "local-heap",
        address: sectionListAddress,
        byteLength: allocatedByteLength,
        repoint: (to) => this.listMoved(to),
      },
    ];
  }

  private headerMoved(to: Address): void {
    const { storage, header, address } = this.blocks;
    const manager = storage.load(to, this.headerCodec());
    const list = this.list(manager);
    storage.store(manager.sectionListAddress, this.listCodec(manager), { ...list, headerAddress: to });
    storage.writeBefore(manager.sectionListAddress, to);
    this.blocks.storeHeader({ ...header, freeSpaceManagerAddress: to });
    storage.writeBefore(to, address);
  }

  private listMoved(to: Address): void {
    const { storage, header } = this.blocks;
    const { freeSpaceManagerAddress } = header;
    const manager = storage.load(freeSpaceManagerAddress, this.headerCodec());
    storage.store(freeSpaceManagerAddress, this.headerCodec(), { ...manager, sectionListAddress: to });
    storage.writeBefore(to, freeSpaceManagerAddress);
  }

  /** The manager in the file goes, if there is one. */
  deleteManager(freed: FreedBlocks): void {
    const old = this.manager;
    if (old === undefined) return;
    if (isDefined(old.sectionListAddress)) freed.add("local-heap", old.sectionListAddress, old.allocatedByteLength);
    freed.add("object-header", this.blocks.header.freeSpaceManagerAddress, this.headerCodec().byteLength);
  }
}
