/** An intact file, and where damage to it tells the most. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { H5File } from "../../../src/engine/h5-file.ts";
import { spaceRole } from "../../../src/engine/space-map/space-kinds.ts";
import { type SpaceRegion, spaceMap } from "../../../src/engine/space-map/space-map.ts";
import { MemorySource } from "../../../src/io/memory-source.ts";
import { type ChecksummedSpan, checksummedSpans } from "./checksums.ts";
import { memoryOpener } from "./memory-opener.ts";

export interface Sample {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly metadata: readonly SpaceRegion[];
  readonly spans: readonly ChecksummedSpan[];
}

/** Regions are cut to these bytes: what decides stands in front. */
const MOST_REGION_BYTES = 4096;

export function sampleOf(path: string): Sample {
  const bytes = new Uint8Array(readFileSync(path));
  const file = H5File.open(new MemorySource(bytes, path), { opener: memoryOpener(dirname(path)) });
  const { regions } = spaceMap(file);
  file.close();
  const metadata = regions
    .filter(({ kind, offset }) => spaceRole(kind) === "metadata" && offset < bytes.length)
    .map((region) => ({
      ...region,
      byteLength: Math.min(region.byteLength, bytes.length - region.offset, MOST_REGION_BYTES),
    }));
  return { path, bytes, metadata, spans: checksummedSpans(bytes, regions) };
}
