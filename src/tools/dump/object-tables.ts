/**
 * The objects of a file, found before anything is printed: under which name each was met first, and whether it has been
 * printed since. Reference implementation: `init_objs` in h5tools_utils.c.
 */
import { DatasetObject } from "../../engine/dataset-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { byteText } from "../byte-text.ts";
import { requireOpenable } from "../openable.ts";
import type { LinkOrder } from "../traverse.ts";
import { traverse } from "../traverse.ts";

export interface TableEntry {
  path: string;
  readonly address: number;
  displayed: boolean;
  /** False for a committed datatype that no link leads to; `path` is then that of a dataset which uses it. */
  named: boolean;
}

type Table = Map<number, TableEntry>;

export class ObjectTables {
  readonly file: H5File;
  readonly groups: Table = new Map();
  readonly datasets: Table = new Map();
  readonly datatypes: Table = new Map();

  /** Walks over the file. @param broken - Is told of objects that are damaged. @throws HDF5Error when the root is. */
  constructor(file: H5File, order: LinkOrder, broken: (path: string, error: Error) => void) {
    this.file = file;
    traverse(
      file,
      {
        object: (name, object, seenAs) => {
          if (seenAs !== undefined) return;
          const path = byteText(name);
          if (object.kind === "group") add(this.groups, object.address, path, true);
          else if (object.kind === "datatype") this.addDatatype(object.address, path);
          else if (object instanceof DatasetObject) this.addDataset(object, path);
        },
        broken,
      },
      order,
    );
  }

  private addDataset(dataset: DatasetObject, path: string): void {
    requireOpenable(dataset);
    add(this.datasets, dataset.address, path, true);
    const type = dataset.committedTypeAddress;
    if (type !== undefined && !this.datatypes.has(type)) add(this.datatypes, type, path, false);
  }

  private addDatatype(address: number, path: string): void {
    const known = this.datatypes.get(address);
    if (known === undefined) {
      add(this.datatypes, address, path, true);
    } else {
      known.path = path;
      known.named = true;
    }
  }

  /** Committed datatypes that no link leads to. */
  unnamedDatatypes(): TableEntry[] {
    return [...this.datatypes.values()].filter((entry) => !entry.named);
  }
}

function add(table: Table, address: number, path: string, named: boolean): void {
  if (!table.has(address)) table.set(address, { path, address, displayed: false, named });
}
