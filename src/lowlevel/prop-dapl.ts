/** Dataset access property list. C: `H5P_DATASET_ACCESS`. */
import { UNLIMITED } from "../base/address.ts";
import { type Name, type Size, toInt, toName, toSize } from "./arguments.ts";
import { chunkCacheChange, VDS_FIRST_MISSING } from "./dataset-access.ts";
import { DATASET_ACCESS } from "./prop-classes.ts";
import { LINK_ACCESS_DEFAULTS, type LinkAccess, PropLAID } from "./prop-links.ts";
import { badValue } from "./property-list.ts";

export { VDS_FIRST_MISSING } from "./dataset-access.ts";
/** As {@link VDS_FIRST_MISSING}: to the last element there is. */
export const VDS_LAST_AVAILABLE = 1;

export interface DatasetAccess extends LinkAccess {
  /** Undefined while the file's setting holds. */
  readonly chunkCacheSlots: number | undefined;
  readonly chunkCacheBytes: number | undefined;
  readonly chunkCacheW0: number | undefined;
  /** Folder of files with raw data outside. */
  readonly efilePrefix: string;
  readonly virtualPrefix: string;
  readonly virtualView: number;
  /** Missing sources of a numbered series that are skipped over. */
  readonly virtualPrintfGap: number;
  readonly virtualSpatialTree: boolean;
}

export const DATASET_ACCESS_DEFAULTS: DatasetAccess = {
  ...LINK_ACCESS_DEFAULTS,
  chunkCacheSlots: undefined,
  chunkCacheBytes: undefined,
  chunkCacheW0: undefined,
  efilePrefix: "",
  virtualPrefix: "",
  virtualView: VDS_LAST_AVAILABLE,
  virtualPrintfGap: 0,
  virtualSpatialTree: true,
};

/** Leaves it to the file how many slots, bytes or what w0 a dataset's chunk cache has. C: `H5D_CHUNK_CACHE_…_DEFAULT`. */
export const CHUNK_CACHE_NSLOTS_DEFAULT = UNLIMITED;
export const CHUNK_CACHE_NBYTES_DEFAULT = UNLIMITED;
export const CHUNK_CACHE_W0_DEFAULT = -1;

/** How a dataset is accessed. C: `H5P_DATASET_ACCESS`. h5py: `PropDAID`. */
export class PropDAID extends PropLAID<DatasetAccess> {
  protected override readonly propClass = DATASET_ACCESS;

  /** Sets checked values. */
  take(changes: Partial<DatasetAccess>): void {
    this.change(changes);
  }

  /**
   * The dataset's chunk cache, in place of the file's; see `PropFAID.setCache`. `h5d.CHUNK_CACHE_NSLOTS_DEFAULT`,
   * `CHUNK_CACHE_NBYTES_DEFAULT` and `CHUNK_CACHE_W0_DEFAULT` (or anything below 0) leave one of the three to the file. It counts
   * for the handle that opens a dataset which nobody has open; others share that one's cache.
   *
   * @throws ValueError for a w0 above 1. C: `H5Pset_chunk_cache`.
   */
  setChunkCache(slots: Size, byteLength: Size, w0: number): void {
    this.change(chunkCacheChange(slots, byteLength, w0));
  }

  /** `[slots, byteLength, w0]`, those of a default file where nothing is set. C: `H5Pget_chunk_cache`. */
  getChunkCache(): [number, number, number] {
    const { chunkCacheSlots, chunkCacheBytes, chunkCacheW0 } = this.values();
    return [chunkCacheSlots ?? 521, chunkCacheBytes ?? 1048576, chunkCacheW0 ?? 0.75];
  }

  /**
   * The folder of external raw data files that have relative names; `${ORIGIN}` in front stands for that of the HDF5
   * file. C: `H5Pset_efile_prefix`.
   */
  setEfilePrefix(prefix: Name): void {
    this.change({ efilePrefix: toName(prefix) });
  }

  /** That folder; `""`, the default, for where the process runs. C: `H5Pget_efile_prefix`. */
  getEfilePrefix(): string {
    return this.values().efilePrefix;
  }

  /**
   * The folder in which source files of virtual datasets are looked for first; `${ORIGIN}` in front stands for that of
   * the HDF5 file. C: `H5Pset_virtual_prefix`.
   */
  setVirtualPrefix(prefix: Name): void {
    this.change({ virtualPrefix: toName(prefix) });
  }

  /** That folder; `""` by default. C: `H5Pget_virtual_prefix`. */
  getVirtualPrefix(): string {
    return this.values().virtualPrefix;
  }

  /**
   * How far a virtual dataset reaches that grows with its sources: to the first missing element
   * (`h5d.VDS_FIRST_MISSING`) or to the last there is (`VDS_LAST_AVAILABLE`).
   *
   * @throws ValueError for another. C: `H5Pset_virtual_view`.
   */
  setVirtualView(view: Size): void {
    const virtualView = toInt(view);
    if (virtualView !== VDS_FIRST_MISSING && virtualView !== VDS_LAST_AVAILABLE) {
      throw badValue("H5Pset_virtual_view", "not a valid bounds option");
    }
    this.change({ virtualView });
  }

  /** `h5d.VDS_LAST_AVAILABLE` by default. C: `H5Pget_virtual_view`. */
  getVirtualView(): number {
    return this.values().virtualView;
  }

  /**
   * How many missing files of a numbered series of sources may be passed over before it counts as ended. C:
   * `H5Pset_virtual_printf_gap`.
   */
  setVirtualPrintfGap(gap: Size = 0): void {
    this.change({ virtualPrintfGap: toSize(gap) });
  }

  /** How many missing files are passed over; 0 by default. C: `H5Pget_virtual_printf_gap`. */
  getVirtualPrintfGap(): number {
    return this.values().virtualPrintfGap;
  }

  /** Whether mappings are looked up in a tree. Without effect: they always are found the same way. C: `H5Pset_virtual_spatial_tree`. */
  setVirtualSpatialTree(useTree: boolean): void {
    this.change({ virtualSpatialTree: Boolean(useTree) });
  }

  /** True by default. C: `H5Pget_virtual_spatial_tree`. */
  getVirtualSpatialTree(): boolean {
    return this.values().virtualSpatialTree;
  }
}
