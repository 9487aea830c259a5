/** Chunks stored by the C library, see test/fixtures/filters/make-chunks.py. */
import { readFileSync } from "node:fs";
import type { PipelineFilter } from "../../src/filters/filter.ts";

export interface StoredChunk {
  readonly name: string;
  readonly filters: readonly PipelineFilter[];
  readonly filterMask: number;
  readonly data: Uint8Array;
  readonly stored: Uint8Array;
}

type Recorded = Omit<StoredChunk, "data" | "stored"> & { data: string; stored: string };

const text = readFileSync(new URL("../fixtures/filters/chunks.json", import.meta.url), "utf8");

export const STORED_CHUNKS: readonly StoredChunk[] = (JSON.parse(text) as Recorded[]).map((chunk) => ({
  ...chunk,
  data: Uint8Array.from(atob(chunk.data), (character) => character.charCodeAt(0)),
  stored: Uint8Array.from(atob(chunk.stored), (character) => character.charCodeAt(0)),
}));
