/** Files that cannot be opened or made, as Python code and here; both find the same ones in a folder. */
import { slice } from "../../../src/engine/selection/index-arguments.ts";
import type { Dataset } from "../../../src/highlevel/dataset.ts";
import { File } from "../../../src/highlevel/file.ts";
import * as h5f from "../../../src/lowlevel/h5f.ts";

export type FileRow = readonly [theirs: string, ours: (at: (name: string) => string) => unknown];

/** Makes what the rows need in the folder that is the first argument. */
export const PYTHON_FILES = `
import os
os.chdir(args[0])
open('not.h5', 'w').write('not an HDF5 file' * 100)
open('zero.h5', 'w').close()
with h5py.File('c.h5', 'w') as f:
    f['d'] = np.arange(5)
    f.create_dataset('ch', (5,), chunks=(5,), maxshape=(None,))
    f.attrs['a'] = 1
data = open('c.h5', 'rb').read()
open('trunc.h5', 'wb').write(data[:900])
def copied_while_open(name, swmr):
    with h5py.File('open.h5', 'w', libver='latest') as f:
        f.create_dataset('d', (0,), maxshape=(None,), chunks=(4,))
        if swmr: f.swmr_mode = True
        f.flush()
        open(name, 'wb').write(open('open.h5', 'rb').read())
copied_while_open('writing.h5', False)
copied_while_open('swmr.h5', True)
at = lambda name: os.path.join(args[0], name)
R = lambda: h5py.File(at('c.h5'), 'r')
`;

const readOnly = (at: (name: string) => string) => new File(at("c.h5"), "r");
const dset = (at: (name: string) => string, name: string) => readOnly(at).get(name) as Dataset;

export const FILE_ROWS: readonly FileRow[] = [
  ["h5py.File(at('missing.h5'), 'r')", (at) => new File(at("missing.h5"), "r")],
  ["h5py.File(at('missing.h5'), 'r+')", (at) => new File(at("missing.h5"), "r+")],
  ["h5py.File(at('not.h5'), 'r')", (at) => new File(at("not.h5"), "r")],
  ["h5py.File(at('zero.h5'), 'r')", (at) => new File(at("zero.h5"), "r")],
  ["h5py.File(at('trunc.h5'), 'r')", (at) => new File(at("trunc.h5"), "r")],
  ["h5py.File(at('c.h5'), 'x')", (at) => new File(at("c.h5"), "x")],
  ["h5py.File(at('c.h5'), 'w-')", (at) => new File(at("c.h5"), "w-")],
  ["h5py.File(at('c.h5'), 'q')", (at) => new File(at("c.h5"), "q" as never)],
  ["h5py.File(at('nodir/x.h5'), 'w')", (at) => new File(at("nodir/x.h5"), "w")],
  ["h5py.File(at('nodir/x.h5'), 'r')", (at) => new File(at("nodir/x.h5"), "r")],
  ["h5py.File(at('q.h5'), 'w', userblock_size=100)", (at) => new File(at("q.h5"), "w", { userblockSize: 100 })],
  ["h5py.File(at('c.h5'), 'r', userblock_size=512)", (at) => new File(at("c.h5"), "r", { userblockSize: 512 })],
  ["h5py.File(at('c.h5'), 'r', fs_strategy='page')", (at) => new File(at("c.h5"), "r", { fsStrategy: "page" })],
  ["h5py.File(at('c.h5'), 'r', bogus=1)", (at) => new File(at("c.h5"), "r", { bogus: 1 } as object)],
  ["h5f.open(at('missing.h5').encode())", (at) => h5f.open(at("missing.h5"))],
  ["h5f.create(at('c.h5').encode(), flags=h5f.ACC_EXCL)", (at) => h5f.create(at("c.h5"), { flags: h5f.ACC_EXCL })],
  ["h5py.File(at('writing.h5'), 'r')", (at) => new File(at("writing.h5"), "r")],
  ["h5py.File(at('writing.h5'), 'r', swmr=True)", (at) => new File(at("writing.h5"), "r", { swmr: true })],
  ["h5py.File(at('writing.h5'), 'r+')", (at) => new File(at("writing.h5"), "r+")],
  ["h5py.File(at('swmr.h5'), 'r')", (at) => new File(at("swmr.h5"), "r")],
  ["h5py.File(at('swmr.h5'), 'r+')", (at) => new File(at("swmr.h5"), "r+")],
  [
    "h5py.File(at('c.h5'), 'r', driver='core', swmr=True)",
    (at) => new File(at("c.h5"), "r", { driver: "core", swmr: true }),
  ],
  ["R().create_group('x')", (at) => readOnly(at).createGroup("x")],
  ["R()['x'] = 1", (at) => readOnly(at).set("x", 1)],
  ["R()['d'][0] = 1", (at) => dset(at, "d").write([0], 1)],
  ["R()['d'][0:2] = 1", (at) => dset(at, "d").write([slice(0, 2)], 1)],
  ["R().attrs['b'] = 1", (at) => readOnly(at).attrs.set("b", 1)],
  ["R().attrs['a'] = 2", (at) => readOnly(at).attrs.set("a", 2)],
  ["del R()['d']", (at) => readOnly(at).delete("d")],
  ["del R().attrs['a']", (at) => readOnly(at).attrs.delete("a")],
  ["R()['ch'].resize((9,))", (at) => dset(at, "ch").resize([9])],
  ["R().move('d', 'e')", (at) => readOnly(at).move("d", "e")],
];
