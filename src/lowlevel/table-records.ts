/** Records of tables taken out, put in between, and copied from other tables. */
import { type Name, type Size, toSize } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import type { LocationID } from "./location-id.ts";
import {
  copyRecords,
  countOf,
  layoutOf,
  memoryTypeOf,
  type Records,
  readIntoMemory,
  recordTotal,
  requireRange,
  writeRecordsAt,
} from "./record-memory.ts";
import { attachAttributes, fillsOf, updateRowCount } from "./table-attributes.ts";
import { newTable, tableType } from "./table-fields.ts";
import { withDataset } from "./with-dataset.ts";

/** Takes records out; those behind move up. @throws RuntimeError when there are not so many. C: `H5TBdelete_record`. */
export function deleteRecord(loc: LocationID, name: Name, start: Size, nrecords: Size): void {
  const [first, count] = [toSize(start), toSize(nrecords)];
  withDataset(loc, name, (table) => {
    requireRange("H5TBdelete_record", table, first, count);
    table.requireWriteIntent();
    const total = recordTotal(table);
    const behind = first + count;
    copyRecords(table, behind, table, first, total - behind, tableType(table));
    table.setExtent([total - count]);
    updateRowCount(table, total - count);
  });
}

/** Puts records before that of number `start`. @throws RuntimeError when `start` is behind the end. C: `H5TBinsert_record`. */
export function insertRecord(loc: LocationID, name: Name, start: Size, records: Records): void {
  withDataset(loc, name, (table) => {
    const type = memoryTypeOf(tableType(table).members, layoutOf(records));
    const first = toSize(start);
    requireRange("H5TBinsert_record", table, first, 0);
    openGap(table, first, countOf(records, type));
    writeRecordsAt(table, first, records, type);
  });
}

/** Makes room for records, whose content is arbitrary. */
function openGap(table: DatasetID, start: number, count: number): void {
  table.requireWriteIntent();
  const total = recordTotal(table);
  table.setExtent([total + count]);
  copyRecords(table, start, table, start + count, total - start, tableType(table));
  updateRowCount(table, total + count);
}

/**
 * Copies records of one table into another, before that of number `start2`. Both have the same fields.
 *
 * @throws RuntimeError when the first has not so many, or `start2` is behind the end. C: `H5TBadd_records_from`.
 */
export function addRecordsFrom(
  loc: LocationID,
  name1: Name,
  start1: Size,
  nrecords: Size,
  name2: Name,
  start2: Size,
): void {
  const where = "H5TBadd_records_from";
  const [from, to, count] = [toSize(start1), toSize(start2), toSize(nrecords)];
  withDataset(loc, name1, (source) =>
    withDataset(loc, name2, (target) => {
      requireRange(where, source, from, count);
      requireRange(where, target, to, 0);
      const type = tableType(source);
      // Read before the gap opens: both may be the same table.
      const bytes = new Uint8Array(count * type.size);
      readIntoMemory(source, from, count, type, bytes);
      openGap(target, to, count);
      writeRecordsAt(target, to, { bytes }, type);
    }),
  );
}

/**
 * Makes a table of the records of two, in the group `loc1`, titled "Merge table", with the fields and properties of the first.
 * Both have the same fields.
 *
 * C: `H5TBcombine_tables`.
 */
export function combineTables(loc1: LocationID, name1: Name, loc2: LocationID, name2: Name, name3: Name): void {
  withDataset(loc1, name1, (first) =>
    withDataset(loc2, name2, (second) => {
      const type = tableType(first);
      const [count, more] = [recordTotal(first), recordTotal(second)];
      const combined = newTable(loc1, name3, type, first.getCreatePlist(), count + more);
      try {
        copyRecords(first, 0, combined, 0, count, type);
        copyRecords(second, 0, combined, count, more, type);
        attachAttributes(combined, "Merge table", type, fillsOf(first, type));
      } finally {
        combined.close();
      }
    }),
  );
}
