/** How a file gives out its space, and how whoever opens it wants that done. */
import { type Address, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { FileSpaceInfoV1, FileSpaceStrategy } from "../../format/file-space-info.ts";
import { DEFAULT_BLOCK_BYTES } from "./aggregator.ts";
import { Allocator } from "./allocator.ts";
import { PagedAllocator } from "./paged-allocator.ts";
import type { SpaceAllocator } from "./space-allocator.ts";

/** What is decided when a file is made. C: `H5Pset_file_space_strategy`, `H5Pset_file_space_page_size`. */
export interface FileSpaceOptions {
  /** Default "free-space-managers". */
  readonly strategy?: FileSpaceStrategy;
  /** Whether the file keeps account of its free space when it is closed. Default false. */
  readonly persist?: boolean;
  /** Bytes of the smallest free section that is remembered. Default 1. */
  readonly threshold?: number;
  /** Bytes of a page. Default 4096. */
  readonly pageSize?: number;
}

/** What whoever opens a file decides. */
export interface SpaceAccess {
  /** Blocks of at least `alignmentThreshold` bytes start at a multiple of this. Default 1. C: `H5Pset_alignment`. */
  readonly alignment?: number;
  /** Default 1. */
  readonly alignmentThreshold?: number;
  /** Bytes of the blocks that metadata is cut from. Default 2048, of which the first are smaller. C: `H5Pset_meta_block_size`. */
  readonly metaBlockBytes?: number;
  /** Bytes of the blocks that small raw data is cut from. Default 2048, of which the first are smaller. C: `H5Pset_small_data_block_size`. */
  readonly smallDataBlockBytes?: number;
  /**
   * Bytes of metadata kept in whole pages, in a file that is paged. Raw data is not buffered: it goes straight to where it
   * is wanted. Default 0, which is none. C: `H5Pset_page_buffer_size`.
   */
  readonly pageBufferBytes?: number;
}

/** What holds for a file that says nothing. */
export const DEFAULT_FILE_SPACE: FileSpaceInfoV1 = {
  version: 1,
  strategy: "free-space-managers",
  persist: false,
  threshold: 1,
  pageSize: 4096,
  pageEndThreshold: 0,
  endOfAllocation: UNDEFINED_ADDRESS,
  smallManagerAddresses: [],
  largeManagerAddresses: [],
};

/** The settings of a new file. Free space is only kept account of where there are managers of it. */
export function newFileSpace(options: FileSpaceOptions): FileSpaceInfoV1 {
  const { strategy, persist, threshold, pageSize } = { ...DEFAULT_FILE_SPACE, ...options };
  const keeps = strategy === "free-space-managers" || strategy === "page";
  const none = new Array<Address>(persist && keeps ? 6 : 0).fill(UNDEFINED_ADDRESS);
  return {
    ...DEFAULT_FILE_SPACE,
    strategy,
    persist: persist && keeps,
    threshold: keeps ? threshold : DEFAULT_FILE_SPACE.threshold,
    pageSize,
    smallManagerAddresses: none,
    largeManagerAddresses: none,
  };
}

/** Whether a file says nothing of its settings. */
export function isDefaultFileSpace({ strategy, persist, threshold, pageSize }: FileSpaceInfoV1): boolean {
  const usual = DEFAULT_FILE_SPACE;
  return (
    strategy === usual.strategy &&
    persist === usual.persist &&
    threshold === usual.threshold &&
    pageSize === usual.pageSize
  );
}

/** What gives out the space of a file in one piece. @param end - Of what is allocated, relative to the base address. */
export function newAllocator(
  { strategy, threshold, pageSize }: FileSpaceInfoV1,
  access: SpaceAccess,
  end: Address,
  baseAddress: number,
): SpaceAllocator {
  if (strategy === "page") return new PagedAllocator({ end, baseAddress, threshold, pageByteLength: pageSize });
  return new Allocator({
    end,
    baseAddress,
    threshold,
    keepsFreeSections: strategy === "free-space-managers",
    aggregates: strategy !== "none",
    alignment: access.alignment ?? 1,
    alignmentThreshold: access.alignmentThreshold ?? 1,
    metaBlockBytes: access.metaBlockBytes ?? DEFAULT_BLOCK_BYTES,
    smallDataBlockBytes: access.smallDataBlockBytes ?? DEFAULT_BLOCK_BYTES,
  });
}

/**
 * The page buffer that was asked for, in whole pages; undefined when none was.
 *
 * @throws HDF5Error "state" for a file that is not paged, and for a buffer without room for a page.
 */
export function pageBuffer(
  { strategy, pageSize }: FileSpaceInfoV1,
  { pageBufferBytes = 0 }: SpaceAccess,
): { readonly blockByteLength: number; readonly maxByteLength: number } | undefined {
  if (pageBufferBytes === 0) return undefined;
  if (strategy !== "page") throw new HDF5Error("state", "Enabling Page Buffering requires PAGE file space strategy");
  if (pageBufferBytes < pageSize) throw new HDF5Error("state", "Page Buffer size must be >= to the page size");
  return { blockByteLength: pageSize, maxByteLength: pageBufferBytes - (pageBufferBytes % pageSize) };
}

/** @throws HDF5Error "argument" when a user block does not end where pages, or aligned blocks, begin. */
export function requireAlignedUserBlock(
  userBlockBytes: number,
  { strategy, pageSize }: FileSpaceInfoV1,
  { alignment = 1 }: SpaceAccess,
): void {
  const unit = strategy === "page" ? pageSize : alignment;
  if (userBlockBytes === 0) return;
  if (userBlockBytes < unit) throw new HDF5Error("argument", "userblock size must be > file object alignment");
  if (userBlockBytes % unit !== 0) {
    throw new HDF5Error("argument", "userblock size must be an integral multiple of file object alignment");
  }
}
