/**
 * Settings of file access that tune the C library's own caches and drivers. They are kept, compared, copied and encoded as
 * there. Each says what it does here.
 */
import { libraryError, record } from "./api-error.ts";
import { type Name, type Size, toInt, toName, toSize, toUnsigned } from "./arguments.ts";
import type { FileAccess } from "./file-access.ts";
import { CacheConfig, type CacheImageConfig, CURR_CACHE_CONFIG_VERSION } from "./h5ac.ts";
import { badValue, PropInstanceID } from "./property-list.ts";

/** All checks, none relaxed. C: `H5F_RFIC_…`. */
export const RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS = 0x0001;
const ALL_RELAXATIONS = RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS;
const MAX_MEMORY_TYPE = 6;

export abstract class PropTuningID extends PropInstanceID<FileAccess> {
  /**
   * The size of the metadata cache, which files opened with the list get: `initialSize`, within `minSize` and `maxSize`, of decoded
   * structures, and no bound without `evictionsEnabled`. It does not adapt itself, so that the rest is kept for who asks.
   *
   * @throws ValueError for another version. C: `H5Pset_mdc_config`.
   */
  setMdcConfig(config: Readonly<CacheConfig>): void {
    if (config.version !== CURR_CACHE_CONFIG_VERSION) {
      throw badValue("H5Pset_mdc_config", "Unknown H5AC_cache_config_t version");
    }
    this.change({ mdcConfig: new CacheConfig(config) });
  }

  /** A copy; see {@link CacheConfig} for the defaults. C: `H5Pget_mdc_config`. */
  getMdcConfig(): CacheConfig {
    return new CacheConfig(this.values().mdcConfig);
  }

  /**
   * Whether the metadata cache is stored in the file when it closes. Images are read and understood, but none is written:
   * every library finds the same structures in their places, and the next change makes an image useless.
   *
   * @throws ValueError for a resize status or an age, which the C library refuses too. C: `H5Pset_mdc_image_config`.
   */
  setMdcImageConfig(config: Partial<CacheImageConfig>): void {
    const next = { ...this.values().mdcImageConfig, ...config };
    const wrong =
      next.version !== 1
        ? "Unknown image config version"
        : next.saveResizeStatus
          ? "unexpected value in save_resize_status field"
          : next.entryAgeout !== -1
            ? "unexpected value in entry_ageout field"
            : undefined;
    if (wrong !== undefined) {
      const where = "H5Pset_mdc_image_config";
      throw libraryError([
        record(where, "ARGS", "BADVALUE", "invalid metadata cache image configuration"),
        record("H5AC_validate_cache_image_config", "CACHE", "BADVALUE", wrong),
      ]);
    }
    this.change({ mdcImageConfig: next });
  }

  /** No image by default. C: `H5Pget_mdc_image_config`. */
  getMdcImageConfig(): CacheImageConfig {
    return this.values().mdcImageConfig;
  }

  /**
   * A log of the metadata cache. Nothing is logged: its lines are the calls of the C library's cache (insert, protect, pin, resize),
   * of which there are none here. C: `H5Pset_mdc_log_options`.
   */
  setMdcLogOptions(enabled: boolean, location: Name, startOnAccess: boolean): void {
    this.change({
      useMdcLogging: Boolean(enabled),
      mdcLogLocation: toName(location),
      startMdcLogOnAccess: Boolean(startOnAccess),
    });
  }

  /** `[enabled, location, startOnAccess]`. C: `H5Pget_mdc_log_options`. */
  getMdcLogOptions(): [boolean, string, boolean] {
    const { useMdcLogging, mdcLogLocation, startMdcLogOnAccess } = this.values();
    return [useMdcLogging, mdcLogLocation, startMdcLogOnAccess];
  }

  /**
   * How often a structure of metadata is read until its checksum fits, which matters while another process writes.
   *
   * @throws ValueError for 0. C: `H5Pset_metadata_read_attempts`.
   */
  setMetadataReadAttempts(attempts: Size): void {
    const metadataReadAttempts = toUnsigned(attempts);
    if (metadataReadAttempts === 0) {
      throw badValue("H5Pset_metadata_read_attempts", "number of metadatata read attempts must be greater than 0");
    }
    this.change({ metadataReadAttempts });
  }

  /** 1 where nothing is set; a file that was opened with `ACC_SWMR_READ` has 100 then. C: `H5Pget_metadata_read_attempts`. */
  getMetadataReadAttempts(): number {
    return this.values().metadataReadAttempts || 1;
  }

  /**
   * Whether metadata leaves memory when an object is closed for the last time: what is unchanged of the whole file, since none
   * of it is known by the object that it serves. C: `H5Pset_evict_on_close`.
   */
  setEvictOnClose(evict: boolean): void {
    this.change({ evictOnClose: Boolean(evict) });
  }

  /** False by default. C: `H5Pget_evict_on_close`. */
  getEvictOnClose(): boolean {
    return this.values().evictOnClose;
  }

  /** How many files of external links stay open with this one when nothing of them is open any more. C: `H5Pset_elink_file_cache_size`. */
  setElinkFileCacheSize(files: Size): void {
    this.change({ elinkFileCacheSize: toUnsigned(files) });
  }

  /** Number of files; 0 by default. C: `H5Pget_elink_file_cache_size`. */
  getElinkFileCacheSize(): number {
    return this.values().elinkFileCacheSize;
  }

  /**
   * Whether a file in memory is saved by the pages that changed, of `pageSize` bytes. It is saved whole all the
   * same, by one write when it closes: pages written one by one would leave a mixture when something goes wrong.
   *
   * C: `H5Pset_core_write_tracking`.
   */
  setCoreWriteTracking(isEnabled: boolean, pageSize: Size): void {
    const coreWriteTrackingPageSize = toSize(pageSize, "size_t");
    if (coreWriteTrackingPageSize === 0) {
      throw badValue("H5Pset_core_write_tracking", "page_size cannot be zero");
    }
    this.change({ coreWriteTracking: Boolean(isEnabled), coreWriteTrackingPageSize });
  }

  /** `[isEnabled, pageSize]`; false and 512 KiB by default. C: `H5Pget_core_write_tracking`. */
  getCoreWriteTracking(): [boolean, number] {
    const { coreWriteTracking, coreWriteTrackingPageSize } = this.values();
    return [coreWriteTracking, coreWriteTrackingPageSize];
  }

  /** Which member a handle of the family driver is of, for `H5Fget_vfd_handle`; there are no such handles in JavaScript. C: `H5Pset_family_offset`. */
  setFamilyOffset(offset: Size): void {
    this.change({ familyOffset: toSize(offset) });
  }

  /** Bytes from the start of the file; 0 by default. C: `H5Pget_family_offset`. */
  getFamilyOffset(): number {
    return this.values().familyOffset;
  }

  /** Which member a handle of the multi driver is of, for `H5Fget_vfd_handle`; there are no such handles in JavaScript. C: `H5Pset_multi_type`. */
  setMultiType(type: Size): void {
    const multiType = toInt(type);
    if (multiType < 0 || multiType > MAX_MEMORY_TYPE) throw badValue("H5Pset_multi_type", "invalid memory type");
    this.change({ multiType });
  }

  /** One of `h5fd.MEM_…`; `MEM_DEFAULT` by default. C: `H5Pget_multi_type`. */
  getMultiType(): number {
    return this.values().multiType;
  }

  /** Kept; the C library, too, has never collected anything by it. C: `H5Pset_gc_references`. */
  setGcReferences(collect: Size): void {
    this.change({ gcReferences: toUnsigned(collect) });
  }

  /** 0 by default. C: `H5Pget_gc_references`. */
  getGcReferences(): number {
    return this.values().gcReferences;
  }

  /**
   * Which checks of damaged files are left out, `RFIC_…` bits: with `RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS`, numbers may have
   * any share of unused bits. C: `H5Pset_relax_file_integrity_checks`.
   */
  setRelaxFileIntegrityChecks(flags: Size): void {
    const relaxedIntegrityChecks = toSize(flags, "uint64_t");
    if ((relaxedIntegrityChecks & ~ALL_RELAXATIONS) !== 0) {
      throw badValue("H5Pset_relax_file_integrity_checks", "invalid relax file integrity checks flags");
    }
    this.change({ relaxedIntegrityChecks });
  }

  /** 0, all checks, by default. C: `H5Pget_relax_file_integrity_checks`. */
  getRelaxFileIntegrityChecks(): number {
    return this.values().relaxedIntegrityChecks;
  }
}
