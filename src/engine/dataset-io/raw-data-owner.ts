/** The raw data of a dataset as transfers see it, whatever its layout. */
import type { DataLayout } from "../../format/data-layout.ts";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import type { Selection } from "../selection/selection.ts";
import type { FillRule } from "./fill.ts";
import type { RawStorage } from "./linear-bytes.ts";
import type { MemorySide } from "./memory-side.ts";

/** Moves selected elements between a dataset and memory. Selections are over the dataset's current extent. */
export interface RawDataAccess {
  /**
   * Announces that these will be read, in their datatype in the file, to who has more to announce before anything is read.
   *
   * @throws PageFault while bytes of them, or decoded chunks, are missing.
   */
  expect?(selection: Selection): void;
  /** May throw a `PageFault`, after which it is called again. */
  read(selection: Selection, memory: MemorySide): void;
  write(selection: Selection, memory: MemorySide): void;
}

/** What transfers need of the chunks of a dataset. */
export type ChunkTransferStore = Pick<
  ChunkStore,
  | "chunkByteLength"
  | "exists"
  | "isDirect"
  | "long"
  | "hasHeap"
  | "forRead"
  | "readWhole"
  | "wasMissing"
  | "has"
  | "forWrite"
  | "directAddress"
  | "directAddressForWrite"
  | "expect"
  | "isPlaced"
  | "settle"
  | "abandon"
>;

/** What a way of access asks its dataset; whatever can change is asked for each time. */
export interface RawDataOwner {
  readonly storage: RawStorage;
  readonly dims: readonly number[];
  /** Bytes of one element in the file. */
  readonly elementSize: number;
  readonly fill: FillRule;
  readonly layout: DataLayout;
  /** The layout message is another one now: space was allocated, or compact data changed. */
  replaceLayout(layout: DataLayout): void;
  /** Only asked of chunked datasets. */
  chunkStore(): ChunkTransferStore;
}
