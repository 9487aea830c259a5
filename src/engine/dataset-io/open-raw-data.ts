/** Which way of access a layout needs. */
import { UnsupportedError } from "../../base/errors.ts";
import { ChunkedAccess } from "./chunked-access.ts";
import { CompactAccess } from "./compact-access.ts";
import { ContiguousAccess } from "./contiguous-access.ts";
import type { RawDataAccess, RawDataOwner } from "./raw-data-access.ts";

/**
 * The way to the raw data of a dataset. It can be kept as long as the dataset keeps its kind of layout.
 *
 * @throws UnsupportedError for a virtual dataset, which has no raw data of its own.
 */
export function openRawData(owner: RawDataOwner): RawDataAccess {
  switch (owner.layout.kind) {
    case "compact":
      return new CompactAccess(owner);
    case "contiguous":
      return new ContiguousAccess(owner);
    case "chunked":
      return new ChunkedAccess(owner, owner.layout.chunkDims);
    case "virtual":
      throw new UnsupportedError("raw data of a virtual dataset");
  }
}
