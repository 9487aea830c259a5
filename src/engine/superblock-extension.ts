/**
 * What the superblock extension says that counts before anything else of the file is read, and what must be gone before
 * anything of it is changed.
 *
 * Specification: II.C. Reference implementation: H5Fsuper.c, H5Cimage.c, H5MF.c.
 */
import { type Address, isDefined } from "../base/address.ts";
import { formatError, isHdf5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { type CacheImage, decodeCacheImage } from "../format/cache-image.ts";
import { type CacheImageMessage, decodeCacheImageMessage } from "../format/cache-image-message.ts";
import type { FileSpaceInfoV1 } from "../format/file-space-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import { extensionAddressOf, type Superblock } from "../format/superblock.ts";
import { MultiSource } from "../io/multi-source.ts";
import { OverlaySource } from "../io/overlay-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { FileStorage } from "./file-storage.ts";
import { fileSpaceInfoOf, superblockExtensionAddress, tailAddress } from "./free-space-managers.ts";
import type { H5File } from "./h5-file.ts";
import { ObjectHeader } from "./object-header.ts";
import { DEFAULT_FILE_SPACE } from "./space/file-space.ts";
import { FixedSpace } from "./space/fixed-space.ts";
import { farAddressesOf } from "./superblock-access.ts";

/** C: `H5F_FILE_SPACE_PAGE_SIZE_MIN`. */
const LEAST_PAGE_BYTES = 512;

/** The extension of a file that is not open yet. */
export interface Extension {
  readonly storage: FileStorage;
  readonly header: ObjectHeader;
}

/** Reads the extension alone; undefined when there is none. */
export function readExtension(source: ByteSource, superblock: Superblock, limits: Limits): Extension | undefined {
  const address = extensionAddressOf(superblock);
  if (!isDefined(address)) return undefined;
  const { sizeOfOffsets, sizeOfLengths, baseAddress } = superblock;
  const storage = new FileStorage({
    source,
    target: undefined,
    baseAddress,
    widths: { sizeOfOffsets, sizeOfLengths, farAddresses: farAddressesOf(source) },
    limits,
    allocator: new FixedSpace(superblock.endOfFileAddress - baseAddress),
    addressesOfMembers: source instanceof MultiSource,
    metadataCacheBytes: 0,
    blockCacheBytes: 0,
  });
  return { storage, header: ObjectHeader.read(storage, address) };
}

/** As {@link readExtension}; undefined also when it cannot be read, which whoever opens the file will complain about. */
export function readableExtension(source: ByteSource, superblock: Superblock, limits: Limits): Extension | undefined {
  // Most files have none, and what is not called need not be compiled.
  if (!isDefined(extensionAddressOf(superblock))) return undefined;
  try {
    return readExtension(source, superblock, limits);
  } catch (error) {
    if (isHdf5Error(error)) return undefined;
    throw error;
  }
}

function cacheImageMessageOf({ storage, header }: Extension): CacheImageMessage | undefined {
  const message = header.first(MESSAGE.CACHE_IMAGE);
  if (message === undefined) return undefined;
  const decoded = decodeCacheImageMessage(storage.cursor(message.data, "Metadata cache image message", header.address));
  return isDefined(decoded.address) ? decoded : undefined;
}

/** Where the file keeps an image of the metadata cache, if it does. C: `H5Fget_mdc_image_info`. */
export function cacheImageOf(file: H5File): CacheImageMessage | undefined {
  const address = superblockExtensionAddress(file);
  return address === undefined
    ? undefined
    : cacheImageMessageOf({ storage: file.storage, header: file.header(address) });
}

/**
 * The source with the entries of a metadata cache image in their places. A file open for writing gets them written there,
 * which changes nothing as long as the image is still in force.
 *
 * @throws FormatError for an image that reaches out of the file.
 */
export function withCacheImage(
  source: ByteSource,
  superblock: Superblock,
  extension: Extension,
  writable: boolean,
): ByteSource {
  const message = cacheImageMessageOf(extension);
  if (message === undefined) return source;
  const image = readCacheImage(extension.storage, message);
  const { baseAddress, endOfFileAddress } = superblock;
  const overlays = image.entries.map(({ address, image: bytes }) => ({ offset: baseAddress + address, bytes }));
  const outside = overlays.find(({ offset, bytes }) => offset + bytes.length > endOfFileAddress);
  if (outside !== undefined) {
    const structure = "Metadata cache image";
    const problem = `an entry of ${outside.bytes.length} bytes at address ${outside.offset - baseAddress} is behind the end of file`;
    throw formatError(problem, { structure, address: message.address });
  }
  if (!writable) return new OverlaySource(source, overlays);
  for (const { offset, bytes } of overlays) (source as ByteTarget).write(offset, bytes);
  return source;
}

function readCacheImage(storage: FileStorage, { address, byteLength }: CacheImageMessage): CacheImage {
  const structure = "Metadata cache image";
  const bytes = new Uint8Array(storage.readMetadata(address, byteLength, structure));
  return decodeCacheImage(storage.cursor(bytes, structure, address));
}

/** How the file gives out its space; what holds for a file that says nothing, when its extension does not say. */
export function fileSpaceOf({ storage, header }: Extension): FileSpaceInfoV1 {
  const info = fileSpaceInfoOf(storage, header) ?? DEFAULT_FILE_SPACE;
  if (info.strategy !== "page" || info.pageSize >= LEAST_PAGE_BYTES) return info;
  const structure = "File space info message";
  throw formatError(`${info.pageSize} bytes`, { structure, field: "File Space Page Size" });
}

/** Before a file is changed: the metadata cache image goes. */
export function prepareForWriting(file: H5File, extensionAddress: Address): void {
  dropCacheImage(file, file.header(extensionAddress));
}

/** Takes out what a file says of how its space is given out. */
export function dropFileSpaceInfo(file: H5File): void {
  const address = superblockExtensionAddress(file);
  if (address === undefined) return;
  const header = file.header(address);
  const message = header.first(MESSAGE.FILE_SPACE_INFO);
  if (message !== undefined) header.remove(message);
}

function dropCacheImage(file: H5File, header: ObjectHeader): void {
  const message = header.first(MESSAGE.CACHE_IMAGE);
  if (message === undefined) return;
  const found = cacheImageMessageOf({ storage: file.storage, header });
  header.remove(message);
  // One behind the recorded end of allocation is part of the tail that is taken back whole.
  const info = fileSpaceInfoOf(file.storage, header);
  const tail = info === undefined ? undefined : tailAddress(info, file.storage.allocator.endOfAllocation);
  if (found !== undefined && !(tail !== undefined && found.address >= tail)) {
    file.storage.release("super", found.address, found.byteLength);
  }
}
