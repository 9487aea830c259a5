/** Properties of the lists of objects, groups, links and copies, by the C library's names. */
import { encodeUtf8 } from "../base/text.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";
import { nameOf } from "./h5z.ts";
import {
  byte,
  flag,
  type PropertySpec,
  property,
  size,
  text,
  unsigned,
  unsignedFlag,
  unsignedOr,
  unwritten,
} from "./prop-codec.ts";
import type { ObjectCopying } from "./prop-copy.ts";
import type { PipelineCreation } from "./prop-dcpl-filters.ts";
import type { PropFAID } from "./prop-fapl.ts";
import type { GroupCreation } from "./prop-gcpl.ts";
import type { FileMounting, LinkAccess, LinkCreation, StringCreation } from "./prop-links.ts";

const COPIED = { ownedByCopies: true };
/** C: `H5Z_COMMON_NAME_LEN`. */
const FILTER_NAME_BYTES = 12;
const UNSIGNED = 4;
const TRACKED = 1;
const INDEXED = 2;
/** C: `H5O_HDR_ATTR_CRT_ORDER_TRACKED`, `H5O_HDR_ATTR_CRT_ORDER_INDEXED`, `H5O_HDR_STORE_TIMES`. */
const HEADER_TRACKED = 0x04;
const HEADER_INDEXED = 0x08;
const HEADER_TIMES = 0x20;

/** Groups and committed datatypes have a pipeline too, always an empty one here. */
type MaybePipeline = Partial<Pick<PipelineCreation, "filters">> & Omit<PipelineCreation, "filters">;

export const OBJECT_CREATE_PROPERTIES: readonly PropertySpec<MaybePipeline>[] = [
  {
    name: "pline",
    size: 72,
    keys: ["filters"],
    ownedByCopies: true,
    codec: {
      encode(writer, { filters = [] }) {
        size.encode(writer.u8(UNSIGNED), filters.length);
        for (const { id, flags, clientData } of filters) {
          writer.i32(id).u32(flags).u8(0);
          size.encode(writer, clientData.length);
          for (const value of clientData) writer.u32(value);
        }
      },
      decode(cursor, values) {
        cursor.version([UNSIGNED], "Size of an unsigned int");
        const count = cursor.count(size.decode(cursor), 11, "Number of filters");
        const filters: FilterDescription[] = [];
        for (let i = 0; i < count; i++) {
          const id = cursor.i32("Filter identifier");
          const flags = cursor.u32("Filter flags");
          const name = cursor.u8("Has a name") === 0 ? nameOf(id) : cursor.text(FILTER_NAME_BYTES, "Filter name");
          const values = cursor.count(size.decode(cursor), UNSIGNED, "Number of client values");
          const clientData = Array.from({ length: values }, () => cursor.u32("Client value"));
          filters.push({ id, name, optional: (flags & 1) !== 0, flags, clientData });
        }
        return values.filters === undefined ? {} : { filters };
      },
    },
  },
  property("min dense attr", 4, "minDense", unsigned),
  property("max compact attr", 4, "maxCompact", unsigned),
  {
    name: "object header flags",
    size: 1,
    keys: ["attributeCreationOrder", "trackTimes"],
    codec: {
      encode(writer, { attributeCreationOrder, trackTimes }) {
        const tracked = (attributeCreationOrder & TRACKED) === 0 ? 0 : HEADER_TRACKED;
        const indexed = (attributeCreationOrder & INDEXED) === 0 ? 0 : HEADER_INDEXED;
        writer.u8(tracked | indexed | (trackTimes ? HEADER_TIMES : 0));
      },
      decode(cursor) {
        const flags = cursor.u8("Object header flags");
        const tracked = (flags & HEADER_TRACKED) === 0 ? 0 : TRACKED;
        const indexed = (flags & HEADER_INDEXED) === 0 ? 0 : INDEXED;
        return { attributeCreationOrder: tracked | indexed, trackTimes: (flags & HEADER_TIMES) !== 0 };
      },
    },
  },
];

export const GROUP_CREATE_PROPERTIES: readonly PropertySpec<GroupCreation>[] = [
  property("link info", 48, "linkCreationOrder", unsigned),
  {
    name: "group info",
    size: 16,
    keys: ["localHeapSizeHint", "linkMaxCompact", "linkMinDense", "estimatedEntries", "estimatedNameLength"],
    codec: {
      encode(writer, values) {
        writer.u32(values.localHeapSizeHint).u16(values.linkMaxCompact).u16(values.linkMinDense);
        writer.u16(values.estimatedEntries).u16(values.estimatedNameLength);
      },
      decode: (cursor) => ({
        localHeapSizeHint: cursor.u32("Local heap size hint"),
        linkMaxCompact: cursor.u16("Maximum compact"),
        linkMinDense: cursor.u16("Minimum dense"),
        estimatedEntries: cursor.u16("Estimated entries"),
        estimatedNameLength: cursor.u16("Estimated name length"),
      }),
    },
  },
];

export const STRING_CREATE_PROPERTIES: readonly PropertySpec<StringCreation>[] = [
  property("character_encoding", 4, "charEncoding", byte),
];

export const LINK_CREATE_PROPERTIES: readonly PropertySpec<LinkCreation>[] = [
  property("intermediate_group", 4, "createIntermediateGroup", unsignedFlag),
];

/** C: `H5F_ACC_DEFAULT`. */
const ACC_DEFAULT = 0xffff;

/** Makes the list that stands within another; given by prop-fapl.ts, whose class knows this table itself. */
let decodeFapl: ((bytes: Uint8Array) => PropFAID) | undefined;

export function setFaplDecoder(decoder: (bytes: Uint8Array) => PropFAID): void {
  decodeFapl = decoder;
}

export const LINK_ACCESS_PROPERTIES: readonly PropertySpec<LinkAccess>[] = [
  unwritten("external link callback", 16),
  property("max soft links", 8, "nlinks", size),
  property("external link prefix", 8, "elinkPrefix", text, COPIED),
  property("external link flags", 4, "elinkAccFlags", unsignedOr(ACC_DEFAULT)),
  {
    name: "external link fapl",
    size: 8,
    keys: ["elinkFapl"],
    ownedByCopies: true,
    codec: {
      encode(writer, { elinkFapl }) {
        writer.u8(elinkFapl === null ? 0 : 1);
        if (elinkFapl === null) return;
        const bytes = elinkFapl.encode();
        size.encode(writer, bytes.length);
        writer.bytes(bytes);
      },
      decode(cursor) {
        if (cursor.u8("Has a list") === 0 || decodeFapl === undefined) return { elinkFapl: null };
        return { elinkFapl: decodeFapl(cursor.take(size.decode(cursor), "File access list")) };
      },
    },
  },
];

export const FILE_MOUNT_PROPERTIES: readonly PropertySpec<FileMounting>[] = [property("local", 1, "local", flag)];

export const OBJECT_COPY_PROPERTIES: readonly PropertySpec<ObjectCopying>[] = [
  unwritten("committed dtype list search", 16, ["mergeSearch"]),
  {
    name: "merge committed dtype list",
    size: 8,
    keys: ["mergePaths"],
    ownedByCopies: true,
    codec: {
      // The C library puts each new path in front.
      encode(writer, { mergePaths }) {
        for (const path of [...mergePaths].reverse()) writer.bytes(encodeUtf8(path)).u8(0);
        writer.u8(0);
      },
      decode(cursor) {
        const paths: string[] = [];
        for (;;) {
          const path = cursor.nulTerminated("Path");
          if (path === "") return { mergePaths: paths.reverse() };
          paths.push(path);
        }
      },
    },
  },
  property("copy object", 4, "flags", unsigned),
];
