import { h5f, h5t, h5tb } from "h5ts/lowlevel";
import { describe, expect, test } from "vitest";
import { inFolder, runPython } from "../peers.ts";

/** What PyTables finds in a table: names, title, records and fill values. */
const DESCRIBE = `
import json, tables
def describe(path, name):
    with tables.open_file(path) as file:
        table = file.get_node(name)
        return {'names': list(table.colnames), 'title': str(table.title), 'nrows': int(table.nrows),
                'rows': [[item.decode() if isinstance(item, bytes) else item.tolist() if hasattr(item, 'tolist') else item
                          for item in row] for row in table[:].tolist()]}
`;

function description(path: string, name: string): unknown {
  return JSON.parse(runPython(`${DESCRIBE}\nprint(json.dumps(describe(args[0], args[1])))`, path, name));
}

const ROWS = [
  { label: "one", count: 1, value: 0.5 },
  { label: "two", count: 2, value: 1.5 },
  { label: "three", count: 3, value: 2.5 },
];

function rowType(): h5t.TypeCompoundID {
  const type = h5t.create(h5t.COMPOUND, 24);
  type.insert("label", 0, h5t.pyCreate("S8"));
  type.insert("count", 8, h5t.NATIVE_INT);
  type.insert("value", 16, h5t.NATIVE_DOUBLE);
  return type;
}

describe("tables and PyTables", () => {
  test("PyTables reads and changes what is made here", () => {
    inFolder((folder) => {
      const path = `${folder}/ours.h5`;
      const file = h5f.create(path);
      h5tb.makeTable("Three rows", file, "t", rowType(), { chunkSize: 8, data: ROWS, compress: true });
      file.close();
      const rows = ROWS.map(({ label, count, value }) => [label, count, value]);
      const names = ["label", "count", "value"];
      expect(description(path, "/t")).toEqual({ names, title: "Three rows", nrows: 3, rows });
      runPython(
        `
import tables
with tables.open_file(args[0], 'a') as file:
    table = file.root.t
    table.append([(b'four', 4, 3.5)])
    table.remove_rows(0, 1)
    table.cols.count[0] = 20
`,
        path,
      );
      const changed = h5f.open(path, h5f.ACC_RDONLY);
      expect(h5tb.readTable(changed, "t")).toEqual([
        { label: "two", count: 20, value: 1.5 },
        { label: "three", count: 3, value: 2.5 },
        { label: "four", count: 4, value: 3.5 },
      ]);
      changed.close();
    });
  });

  test("what PyTables made is read, and stays a table of PyTables when it is changed", () => {
    inFolder((folder) => {
      const path = `${folder}/theirs.h5`;
      runPython(
        `
import tables
class Row(tables.IsDescription):
    label = tables.StringCol(8, pos=0, dflt='none')
    count = tables.Int32Col(pos=1, dflt=-1)
    value = tables.Float64Col(pos=2)
    pair = tables.Int16Col(shape=(2,), pos=3)
with tables.open_file(args[0], 'w') as file:
    table = file.create_table('/', 't', Row, title='Made by PyTables')
    table.append([(b'one', 1, 0.5, [1, 2]), (b'two', 2, 1.5, [3, 4])])
`,
        path,
      );
      const file = h5f.open(path);
      expect(h5tb.getTableInfo(file, "t")).toEqual({ nfields: 4, nrecords: 2 });
      expect(h5tb.readFieldsName(file, "t", "label,count", 0, 2)).toEqual([
        { label: "one", count: 1 },
        { label: "two", count: 2 },
      ]);
      h5tb.appendRecords(file, "t", [{ label: "three", count: 3, value: 2.5, pair: [5, 6] }]);
      h5tb.writeFieldsName(file, "t", "count", 0, [{ count: 10 }]);
      h5tb.deleteRecord(file, "t", 1, 1);
      file.close();
      expect(description(path, "/t")).toEqual({
        names: ["label", "count", "value", "pair"],
        title: "Made by PyTables",
        nrows: 2,
        rows: [
          ["one", 10, 0.5, [1, 2]],
          ["three", 3, 2.5, [5, 6]],
        ],
      });
    });
  });
});
