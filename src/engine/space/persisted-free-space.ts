/**
 * Free space that a file keeps account of from one session to the next.
 *
 * Specification: III.H, IV.A.2.x (file space info). Reference implementation: H5MF.c (`H5MF_settle_raw_data_fsm`,
 * `H5MF_settle_meta_data_fsm`).
 *
 * Managers lie in the file only while nobody changes it: the first flush of a session that changed something takes them
 * out, and closing puts new ones in. So what a crash leaves behind speaks of no free space rather than of a wrong one.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { formatError } from "../../base/errors.ts";
import { encodeFileSpaceInfo, type FileSpaceInfoV1, FREE_SPACE_KINDS } from "../../format/file-space-info.ts";
import {
  decodeFreeSpaceHeader,
  encodeFreeSpaceHeader,
  encodeFreeSpaceSectionList,
  type FreeSpaceHeader,
  type FreeSpaceSectionSet,
  sizeOfFreeSpaceHeader,
  sizeOfFreeSpaceSectionList,
} from "../../format/free-space.ts";
import { MESSAGE, MESSAGE_FLAG } from "../../format/message-types.ts";
import { fileSpaceInfoOf, freeSpaceManagers, listedSections, tailAddress } from "../free-space-managers.ts";
import type { H5File } from "../h5-file.ts";
import type { HeaderMessage } from "../header-message.ts";
import { encodeBody } from "../header-values.ts";
import type { ObjectHeader } from "../object-header.ts";
import type { StructureCodec } from "../structure-cache.ts";
import { type ManagerBlocks, ManagerPlacement, NOTHING, type Spare } from "./manager-placement.ts";
import type { FreeListKind, ListedSection, MemoryType } from "./space-allocator.ts";

/** What the C library writes for managers of files. C: `H5MF_FSPACE_SHRINK`, `H5MF_FSPACE_EXPAND`. */
const SECTION_CLASSES = 3;
const SHRINK_PERCENT = 80;
const EXPAND_PERCENT = 120;

/** Type of a section in its list. */
const SECTION_TYPE = { simple: 0, small: 1, large: 2 } as const;

/** Space that managers take themselves. */
interface ManagerPart {
  readonly type: MemoryType;
  readonly address: Address;
  readonly byteLength: number;
}

export class PersistedFreeSpace {
  private readonly file: H5File;
  private readonly header: ObjectHeader;
  private readonly message: HeaderMessage;
  private readonly info: FileSpaceInfoV1;
  /** Of the managers that the file on disk has; undefined when it has none. */
  private parts: readonly ManagerPart[] | undefined;

  private constructor(file: H5File, header: ObjectHeader, message: HeaderMessage, info: FileSpaceInfoV1) {
    this.file = file;
    this.header = header;
    this.message = message;
    this.info = info;
  }

  /**
   * Takes over what is free in a file that is open for writing; undefined if the file keeps no account of that.
   *
   * @param isNew - Whether nothing of the file has been written yet.
   * @throws FormatError when the stored account cannot be true.
   */
  static open(file: H5File, extensionAddress: Address, isNew: boolean): PersistedFreeSpace | undefined {
    const header = file.header(extensionAddress);
    const message = header.first(MESSAGE.FILE_SPACE_INFO);
    if (message === undefined) return undefined;
    const info = fileSpaceInfoOf(file.storage, header);
    if (info === undefined) {
      // Somebody who did not know what it means has changed the file: it is void for ever.
      header.remove(message);
      return undefined;
    }
    if (!info.persist) return undefined;
    const persisted = new PersistedFreeSpace(file, header, message, info);
    if (!isNew) persisted.takeOver();
    return persisted;
  }

  private takeOver(): void {
    const { file, info } = this;
    const { allocator } = file.storage;
    const managers = freeSpaceManagers(file);
    const sections = listedSections(file);
    const end = allocator.endOfAllocation;
    const tail = tailAddress(info, end) ?? end;
    const parts: ManagerPart[] = [];
    for (const { address, header } of managers) parts.push(...partsOf(file, address, header));
    this.parts = parts.filter(({ address }) => address < tail);
    if (tail < end) this.parts = [...this.parts, { type: "object-header", address: tail, byteLength: end - tail }];
    requireDisjoint([...sections, ...this.parts], end);
    allocator.addFreeSections(sections);
  }

  /** Whether the file on disk has an account of its free space, be it that there is none. */
  get stored(): boolean {
    return this.parts !== undefined;
  }

  /** Before a flush of changes: no manager is in the file any more, and their space is free. */
  drop(): void {
    const { parts } = this;
    if (parts === undefined) return;
    this.parts = undefined;
    this.writeMessage(UNDEFINED_ADDRESS, []);
    for (const { type, address, byteLength } of parts) {
      this.file.storage.forget(address);
      this.file.storage.release(type, address, byteLength);
    }
  }

  private writeMessage(endOfAllocation: Address, managers: readonly ManagerBlocks[]): void {
    const small = new Array<Address>(FREE_SPACE_KINDS.length).fill(UNDEFINED_ADDRESS);
    const large = [...small];
    for (const { list, headerAddress } of managers) {
      if (list === "large") large[FREE_SPACE_KINDS.indexOf("super")] = headerAddress;
      else small[FREE_SPACE_KINDS.indexOf(list === "raw" ? "draw" : "super")] = headerAddress;
    }
    const info = { ...this.info, endOfAllocation, smallManagerAddresses: small, largeManagerAddresses: large };
    this.header.replace(this.message, encodeBody(this.file.storage, info, encodeFileSpaceInfo));
    this.message.flags |= MESSAGE_FLAG.DONT_SHARE | MESSAGE_FLAG.MARK_IF_UNKNOWN;
  }

  /** Before the last flush: puts a manager of every list that has sections into the file. */
  store(): void {
    this.drop();
    const { storage } = this.file;
    const { allocator } = storage;
    // Whatever room the message needs is taken before the sections are counted.
    this.writeMessage(UNDEFINED_ADDRESS, []);
    allocator.trim();
    const sizes = {
      header: sizeOfFreeSpaceHeader(storage.widths),
      list: (sections: readonly ListedSection[], spare: Spare) => this.listBytes(sections, spare),
    };
    const managers = new ManagerPlacement(storage, sizes).place();
    for (const blocks of managers) this.storeManager(blocks);
    this.writeMessage(allocator.endOfAllocation, managers);
  }

  private sectionsOf(list: FreeListKind): readonly ListedSection[] {
    return this.file.storage.allocator.freeSections().filter((section) => section.list === list);
  }

  /** Bytes of a section list, with room for some sections more, or fewer. */
  private listBytes(sections: readonly ListedSection[], { ofNewSize, ofKnownSize }: Spare): number {
    const { widths } = this.file.storage;
    const count = Math.max(0, sections.length + ofNewSize + ofKnownSize);
    const header = this.newHeader(count, 0, UNDEFINED_ADDRESS, 0, 0);
    const bytesOf = (sets: readonly FreeSpaceSectionSet[]) =>
      sizeOfFreeSpaceSectionList(header, { headerAddress: 0, sets }, widths);
    const section = { offset: 0, type: SECTION_TYPE.simple };
    const one = bytesOf([{ sectionSize: 0, sections: [section] }]);
    const two = bytesOf([{ sectionSize: 0, sections: [section, section] }]);
    const own = bytesOf(setsOf(sections, SECTION_TYPE.simple));
    return own + ofNewSize * (one - bytesOf([])) + ofKnownSize * (two - one);
  }

  private sectionType(list: FreeListKind): number {
    if (this.info.strategy !== "page") return SECTION_TYPE.simple;
    return list === "large" ? SECTION_TYPE.large : SECTION_TYPE.small;
  }

  private newHeader(
    sectionCount: number,
    totalSpace: number,
    sectionListAddress: Address,
    usedByteLength: number,
    allocatedByteLength: number,
  ): FreeSpaceHeader {
    const { sizeOfOffsets, sizeOfLengths } = this.file.storage.widths;
    // The greatest address of the C library's files: 2^63 - 1, or what the width of addresses can say.
    const addressBits = sizeOfOffsets === 8 ? 63 : 8 * sizeOfOffsets;
    return {
      client: "file",
      totalSpace,
      sectionCount,
      serializedSectionCount: sectionCount,
      ghostSectionCount: 0,
      sectionClassCount: SECTION_CLASSES,
      shrinkPercent: SHRINK_PERCENT,
      expandPercent: EXPAND_PERCENT,
      addressBits,
      // As far as the field goes: the sizes in the list are as wide as this asks for.
      maxSectionSize: 2n ** BigInt(Math.min(addressBits, 8 * sizeOfLengths)) - 1n,
      sectionListAddress,
      usedByteLength,
      allocatedByteLength,
    };
  }

  private storeManager({ list, headerAddress, listAddress, listByteLength }: ManagerBlocks): void {
    const { storage } = this.file;
    const sections = this.sectionsOf(list);
    const value = { headerAddress, sets: setsOf(sections, this.sectionType(list)) };
    const total = sections.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const used = this.listBytes(sections, NOTHING);
    // The C library fails to change the free space of a file whose list says that it has more room than it needs.
    const header = this.newHeader(sections.length, total, listAddress, used, used);
    const headerCodec: StructureCodec<FreeSpaceHeader> = {
      structure: "Free-space header",
      byteLength: sizeOfFreeSpaceHeader(storage.widths),
      decode: decodeFreeSpaceHeader,
      encode: encodeFreeSpaceHeader,
    };
    const listCodec: StructureCodec<typeof value> = {
      structure: "Free-space section list",
      byteLength: listByteLength,
      decode: () => value,
      encode(writer, stored) {
        encodeFreeSpaceSectionList(writer, header, stored);
        writer.zeros(listByteLength - used);
      },
    };
    storage.store(headerAddress, headerCodec, header);
    storage.store(listAddress, listCodec, value);
  }
}

/** Sections by size, as they are stored: sizes ascending, and the addresses of each. */
function setsOf(sections: readonly ListedSection[], type: number): FreeSpaceSectionSet[] {
  const bySize = new Map<number, { offset: number; type: number }[]>();
  for (const { address, byteLength } of sections) {
    const ofSize = bySize.get(byteLength);
    if (ofSize === undefined) bySize.set(byteLength, [{ offset: address, type }]);
    else ofSize.push({ offset: address, type });
  }
  return [...bySize].sort(([a], [b]) => a - b).map(([sectionSize, ofSize]) => ({ sectionSize, sections: ofSize }));
}

function partsOf(file: H5File, address: Address, header: FreeSpaceHeader): ManagerPart[] {
  const parts: ManagerPart[] = [
    { type: "object-header", address, byteLength: sizeOfFreeSpaceHeader(file.storage.widths) },
  ];
  const { sectionListAddress, allocatedByteLength } = header;
  if (isDefined(sectionListAddress)) {
    parts.push({ type: "local-heap", address: sectionListAddress, byteLength: allocatedByteLength });
  }
  return parts;
}

/** Free space that overlaps itself, or reaches out of the file, would let one thing be written over another. */
function requireDisjoint(sections: readonly { address: Address; byteLength: number }[], end: Address): void {
  const structure = "Free-space section list";
  let position = 0;
  for (const { address, byteLength } of [...sections].sort((a, b) => a.address - b.address)) {
    if (address >= position && address + byteLength <= end) {
      position = address + byteLength;
      continue;
    }
    const problem = address < position ? "overlaps another" : `is behind the end of the file at ${end}`;
    throw formatError(`the section of ${byteLength} bytes ${problem}`, { structure, address });
  }
}
