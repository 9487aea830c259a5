/** Chunks of n-bit, scale-offset, szip and LZF stored by the C library, see test/fixtures/filters/make-coded-chunks.py. */
import { readFileSync } from "node:fs";
import { Cursor } from "../../src/base/cursor.ts";
import type { PipelineFilter } from "../../src/filters/filter.ts";
import type { Datatype } from "../../src/format/datatype.ts";
import { decodeDatatype } from "../../src/format/datatype-message.ts";

export interface CodedChunk {
  readonly name: string;
  readonly filter: PipelineFilter;
  readonly filterMask: number;
  /** Client data as the user gave it, before the dataset was created. */
  readonly userValues: readonly number[];
  readonly datatype: Datatype;
  readonly chunkDims: readonly number[];
  readonly fillValue: Uint8Array | null | undefined;
  /** What was written, and what the library reads back. */
  readonly written: Uint8Array;
  readonly data: Uint8Array;
  readonly stored: Uint8Array;
}

interface Recorded {
  readonly name: string;
  readonly filters: readonly [PipelineFilter];
  readonly filterMask: number;
  readonly userValues: readonly [readonly number[]];
  readonly datatype: string;
  readonly chunkDims: readonly number[];
  readonly fill: string | null;
  readonly data: string;
  readonly written?: string;
  readonly stored: string;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const text = readFileSync(new URL("../fixtures/filters/coded-chunks.json", import.meta.url), "utf8");

export const CODED_CHUNKS: readonly CodedChunk[] = (JSON.parse(text) as Recorded[]).map((chunk) => ({
  name: chunk.name,
  filter: chunk.filters[0],
  filterMask: chunk.filterMask,
  userValues: chunk.userValues[0],
  datatype: decodeDatatype(new Cursor(bytesOf(chunk.datatype), { structure: "Datatype message" })),
  chunkDims: chunk.chunkDims,
  fillValue: chunk.fill === null ? null : chunk.fill === "" ? undefined : bytesOf(chunk.fill),
  written: bytesOf(chunk.written ?? chunk.data),
  data: bytesOf(chunk.data),
  stored: bytesOf(chunk.stored),
}));

export function codedChunksOf(id: number): readonly CodedChunk[] {
  return CODED_CHUNKS.filter(({ filter }) => filter.id === id);
}
