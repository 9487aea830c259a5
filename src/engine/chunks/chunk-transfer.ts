import { Running } from "../../base/running.ts";

/** How chunks are transferred by the operation that is running. C: a data transfer property list, as far as chunks see it. */
export interface ChunkTransferSettings {
  /** Whether checksums of chunks are compared. C: `H5Pset_edc_check`. */
  readonly verifiesChecksums: boolean;
  /** Share of a version 1 B-tree's node that stays on the left, for one without left sibling, with both, without right. */
  readonly splitRatios: readonly [left: number, middle: number, right: number];
}

/** Nodes at the right end, where datasets grow, stay nearly full, as do those at the left for datasets written backwards. */
export const DEFAULT_CHUNK_TRANSFER: ChunkTransferSettings = {
  verifiesChecksums: true,
  splitRatios: [0.1, 0.5, 0.9],
};

const running = new Running(DEFAULT_CHUNK_TRANSFER);

export function currentChunkTransfer(): ChunkTransferSettings {
  return running.value;
}

/** Runs an operation whose chunks are transferred so. */
export function withChunkTransfer<T>(settings: ChunkTransferSettings, operation: () => T): T {
  return running.during(settings, operation);
}
