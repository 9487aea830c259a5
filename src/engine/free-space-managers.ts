/**
 * The free space that a file itself keeps account of, and the settings by which its space is given out.
 *
 * Specification: III.H, IV.A.2.x. Reference implementation: H5MF.c, H5Fsuper.c.
 */
import { type Address, isDefined } from "../base/address.ts";
import { formatError } from "../base/errors.ts";
import {
  decodeFileSpaceInfo,
  type FileSpaceInfoV1,
  FREE_SPACE_KINDS,
  upgradeFileSpaceInfo,
} from "../format/file-space-info.ts";
import { decodeFreeSpaceSectionList, type FreeSpaceHeader, sizeOfFreeSpaceHeader } from "../format/free-space.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { extensionAddressOf } from "../format/superblock.ts";
import type { FileStorage } from "./file-storage.ts";
import type { H5File } from "./h5-file.ts";
import type { ObjectHeader } from "./object-header.ts";
import { DEFAULT_FILE_SPACE } from "./space/file-space.ts";
import { isRawSpace, type ListedSection, type MemoryType } from "./space/space-allocator.ts";
import { freeSpaceManagerByteLength, readFreeSpaceHeader } from "./storage-info/heap-sizes.ts";

/** Address of the superblock extension; undefined for a file without one. */
export function superblockExtensionAddress(file: H5File): Address | undefined {
  const address = extensionAddressOf(file.superblock);
  return isDefined(address) ? address : undefined;
}

/** How the file gives out its space. C: `H5Pget_file_space_strategy`, `H5Pget_file_space_page_size`. */
export function fileSpaceSettings(file: H5File): FileSpaceInfoV1 {
  const extension = superblockExtensionAddress(file);
  if (extension === undefined) return DEFAULT_FILE_SPACE;
  return fileSpaceInfoOf(file.storage, file.header(extension)) ?? DEFAULT_FILE_SPACE;
}

/** What a superblock extension says of it. A library that did not know the message may have changed the file since: void. */
export function fileSpaceInfoOf(storage: FileStorage, header: ObjectHeader): FileSpaceInfoV1 | undefined {
  const message = header.first(MESSAGE.FILE_SPACE_INFO);
  if (message === undefined || (message.flags & MESSAGE_FLAG.WAS_UNKNOWN) !== 0) return undefined;
  const cursor = storage.cursor(message.data, "File space info message", header.address);
  return upgradeFileSpaceInfo(decodeFileSpaceInfo(cursor), storage.allocator.endOfAllocation);
}

/**
 * Where the tail of a file with stored free space begins, if it has one: libraries up to 1.10 put the managers that give out
 * their own space behind everything else, and a metadata cache image behind them.
 */
export function tailAddress({ persist, endOfAllocation }: FileSpaceInfoV1, end: Address): Address | undefined {
  return persist && isDefined(endOfAllocation) && endOfAllocation < end ? endOfAllocation : undefined;
}

/** A free-space manager that is kept in the file. */
export interface FreeSpaceManager {
  /** What its space was, and will be, used for. */
  readonly kind: MemoryType;
  /** Whether it manages sections of a page or more, of a file that is paged. */
  readonly large: boolean;
  readonly address: Address;
  readonly header: FreeSpaceHeader;
  /** Header and section list. */
  readonly byteLength: number;
}

/** The file's free-space managers; none in a file whose free space is forgotten when it is closed. */
export function freeSpaceManagers(file: H5File): readonly FreeSpaceManager[] {
  const { smallManagerAddresses, largeManagerAddresses } = fileSpaceSettings(file);
  const managers: FreeSpaceManager[] = [];
  for (const addresses of [smallManagerAddresses, largeManagerAddresses]) {
    const large = addresses === largeManagerAddresses;
    addresses.forEach((address, i) => {
      if (!isDefined(address)) return;
      requireAllocated(file, address);
      const header = readFreeSpaceHeader(file.storage, address);
      const byteLength = freeSpaceManagerByteLength(file.storage, header);
      managers.push({ kind: FREE_SPACE_KINDS[i] as MemoryType, large, address, header, byteLength });
    });
  }
  return managers;
}

/** A file that was cut, or whose end of file is out of date, may still have bytes where its managers were. */
function requireAllocated(file: H5File, address: Address): void {
  const { allocator, widths } = file.storage;
  if (address + sizeOfFreeSpaceHeader(widths) <= allocator.endOfAllocation) return;
  const structure = "Free-space header";
  throw formatError(`is behind the end at ${allocator.endOfAllocation}`, { structure, address });
}

/** Bytes that are free and can be used again, be it by who opens the file for writing. C: `H5Fget_freespace`. */
export function freeBytes(file: H5File): number {
  file.requireOpen();
  if (file.writable) return file.storage.allocator.freeBytes;
  return freeSpaceManagers(file).reduce((sum, { header }) => sum + header.totalSpace, 0);
}

/** Bytes of the file that nothing uses. */
export interface FreeSection {
  readonly kind: MemoryType;
  readonly large: boolean;
  readonly address: Address;
  readonly byteLength: number;
}

const LIST = "Free-space section list";

/** Every section that the file's free-space managers know of. C: `H5Fget_free_sections`. */
export function freeSections(file: H5File): readonly FreeSection[] {
  const { storage } = file;
  const sections: FreeSection[] = [];
  for (const { kind, large, header } of freeSpaceManagers(file)) {
    const { sectionListAddress, serializedSectionCount, usedByteLength } = header;
    if (serializedSectionCount === 0 || !isDefined(sectionListAddress)) continue;
    const bytes = storage.readMetadata(sectionListAddress, usedByteLength, LIST);
    const list = decodeFreeSpaceSectionList(storage.cursor(bytes, LIST, sectionListAddress), header);
    for (const { sectionSize, sections: ofSize } of list.sets) {
      for (const { offset } of ofSize) sections.push({ kind, large, address: offset, byteLength: sectionSize });
    }
  }
  return sections;
}

/** The same sections with the lists that an allocator keeps them in, by address. */
export function listedSections(file: H5File): ListedSection[] {
  return freeSections(file)
    .map(({ kind, large, address, byteLength }): ListedSection => {
      const list = large ? "large" : isRawSpace(kind) ? "raw" : "metadata";
      return { list, address, byteLength };
    })
    .sort((a, b) => a.address - b.address);
}
