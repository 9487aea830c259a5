/** What the rows of the error table work on, here and in Python: the same objects under the same names. */

import type { Dataset } from "../../../src/highlevel/dataset.ts";
import { Empty } from "../../../src/highlevel/empty.ts";
import { File } from "../../../src/highlevel/file.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import * as h5a from "../../../src/lowlevel/h5a.ts";
import * as h5d from "../../../src/lowlevel/h5d.ts";
import type * as h5f from "../../../src/lowlevel/h5f.ts";
import * as h5g from "../../../src/lowlevel/h5g.ts";
import * as h5p from "../../../src/lowlevel/h5p.ts";
import * as h5s from "../../../src/lowlevel/h5s.ts";
import * as h5t from "../../../src/lowlevel/h5t.ts";
import { sampleFile } from "../../lowlevel/sample-file.ts";

export interface World {
  readonly fid: h5f.FileID;
  readonly gid: h5g.GroupID;
  readonly did: h5d.DatasetID;
  readonly ch: h5d.DatasetID;
  readonly f: File;
  dset(name: string): Dataset;
  /** The root group of the same file once it is closed, and its other handles. */
  closed(): World;
}

export function world(): World {
  const fid = sampleFile(new MemoryTarget());
  const gid = h5g.open(fid, "/");
  const did = h5d.open(fid, "data");
  const attribute = h5a.create(did, "a", h5t.STD_I32LE, h5s.create(h5s.SCALAR));
  attribute.write(Int32Array.of(1));
  const f = new File(fid);
  f.attrs.set("a", 1);
  const record = h5t.create(h5t.COMPOUND, 8);
  record.insert("a", 0, h5t.STD_I32LE);
  record.insert("b", 4, h5t.IEEE_F32LE);
  h5d.create(fid, "cmp", record, h5s.createSimple([3])).close();
  const made: World = {
    fid,
    gid,
    did,
    ch: h5d.open(fid, "ch"),
    f,
    dset: (name) => f.get(name) as Dataset,
    closed() {
      fid.close();
      return made;
    },
  };
  return made;
}

/** A compound of eight bytes with an `a`, and an enumeration with an `A`. */
export function changeable() {
  const compound = h5t.create(h5t.COMPOUND, 8);
  compound.insert("a", 0, h5t.STD_I32LE);
  const colours = h5t.enumCreate(h5t.STD_I8LE);
  colours.enumInsert("A", 1);
  return { compound, colours };
}

export const NOTHING = new Empty("<f4");
export const hundred = () => h5s.createSimple([10, 10]);
export const dcpl = () => h5p.create(h5p.DATASET_CREATE);
export const fcpl = () => h5p.create(h5p.FILE_CREATE);
export const fapl = () => h5p.create(h5p.FILE_ACCESS);

export const PYTHON_WORLD = `
import h5py, json, numpy as np
from h5py import h5a, h5d, h5ds, h5f, h5g, h5i, h5o, h5p, h5r, h5s, h5t, h5z

def world():
    f = h5py.File('sample', 'w', driver='core', backing_store=False)
    f['data'] = np.arange(100, dtype='i1')
    ch = f.create_dataset('ch', (10, 10), 'f4', chunks=(5, 5), maxshape=(None, 10))
    ch[:5, :5] = 1
    f.create_group('g/sub')
    f['soft'] = h5py.SoftLink('/nope')
    f['ext'] = h5py.ExternalLink('nofile.h5', '/x')
    f['scalar'] = np.int64(5)
    f['empty'] = h5py.Empty('f4')
    f['nt'] = np.dtype('<i4')
    f['data'].attrs['a'] = np.int32(1)
    f.attrs['a'] = 1.0
    f.create_dataset('cmp', (3,), [('a', '<i4'), ('b', '<f4')])
    did = f['data'].id
    compound = h5t.create(h5t.COMPOUND, 8)
    compound.insert(b'a', 0, h5t.STD_I32LE)
    colours = h5t.enum_create(h5t.STD_I8LE)
    colours.enum_insert(b'A', 1)
    return dict(f=f, fid=f.id, gid=h5g.open(f.id, b'/'), did=did, ch=ch.id, dset=f['data'], compound=compound, colours=colours,
        hundred=h5s.create_simple((10, 10)), dcpl=h5p.create(h5p.DATASET_CREATE), fcpl=h5p.create(h5p.FILE_CREATE),
        fapl=h5p.create(h5p.FILE_ACCESS))

def told(code):
    names = {**globals(), **world()}
    try:
        exec(code, names)
    except Exception as error:
        return [type(error).__name__, error.args[0] if isinstance(error, KeyError) else str(error)]
    finally:
        names['f'].close()
    return None
`;
