/** Properties of dataset creation, dataset access and transfer lists, by the C library's names. */
import { UNLIMITED } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { UnsupportedError } from "../base/errors.ts";
import { encodeUtf8 } from "../base/text.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import {
  byte,
  double,
  flag,
  type PropertySpec,
  property,
  readDouble,
  size,
  sizeOrNone,
  text,
  unsigned,
  unwritten,
  writeDouble,
  zeroEndedText,
} from "./prop-codec.ts";
import type { DatasetAccess } from "./prop-dapl.ts";
import type { DatasetCreation, ExternalFileEntry, VirtualMapping } from "./prop-dcpl.ts";
import type { Transfer } from "./prop-dxpl.ts";
import { decodeSpaceAt, encodeSpace } from "./space-encoding.ts";
import { SpaceID } from "./space-id.ts";
import { decodeTypeAt, encodeType } from "./type-encoding.ts";

const COPIED = { ownedByCopies: true };
const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;
const VIRTUAL = 3;
const NO_FILL_VALUE = 0xffff_ffff_ffff_ffffn;

const layout: PropertySpec<DatasetCreation> = {
  name: "layout",
  size: 2256,
  keys: ["layout", "chunkDims", "chunkOptions", "mappings"],
  ownedByCopies: true,
  codec: {
    encode(writer, { layout: kind, chunkDims, mappings }) {
      writer.u8(kind);
      if (kind === CHUNKED) {
        writer.u8(chunkDims.length);
        for (const dim of chunkDims) writer.u32(dim);
      } else if (kind === VIRTUAL) {
        writer.u64(mappings.length);
        for (const { fileName, datasetName, sourceSpace, virtualSpace } of mappings) {
          writer.bytes(encodeUtf8(fileName)).u8(0).bytes(encodeUtf8(datasetName)).u8(0);
          for (const space of [sourceSpace, virtualSpace]) writer.bytes(encodeSpace(space.extent, space.selection));
        }
      }
    },
    decode(cursor) {
      const kind = cursor.version([COMPACT, CONTIGUOUS, CHUNKED, VIRTUAL], "Layout class");
      const none = { chunkDims: [], chunkOptions: 0, mappings: [] };
      if (kind === CHUNKED) {
        const rank = cursor.u8("Dimensionality");
        return { ...none, layout: kind, chunkDims: Array.from({ length: rank }, () => cursor.u32("Chunk dim")) };
      }
      if (kind !== VIRTUAL) return { ...none, layout: kind };
      const count = cursor.count(cursor.u64("Number of mappings"), 4, "Number of mappings");
      return { ...none, layout: kind, mappings: Array.from({ length: count }, () => mappingAt(cursor)) };
    },
  },
};

function mappingAt(cursor: Cursor): VirtualMapping {
  const fileName = cursor.nulTerminated("Source file name");
  const datasetName = cursor.nulTerminated("Source dataset name");
  const source = decodeSpaceAt(cursor);
  const target = decodeSpaceAt(cursor);
  return {
    fileName,
    datasetName,
    sourceSpace: new SpaceID(source.extent, source.selection),
    virtualSpace: new SpaceID(target.extent, target.selection),
  };
}

const externalFiles: PropertySpec<DatasetCreation> = {
  name: "efl",
  size: 32,
  keys: ["external"],
  ownedByCopies: true,
  codec: {
    encode(writer, { external }) {
      size.encode(writer, external.length);
      for (const { name, offset, byteLength } of external) {
        zeroEndedText.encode(writer, name);
        size.encode(writer, offset);
        size.encode(writer, byteLength);
      }
    },
    decode(cursor) {
      const count = cursor.count(size.decode(cursor), 6, "Number of files");
      const external = Array.from({ length: count }, (): ExternalFileEntry => {
        const name = zeroEndedText.decode(cursor);
        const offset = size.decode(cursor);
        if (offset === UNLIMITED) throw cursor.error("no offset", "Offset");
        return { name, offset, byteLength: size.decode(cursor) };
      });
      return { external };
    },
  },
};

const fillValue: PropertySpec<DatasetCreation> = {
  name: "fill_value",
  size: 88,
  keys: ["fillValue", "fillTime"],
  ownedByCopies: true,
  codec: {
    encode(writer, { fillValue: fill, fillTime, allocTime, layoutAllocTime }) {
      writer.u8(allocTime ?? layoutAllocTime).u8(fillTime);
      if (fill === "default" || fill === "undefined") {
        writer.u64big(fill === "default" ? 0n : NO_FILL_VALUE);
        return;
      }
      if (usesHeap(fill.datatype)) throw new UnsupportedError("encoding a fill value of variable length");
      const type = encodeType(fill.datatype);
      writer.u64(fill.bytes.length).bytes(fill.bytes);
      size.encode(writer, type.length);
      writer.bytes(type);
    },
    decode(cursor, { allocTime }) {
      const time = cursor.version([0, 1, 2, 3], "Allocation time");
      const fillTime = cursor.version([0, 1, 2], "Fill time");
      // Whether the time is the layout's own stands in a property of its own, before this or after it.
      const times = { fillTime, layoutAllocTime: time, ...(allocTime === undefined ? {} : { allocTime: time }) };
      const byteLength = cursor.u64big("Fill value size");
      if (byteLength === 0n) return { ...times, fillValue: "default" };
      if (byteLength === NO_FILL_VALUE) return { ...times, fillValue: "undefined" };
      if (byteLength > BigInt(cursor.remaining)) throw cursor.error(`${byteLength} bytes`, "Fill value size");
      const bytes = cursor.take(Number(byteLength), "Fill value").slice();
      const type = cursor.take(size.decode(cursor), "Fill value datatype");
      const datatype = decodeTypeAt(new Cursor(type, { structure: "Fill value datatype" }));
      if (datatype.size !== bytes.length) throw cursor.error(`${datatype.size} bytes an element`, "Fill value size");
      return { ...times, fillValue: { datatype, bytes } };
    },
  },
};

/** Whether the layout decides when space is allocated. */
const allocTimeState: PropertySpec<DatasetCreation> = {
  name: "alloc_time_state",
  size: 4,
  keys: ["allocTime"],
  codec: {
    encode: (writer, { allocTime }) => unsigned.encode(writer, allocTime === undefined ? 1 : 0),
    decode: (cursor, { layoutAllocTime }) => ({
      allocTime: unsigned.decode(cursor) === 0 ? layoutAllocTime : undefined,
    }),
  },
};

export const DATASET_CREATE_PROPERTIES: readonly PropertySpec<DatasetCreation>[] = [
  layout,
  externalFiles,
  property("dset_oh_minimize", 1, "noAttributesHint", flag),
  allocTimeState,
  fillValue,
];

export const DATASET_ACCESS_PROPERTIES: readonly PropertySpec<DatasetAccess>[] = [
  {
    name: "rdcc_w0",
    size: 8,
    keys: ["chunkCacheW0"],
    codec: {
      encode: (writer, { chunkCacheW0 }) => double.encode(writer, chunkCacheW0 ?? -1),
      decode(cursor) {
        const w0 = double.decode(cursor);
        return { chunkCacheW0: w0 < 0 ? undefined : w0 };
      },
    },
  },
  property("vds_prefix", 8, "virtualPrefix", text, COPIED),
  property("external file prefix", 8, "efilePrefix", text, COPIED),
  unwritten("append_flush", 280),
  property("vds_view", 4, "virtualView", byte),
  property("vds_printf_gap", 8, "virtualPrintfGap", size),
  property("rdcc_nbytes", 8, "chunkCacheBytes", sizeOrNone),
  property("rdcc_nslots", 8, "chunkCacheSlots", sizeOrNone),
];

export const DATASET_XFER_PROPERTIES: readonly PropertySpec<Transfer>[] = [
  unwritten("global_no_collective_cause", 4),
  unwritten("bkgr_buf", 8),
  property("mpio_chunk_opt_ratio", 4, "mpioChunkOptRatio", unsigned),
  {
    name: "btree_split_ratio",
    size: 24,
    keys: ["btreeRatios"],
    codec: {
      encode(writer, { btreeRatios }) {
        writer.u8(8);
        for (const ratio of btreeRatios) writeDouble(writer, ratio);
      },
      decode(cursor) {
        cursor.version([8], "Size of a double");
        return { btreeRatios: [readDouble(cursor), readDouble(cursor), readDouble(cursor)] };
      },
    },
  },
  unwritten("actual_io_mode", 4),
  property("max_temp_buf", 8, "bufferSize", size),
  unwritten("local_no_collective_cause", 4),
  unwritten("actual_chunk_opt_mode", 4),
  unwritten("vlen_alloc_info", 8),
  property("err_detect", 4, "edcCheck", byte),
  unwritten("vlen_alloc", 8),
  property("mpio_collective_opt", 4, "mpioCollectiveOpt", byte),
  unwritten("tconv_buf", 8),
  property("bkgr_buf_type", 4, "backgroundBuffer", byte),
  property("data_transform", 8, "dataTransform", zeroEndedText, COPIED),
  property("vec_size", 8, "hyperVectorSize", size),
  unwritten("vlen_free", 8),
  property("mpio_chunk_opt_hard", 4, "mpioChunkOptHard", byte),
  unwritten("type_conv_cb", 16, ["conversionCallback"]),
  unwritten("filter_cb", 16),
  property("mpio_chunk_opt_num", 4, "mpioChunkOptNum", unsigned),
  unwritten("vlen_free_info", 8),
  property("io_xfer_mode", 4, "ioTransferMode", byte),
];
