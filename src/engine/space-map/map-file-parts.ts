/** What belongs to a file as a whole. Reference implementation: H5Fsuper.c, H5SM.c, H5MF.c, H5Cimage.c. */
import { isDefined } from "../../base/address.ts";
import { decodeCacheImageMessage } from "../../format/cache-image-message.ts";
import { DRIVER_INFO_BLOCK_PREFIX_BYTES, driverInfoBlockByteLength } from "../../format/driver-info.ts";
import { MESSAGE } from "../../format/message-types.ts";
import { sizeOfSharedMessageList } from "../../format/shared-message-list.ts";
import { decodeSharedMessageTable, sizeOfSharedMessageTable } from "../../format/shared-message-table.ts";
import { decodeSharedMessageTableMessage } from "../../format/shared-message-table-message.ts";
import { sizeOfSuperblock } from "../../format/superblock.ts";
import { freeSections, freeSpaceManagers, superblockExtensionAddress } from "../free-space-managers.ts";
import type { H5File } from "../h5-file.ts";
import { claimFractalHeap, claimFreeSpaceManager } from "./map-heaps.ts";
import { claimHeader } from "./map-objects.ts";
import { claimTreeV2, decodeAt } from "./map-trees.ts";
import type { SpaceClaims } from "./space-claims.ts";

/** Superblock, its extension and what that leads to, free space. */
export function claimFileParts(claims: SpaceClaims, file: H5File): void {
  claims.of("", () => claimSuperblock(claims, file));
  const extension = superblockExtensionAddress(file);
  if (extension !== undefined) {
    claims.of("", () => claimHeader(claims, file, extension, "superblock-extension"));
    claims.of("", () => claimSharedMessages(claims, file, extension));
    claims.of("", () => claimCacheImage(claims, file, extension));
  }
  claims.of("", () => claimFreeSpace(claims, file));
}

function claimSuperblock(claims: SpaceClaims, file: H5File): void {
  const { superblock, storage } = file;
  const { version } = superblock;
  claims.add("superblock", 0, sizeOfSuperblock(version, superblock), `Superblock, version ${version}`);
  if (version !== 0 && version !== 1) return;
  const address = superblock.driverInformationBlockAddress;
  if (!isDefined(address)) return;
  const structure = "Driver information block";
  const byteLength = decodeAt(storage, address, DRIVER_INFO_BLOCK_PREFIX_BYTES, structure, driverInfoBlockByteLength);
  claims.add("driver-info", address, byteLength, structure);
}

function claimSharedMessages(claims: SpaceClaims, file: H5File, extension: number): void {
  const { storage } = file;
  const message = file.header(extension).first(MESSAGE.SHARED_MESSAGE_TABLE);
  if (message === undefined) return;
  const { tableAddress, indexCount } = decodeSharedMessageTableMessage(
    storage.cursor(message.data, "Shared message table message", extension),
  );
  const tableBytes = sizeOfSharedMessageTable(indexCount, storage.widths);
  const structure = "Shared message table";
  claims.add("shared-messages", tableAddress, tableBytes, structure);
  const indexes = decodeAt(storage, tableAddress, tableBytes, structure, (cursor) =>
    decodeSharedMessageTable(cursor, indexCount),
  );
  indexes.forEach(({ indexType, indexAddress, listCutoff, heapAddress }, i) => {
    const what = `shared messages of index ${i}`;
    if (isDefined(indexAddress) && indexType === "list") {
      const byteLength = sizeOfSharedMessageList(listCutoff, storage.widths);
      claims.add("shared-messages", indexAddress, byteLength, `List of ${what}`);
    } else if (isDefined(indexAddress)) claimTreeV2(claims, storage, indexAddress, what);
    if (isDefined(heapAddress)) claimFractalHeap(claims, storage, heapAddress, what);
  });
}

function claimCacheImage(claims: SpaceClaims, file: H5File, extension: number): void {
  const message = file.header(extension).first(MESSAGE.CACHE_IMAGE);
  if (message === undefined) return;
  const cursor = file.storage.cursor(message.data, "Metadata cache image message", extension);
  const { address, byteLength } = decodeCacheImageMessage(cursor);
  claims.add("cache-image", address, byteLength, "Metadata cache image");
}

/** Of a file open for writing what its allocator has; of others what the file itself keeps account of. */
function claimFreeSpace(claims: SpaceClaims, file: H5File): void {
  const { storage } = file;
  for (const { address, kind } of freeSpaceManagers(file)) {
    claimFreeSpaceManager(claims, storage, address, `free space of the file for ${kind}`);
  }
  if (file.writable) {
    for (const { address, byteLength } of storage.allocator.freeSections()) {
      claims.add("free-space", address, byteLength, "Free space");
    }
    return;
  }
  for (const { address, byteLength, kind } of freeSections(file)) {
    claims.add("free-space", address, byteLength, `Free space for ${kind}`);
  }
}
