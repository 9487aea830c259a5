/** File access property list. C: `H5P_FILE_ACCESS`. */
import { defaultMultiLayout, type MultiLayout, splitLayout } from "../engine/file-drivers.ts";
import type { ExternalAccess } from "../engine/file-opener.ts";
import { ONION_PAGE_BYTES, type OnionSettings, onionSettingsProblem } from "../engine/onion-writing.ts";
import { type Name, type Size, toInt, toName, toSize, toUnsigned } from "./arguments.ts";
import { checkW0 } from "./dataset-access.ts";
import { FILE_ACCESS_DEFAULTS, type FileAccess } from "./file-access.ts";
import type { FileResolver } from "./file-finder.ts";
import { CORE, FAMILY, MULTI, ONION, SEC2, STDIO } from "./h5fd.ts";
import { boundNumbers, checkLibverBounds } from "./libver-bounds.ts";
import { FILE_ACCESS } from "./prop-classes.ts";
import { decodeList } from "./prop-encoding.ts";
import { PropTuningID } from "./prop-fapl-tuning.ts";
import { setFaplDecoder } from "./prop-specs-object.ts";
import { badValue } from "./property-list.ts";

/** How a file is opened. C: `H5P_FILE_ACCESS`. h5py: `PropFAID`. */
export class PropFAID extends PropTuningID {
  protected override readonly propClass = FILE_ACCESS;

  /** What closing the file does to objects still open; one of `h5f.CLOSE_…`. C: `H5Pset_fclose_degree`. */
  setFcloseDegree(closeDegree: Size): void {
    this.change({ closeDegree: toInt(closeDegree) });
  }

  /** `h5f.CLOSE_DEFAULT` by default, which is weak; the facade sets `CLOSE_STRONG`. C: `H5Pget_fclose_degree`. */
  getFcloseDegree(): number {
    return this.values().closeDegree;
  }

  /**
   * The chunk cache of each dataset: `slots` hash slots, `byteLength` bytes, and how much chunks that were read or
   * written whole are to be evicted first (0 not at all, 1 always). `elements` has no effect.
   *
   * @throws ValueError for a `w0` outside of 0 to 1. C: `H5Pset_cache`.
   */
  setCache(elements: Size, slots: Size, byteLength: Size, w0: number): void {
    this.change({
      metadataCacheElements: toInt(elements),
      chunkCacheSlots: toSize(slots, "size_t"),
      chunkCacheBytes: toSize(byteLength, "size_t"),
      chunkCacheW0: checkW0("H5Pset_cache", w0),
    });
  }

  /** `[elements, slots, byteLength, w0]`; 0, 521, 1 MiB and 0.75 by default. C: `H5Pget_cache`. */
  getCache(): [number, number, number, number] {
    const { metadataCacheElements, chunkCacheSlots, chunkCacheBytes, chunkCacheW0 } = this.values();
    return [metadataCacheElements, chunkCacheSlots, chunkCacheBytes, chunkCacheW0];
  }

  /** Bytes gathered into one request of contiguous raw data. C: `H5Pset_sieve_buf_size`. */
  setSieveBufSize(byteLength: Size): void {
    this.change({ sieveBufferSize: toSize(byteLength, "size_t") });
  }

  /** Bytes; 64 KiB by default. C: `H5Pget_sieve_buf_size`. */
  getSieveBufSize(): number {
    return this.values().sieveBufferSize;
  }

  /** Bytes of a block that small metadata is allocated from. C: `H5Pset_meta_block_size`. */
  setMetaBlockSize(byteLength: Size): void {
    this.change({ metaBlockSize: toSize(byteLength) });
  }

  /** Bytes; 2048 by default. C: `H5Pget_meta_block_size`. */
  getMetaBlockSize(): number {
    return this.values().metaBlockSize;
  }

  /** Bytes of a block that small pieces of raw data are allocated from. C: `H5Pset_small_data_block_size`. */
  setSmallDataBlockSize(byteLength: Size): void {
    this.change({ smallDataBlockSize: toSize(byteLength) });
  }

  /** Bytes; 2048 by default. C: `H5Pget_small_data_block_size`. */
  getSmallDataBlockSize(): number {
    return this.values().smallDataBlockSize;
  }

  /**
   * The oldest and the newest format written, `h5f.LIBVER_…`. C: `H5Pset_libver_bounds`.
   *
   * New structures get the form that version `low` has for them. What needs a form that came after version `high` is
   * refused; with "latest", the default, nothing is.
   *
   * @throws ValueError for bounds that are none, `high` below `low`, and `LIBVER_EARLIEST` for `high`.
   */
  setLibverBounds(low: Size, high: Size | "latest"): void {
    this.change(checkLibverBounds("H5Pset_libver_bounds", low, high));
  }

  /** `[low, high]`; without a limit `high` is `LIBVER_LATEST`, or `low` where that is higher. C: `H5Pget_libver_bounds`. */
  getLibverBounds(): [number, number] {
    const { libverLow, libverHigh } = this.values();
    return boundNumbers(libverLow, libverHigh);
  }

  /**
   * Objects of at least `threshold` bytes start at a multiple of `alignment` bytes.
   *
   * @throws ValueError for an `alignment` of 0. C: `H5Pset_alignment`.
   */
  setAlignment(threshold: Size, alignment: Size): void {
    const alignmentThreshold = toSize(threshold);
    const bytes = toSize(alignment);
    if (bytes < 1) throw badValue("H5Pset_alignment", "alignment must be positive");
    this.change({ alignmentThreshold, alignment: bytes });
  }

  /** `[threshold, alignment]` in bytes; both 1 by default. C: `H5Pget_alignment`. */
  getAlignment(): [number, number] {
    const { alignmentThreshold, alignment } = this.values();
    return [alignmentThreshold, alignment];
  }

  /** The bytes of a file to be opened in memory; copied. C: `H5Pset_file_image`. */
  setFileImage(image: Uint8Array | null): void {
    this.change({ fileImage: image === null ? null : image.slice() });
  }

  /** A copy of the image, or null. C: `H5Pget_file_image`. */
  getFileImage(): Uint8Array | null {
    return this.values().fileImage?.slice() ?? null;
  }

  /**
   * Bytes of metadata kept in whole pages, in files with paged aggregation; other files are then refused. The least shares
   * of metadata and raw data in percent are kept and have no effect: raw data is not buffered.
   *
   * C: `H5Pset_page_buffer_size`.
   */
  setPageBufferSize(byteLength: Size, minMetaPercent: Size = 0, minRawPercent: Size = 0): void {
    const pageBufferSize = toSize(byteLength, "size_t");
    const meta = toUnsigned(minMetaPercent);
    const raw = toUnsigned(minRawPercent);
    const where = "H5Pset_page_buffer_size";
    if (meta > 100) throw badValue(where, "Minimum metadata fractions must be between 0 and 100 inclusive");
    if (raw > 100) throw badValue(where, "Minimum rawdata fractions must be between 0 and 100 inclusive");
    if (meta + raw > 100) {
      throw badValue(where, "Sum of minimum metadata and raw data fractions can't be bigger than 100");
    }
    this.change({ pageBufferSize, pageBufferMetaPercent: meta, pageBufferRawPercent: raw });
  }

  /** `[byteLength, minMetaPercent, minRawPercent]`; all 0 by default. C: `H5Pget_page_buffer_size`. */
  getPageBufferSize(): [number, number, number] {
    const { pageBufferSize, pageBufferMetaPercent, pageBufferRawPercent } = this.values();
    return [pageBufferSize, pageBufferMetaPercent, pageBufferRawPercent];
  }

  /** Whether files are locked while open, and whether it matters that locks do not work. C: `H5Pset_file_locking`. */
  setFileLocking(useFileLocking: boolean, ignoreWhenDisabled: boolean): void {
    this.change({ useFileLocking: Boolean(useFileLocking), ignoreDisabledLocks: Boolean(ignoreWhenDisabled) });
  }

  /** `[useFileLocking, ignoreWhenDisabled]`. C: `H5Pget_file_locking`. */
  getFileLocking(): [boolean, boolean] {
    const { useFileLocking, ignoreDisabledLocks } = this.values();
    return [useFileLocking, ignoreDisabledLocks];
  }

  /** Which driver is set, one of `h5fd.SEC2`, … C: `H5Pget_driver`. */
  getDriver(): number {
    const { driver } = this.values();
    switch (driver.kind) {
      case "sec2":
        return SEC2;
      case "stdio":
        return STDIO;
      case "core":
        return CORE;
      case "family":
        return FAMILY;
      case "multi":
        return MULTI;
      case "onion":
        return ONION;
      default:
        return driver satisfies never;
    }
  }

  /** One ordinary file, the default. C: `H5Pset_fapl_sec2`. */
  setFaplSec2(): void {
    this.change({ driver: { kind: "sec2" } });
  }

  /** One ordinary file; the same as {@link setFaplSec2} here. C: `H5Pset_fapl_stdio`. */
  setFaplStdio(): void {
    this.change({ driver: { kind: "stdio" } });
  }

  /** A file in memory that grows by `blockSize` bytes, saved when closed if `backingStore`. C: `H5Pset_fapl_core`. */
  setFaplCore(blockSize: Size = 64 * 1024, backingStore = true): void {
    this.change({
      driver: { kind: "core", blockSize: toSize(blockSize, "size_t"), backingStore: Boolean(backingStore) },
    });
  }

  /** `[blockSize, backingStore]`. @throws ValueError with another driver. C: `H5Pget_fapl_core`. */
  getFaplCore(): [number, boolean] {
    const { driver } = this.values();
    if (driver.kind !== "core") throw badValue("H5Pget_fapl_core", "incorrect VFL driver");
    return [driver.blockSize, driver.backingStore];
  }

  /**
   * A file in members of `memberSize` bytes, all but the last; the file's name has a place for their numbers, such as
   * `%05d`. Size 0 is for files that exist, and takes what they say.
   *
   * C: `H5Pset_fapl_family`; the members are ordinary files.
   */
  setFaplFamily(memberSize: Size = 2147483647): void {
    this.change({ driver: { kind: "family", memberSize: toSize(memberSize) } });
  }

  /** The size of members. @throws ValueError with another driver. C: `H5Pget_fapl_family`. */
  getFaplFamily(): number {
    const { driver } = this.values();
    if (driver.kind !== "family") throw badValue("H5Pget_fapl_family", "incorrect VFL driver");
    return driver.memberSize;
  }

  /**
   * Raw data in one file and everything else in another, named by the file's name with either extension, or by an
   * extension that has a `%s` for it.
   *
   * C: `H5Pset_fapl_split`; both are ordinary files.
   */
  setFaplSplit(metaExt: Name = "-m.h5", rawExt: Name = "-r.h5"): void {
    this.change({ driver: { kind: "multi", layout: splitLayout(toName(metaExt), toName(rawExt)) } });
  }

  /**
   * A file for each kind of memory. `layout` says which kinds (`h5fd.MEM_SUPER` to `MEM_OHDR`, in that order) share
   * one, its name with `%s` for the file's, and where its addresses start. Default: the C library's.
   *
   * C: `H5Pset_fapl_multi`; all are ordinary files.
   */
  setFaplMulti(layout: MultiLayout = defaultMultiLayout()): void {
    this.change({ driver: { kind: "multi", layout } });
  }

  /** Which kinds of memory are in which member. @throws ValueError with another driver. C: `H5Pget_fapl_multi`. */
  getFaplMulti(): MultiLayout {
    const { driver } = this.values();
    if (driver.kind !== "multi") throw badValue("H5Pget_fapl_multi", "incorrect VFL driver");
    return driver.layout;
  }

  /**
   * A file with revisions, which are kept in a second one of the same name with `.onion` behind it. Opened for writing, it
   * gets a revision more, which begins as the one that is opened, and is there for others once the file is closed. What is
   * made anew has all of its bytes in its first revision.
   *
   * @param settings - Which revision is opened, and how new ones are made; or the number of a revision alone.
   * @throws ValueError for a page size that is no power of two, or a comment of more than 255 bytes. C: `H5Pset_fapl_onion`.
   */
  setFaplOnion(settings: OnionSettings | Size = {}): void {
    const { revision, ...others } = typeof settings === "object" ? settings : { revision: settings };
    const checked = { ...others, revision: revision === undefined ? undefined : toSize(revision) };
    const problem = onionSettingsProblem(checked);
    if (problem !== undefined) throw badValue("H5Pset_fapl_onion", problem);
    this.change({ driver: { kind: "onion", ...checked } });
  }

  /** How revisions are opened and made, all of it. @throws ValueError with another driver. C: `H5Pget_fapl_onion`. */
  getFaplOnion(): OnionSettings {
    const { driver } = this.values();
    if (driver.kind !== "onion") throw badValue("H5Pget_fapl_onion", "incorrect VFL driver");
    const {
      revision,
      pageSize = ONION_PAGE_BYTES,
      pageAlignment = false,
      comment = "",
      forceWriteOpen = false,
    } = driver;
    return { revision, pageSize, pageAlignment, comment, forceWriteOpen };
  }

  /**
   * Which other files the file may lead to, by external links, external raw data, virtual datasets, references and
   * members of a file in several that it names itself: `"anywhere"` (default), `"nowhere"`, or `{ within: folder }`,
   * which is not left through `..`, absolute names or symbolic links. The files that it leads to are bound by the same.
   *
   * Not in the C library.
   */
  setExternalAccess(access: ExternalAccess): void {
    const isFolder = typeof access === "object" && access !== null && typeof access.within === "string";
    if (access !== "anywhere" && access !== "nowhere" && !isFolder) {
      throw badValue("setExternalAccess", "expected 'anywhere', 'nowhere' or a folder");
    }
    this.change({ externalAccess: access });
  }

  /** `"anywhere"` by default. Not in the C library. */
  getExternalAccess(): ExternalAccess {
    return this.values().externalAccess;
  }

  /** Who finds the other files that the file leads to; null for the file system. Not in the C library. */
  setFileResolver(resolver: FileResolver | null): void {
    this.change({ fileResolver: resolver });
  }

  /** Null, the file system, by default. Not in the C library. */
  getFileResolver(): FileResolver | null {
    return this.values().fileResolver;
  }
}

setFaplDecoder((bytes) => {
  const { values, names } = decodeList(bytes, FILE_ACCESS, FILE_ACCESS_DEFAULTS);
  const fapl = new PropFAID(FILE_ACCESS_DEFAULTS);
  fapl.restore(values as FileAccess, names);
  return fapl;
});
