/**
 * The on-disk structures of HDF5: what bytes mean, one structure a file, without I/O. Also the tools to read and write them.
 *
 * - `decodeX(cursor, …)` reads structure X from the cursor on and leaves it behind the last byte that was read. It throws
 *   FormatError for bytes that contradict the specification, UnsupportedError for a version that is not known, LimitError for
 *   more than the cursor's limits allow. Bytes in the result may be views of the cursor's.
 * - `encodeX(writer, x, …)` appends structure X. It throws RangeError for values that their fields cannot hold.
 * - `sizeOfX(x, widths)` is how many bytes that takes.
 *
 * Addresses are bytes from the file's base address; `UNDEFINED_ADDRESS` stands for all bits one.
 */
export * from "../base/address.ts";
export * from "../base/cursor.ts";
export * from "../base/errors.ts";
export * from "../base/writer.ts";
export * from "./attribute.ts";
export * from "./attribute-info.ts";
export * from "./b-tree-k.ts";
export * from "./b-tree-v1-chunk-node.ts";
export * from "./b-tree-v1-group-node.ts";
export * from "./b-tree-v2.ts";
export * from "./b-tree-v2-records.ts";
export * from "./cache-image-message.ts";
export * from "./chunk-index-elements.ts";
export * from "./chunk-layout.ts";
export * from "./comment.ts";
export * from "./continuation.ts";
export * from "./data-layout.ts";
export * from "./dataspace.ts";
export * from "./datatype.ts";
export * from "./datatype-atomic.ts";
export * from "./datatype-compound.ts";
export * from "./datatype-header.ts";
export * from "./datatype-message.ts";
export * from "./datatype-nested.ts";
export * from "./datatype-questions.ts";
export * from "./datatype-version.ts";
export * from "./driver-info.ts";
export * from "./extensible-array.ts";
export * from "./extensible-array-blocks.ts";
export * from "./external-files.ts";
export * from "./file-space-info.ts";
export * from "./fill-value.ts";
export * from "./filter-pipeline.ts";
export * from "./fixed-array.ts";
export * from "./fractal-heap.ts";
export * from "./fractal-heap-blocks.ts";
export * from "./fractal-heap-doubling-table.ts";
export * from "./fractal-heap-id.ts";
export * from "./free-space.ts";
export * from "./global-heap.ts";
export * from "./group-info.ts";
export * from "./library-version.ts";
export * from "./link.ts";
export * from "./link-info.ts";
export * from "./local-heap.ts";
export * from "./message.ts";
export * from "./message-types.ts";
export * from "./modification-time.ts";
export * from "./object-header.ts";
export * from "./object-header-message.ts";
export * from "./object-header-v1.ts";
export * from "./object-header-v2.ts";
export * from "./onion-header.ts";
export * from "./onion-history.ts";
export * from "./onion-revision-record.ts";
export * from "./predefined-datatypes.ts";
export * from "./reference-count.ts";
export * from "./shared-message.ts";
export * from "./shared-message-list.ts";
export * from "./shared-message-record.ts";
export * from "./shared-message-table.ts";
export * from "./shared-message-table-message.ts";
export * from "./superblock.ts";
export * from "./symbol-table-entry.ts";
export * from "./symbol-table-message.ts";
export * from "./symbol-table-node.ts";
