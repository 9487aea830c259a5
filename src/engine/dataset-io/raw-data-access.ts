/**
 * The way to the raw data of a dataset, which its layout decides.
 *
 * Reference implementation: H5Dio.c, H5Dlayout.c.
 */
import { UnsupportedError } from "../../base/errors.ts";
import { ChunkedAccess } from "./chunked-access.ts";
import { CompactAccess } from "./compact-access.ts";
import { allocateContiguous, ContiguousAccess } from "./contiguous-access.ts";
import type { RawDataAccess, RawDataOwner } from "./raw-data-owner.ts";

/**
 * The way to the raw data of a dataset. It can be kept as long as the dataset keeps its kind of layout.
 *
 * @throws UnsupportedError for a virtual dataset, which has no raw data of its own.
 */
export function rawDataAccess(owner: RawDataOwner): RawDataAccess {
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

export type { RawDataAccess, RawDataOwner };
export { allocateContiguous };
