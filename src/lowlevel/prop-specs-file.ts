/** Properties of file creation and access lists, by the C library's names. */

import type { FileAccess } from "./file-access.ts";
import { byte, double, flag, type PropertySpec, property, size, text, unsigned, unwritten } from "./prop-codec.ts";
import type { FileCreation, SharedIndex } from "./prop-fcpl.ts";
import { cacheConfig, cacheImageConfig } from "./prop-mdc.ts";

const COPIED = { ownedByCopies: true };
const UNSIGNED = 4;
/** C: `H5O_SHMESG_MAX_NINDEXES`; the defaults of its arrays name six. */
const MAX_INDEXES = 8;
const NAMED_MINIMUMS = 6;
const MINIMUM = 250;

const minimumOf = (index: SharedIndex | undefined, i: number) =>
  index?.minimumSize ?? (i < NAMED_MINIMUMS ? MINIMUM : 0);

/** Eight numbers, of which the first are those of the indexes. */
function ofIndexes(
  name: string,
  value: (index: SharedIndex | undefined, i: number) => number,
  change: (index: SharedIndex, value: number) => SharedIndex,
): PropertySpec<FileCreation> {
  return {
    name,
    size: 32,
    keys: ["sharedIndexes"],
    codec: {
      encode(writer, { sharedIndexes }) {
        writer.u8(UNSIGNED);
        for (let i = 0; i < MAX_INDEXES; i++) writer.u32(value(sharedIndexes[i], i));
      },
      decode(cursor, { sharedIndexes }) {
        cursor.version([UNSIGNED], "Size of an unsigned int");
        const read = Array.from({ length: MAX_INDEXES }, () => cursor.u32(name));
        // The number of indexes may stand before this or after it.
        const all = Array.from({ length: MAX_INDEXES }, (_, i) => sharedIndexes[i] ?? { typeFlags: 0, minimumSize: 0 });
        return { sharedIndexes: all.map((index, i) => change(index, read[i] as number)) };
      },
    },
  };
}

export const FILE_CREATE_PROPERTIES: readonly PropertySpec<FileCreation>[] = [
  property("file_space_strategy", 4, "fileSpaceStrategy", byte),
  {
    name: "btree_rank",
    size: 8,
    keys: ["groupInternalK", "chunkK"],
    codec: {
      encode: (writer, { groupInternalK, chunkK }) => void writer.u8(UNSIGNED).u32(groupInternalK).u32(chunkK),
      decode(cursor) {
        cursor.version([UNSIGNED], "Size of an unsigned int");
        return { groupInternalK: cursor.u32("Group internal K"), chunkK: cursor.u32("Chunk K") };
      },
    },
  },
  property("block_size", 8, "userblockSize", size),
  property("symbol_leaf", 4, "groupLeafK", unsigned),
  property("file_space_page_size", 8, "fileSpacePageSize", size),
  property("free_space_persist", 1, "persistFreeSpace", flag),
  ofIndexes(
    "shmsg_message_types",
    (index) => index?.typeFlags ?? 0,
    (index, typeFlags) => ({ ...index, typeFlags }),
  ),
  unwritten("super_version", 4),
  property("obj_byte_num", 1, "sizeOfLengths", byte),
  property("free_space_threshold", 8, "freeSpaceThreshold", size),
  property("addr_byte_num", 1, "sizeOfOffsets", byte),
  ofIndexes("shmsg_message_minsize", minimumOf, (index, minimumSize) => ({ ...index, minimumSize })),
  property("shmsg_btree_min", 4, "sharedTreeMin", unsigned),
  property("shmsg_list_max", 4, "sharedListMax", unsigned),
  {
    name: "num_shmsg_indexes",
    size: 4,
    keys: ["sharedIndexes"],
    codec: {
      encode: (writer, { sharedIndexes }) => unsigned.encode(writer, sharedIndexes.length),
      decode(cursor, { sharedIndexes }) {
        const count = cursor.count(unsigned.decode(cursor), 0, "Number of indexes");
        if (count > MAX_INDEXES) throw cursor.error(`${count} indexes of shared messages`, "Number of indexes");
        return {
          sharedIndexes: Array.from(
            { length: count },
            (_, i) => sharedIndexes[i] ?? { typeFlags: 0, minimumSize: minimumOf(undefined, i) },
          ),
        };
      },
    },
  },
];

/** What `"latest"` means to HDF5 1.10. C: `H5F_LIBVER_LATEST`. */
const LATEST = 2;

export const FILE_ACCESS_PROPERTIES: readonly PropertySpec<FileAccess>[] = [
  unwritten("want_posix_fd", 1),
  property("align", 8, "alignment", size),
  unwritten("clear_status_flags", 1),
  property("metadata_read_attempts", 4, "metadataReadAttempts", unsigned),
  property("page_buffer_size", 8, "pageBufferSize", size),
  property("mdc_initCacheImageCfg", 12, "mdcImageConfig", cacheImageConfig),
  property("rdcc_w0", 8, "chunkCacheW0", double),
  property("evict_on_close_flag", 1, "evictOnClose", flag),
  property("efc_size", 4, "elinkFileCacheSize", unsigned),
  unwritten("family_to_single", 1),
  property("close_degree", 4, "closeDegree", byte),
  property("sdata_block_size", 8, "smallDataBlockSize", size),
  property("core_write_tracking_page_size", 8, "coreWriteTrackingPageSize", size),
  property("mdc_log_location", 8, "mdcLogLocation", text, COPIED),
  property("meta_block_size", 8, "metaBlockSize", size),
  property("sieve_buf_size", 8, "sieveBufferSize", size),
  property("family_offset", 8, "familyOffset", size),
  property("page_buffer_min_meta_perc", 4, "pageBufferMetaPercent", unsigned),
  {
    name: "libver_high_bound",
    size: 4,
    keys: ["libverHigh"],
    codec: {
      encode: (writer, { libverLow, libverHigh }) =>
        void writer.u8(libverHigh === "latest" ? Math.max(libverLow, LATEST) : libverHigh),
      decode(cursor) {
        const high = cursor.u8("High bound");
        return { libverHigh: high === LATEST ? "latest" : high };
      },
    },
  },
  property("ignore_disabled_file_locks", 1, "ignoreDisabledLocks", flag),
  property("use_file_locking", 1, "useFileLocking", flag),
  property("libver_low_bound", 4, "libverLow", byte),
  unwritten("object_flush_cb", 16),
  property("multi_type", 4, "multiType", byte),
  unwritten("skip_eof_check", 1),
  unwritten("family_newsize", 8),
  property("page_buffer_min_raw_perc", 4, "pageBufferRawPercent", unsigned),
  unwritten("null_fsm_addr", 1),
  property("mdc_initCacheCfg", 1216, "mdcConfig", cacheConfig),
  property("core_write_tracking_flag", 1, "coreWriteTracking", flag),
  property("rdcc_nbytes", 8, "chunkCacheBytes", size),
  property("rdcc_nslots", 8, "chunkCacheSlots", size),
  property("use_mdc_logging", 1, "useMdcLogging", flag),
  unwritten("file_image_info", 72, ["fileImage"], COPIED),
  property("threshold", 8, "alignmentThreshold", size),
  unwritten("vfd_info", 16, ["driver"], { ...COPIED, ownedByNew: true }),
  property("gc_ref", 4, "gcReferences", unsigned),
  property("start_mdc_log_on_access", 1, "startMdcLogOnAccess", flag),
];
