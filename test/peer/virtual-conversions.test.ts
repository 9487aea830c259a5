/** Virtual datasets of variable-length data of other datatypes than their sources in other files, made and read by h5py. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

const MAKE = `
import os
folder, size = args
os.chdir(folder)
fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
fcpl.set_sizes(int(size), int(size))
f = h5py.File(h5py.h5f.create(b'source.h5', fcpl=fcpl))
numbers = f.create_dataset('numbers', (3,), dtype=h5py.vlen_dtype('<i2'), maxshape=(None,), chunks=(2,))
numbers[0], numbers[1], numbers[2] = [1, 2, -3], [], [300]
record = np.dtype([('n', '<i2'), ('text', h5py.string_dtype()), ('x', '<f4'), ('more', '<i4'), ('note', h5py.string_dtype())])
f['records'] = np.array([(1, 'one', 1.5, 7, 'a'), (2, 'zwei', 2.5, 8, 'bb')], dtype=record)
f['texts'] = np.array(['a', 'bb', 'ccc'], dtype=h5py.string_dtype())
f.create_dataset('places', (1,), dtype=h5py.ref_dtype)[0] = f['numbers'].ref
f.close()
f = h5py.File('virtual.h5', 'w')
fewer = np.dtype([('x', '<f8'), ('text', h5py.string_dtype()), ('n', '<i8')])
for name, dtype, count in (('numbers', h5py.vlen_dtype('<i8'), 3), ('records', fewer, 2), ('texts', h5py.string_dtype(), 3), ('places', h5py.ref_dtype, 1)):
    layout = h5py.VirtualLayout((count,), dtype=dtype)
    layout[:] = h5py.VirtualSource('source.h5', name, shape=(count,))
    f.create_virtual_dataset(name, layout)
assert [list(x) for x in f['numbers'][()]] == [[1, 2, -3], [], [300]]
assert f['records'][()].tolist() == [(1.5, b'one', 1), (2.5, b'zwei', 2)]
f.close()
`;

const CHECK = `
import os
os.chdir(args[0])
f = h5py.File('source.h5', 'r')
assert [list(x) for x in f['numbers'][()]] == [[1, 2, -3], [4, 5], [300]], f['numbers'][()]
assert f['records'][()].tolist() == [(1, b'one', 1.5, 7, b'a'), (20, 'größer'.encode(), 0.25, 8, b'bb')], f['records'][()]
assert f['texts'][()].tolist() == [b'a', b'much longer', b'ccc']
assert h5py.File('virtual.h5', 'r')['numbers'][1].tolist() == [4, 5]
`;

test.each([8, 4, 2])("are read and written where the sources have addresses of %i bytes", (sizeOfOffsets) => {
  inFolder((folder) => {
    runPython(MAKE, folder, String(sizeOfOffsets));
    using f = new File(join(folder, "virtual.h5"), "r+");
    const numbers = () =>
      [...(f.getDataset("numbers").read().data as BigInt64Array[])].map((row) => [...row].map(Number));
    expect(numbers()).toEqual([[1, 2, -3], [], [300]]);
    expect(f.getDataset("records").read().data).toEqual([
      { x: 1.5, text: "one", n: 1n },
      { x: 2.5, text: "zwei", n: 2n },
    ]);
    expect(f.getDataset("texts").read([1])).toBe("bb");
    using source = new File(join(folder, "source.h5"), "r");
    const [place, stored] = [f, source].map(
      (file) => (file.getDataset("places").read([0]) as { bytes: Uint8Array }).bytes,
    );
    expect(place).toEqual(stored);
    source.close();

    f.getDataset("numbers").write([1], BigInt64Array.of(4n, 5n));
    f.getDataset("records").write([1], { x: 0.25, text: "größer", n: 20n });
    f.getDataset("texts").write([1], "much longer");
    expect(numbers()).toEqual([[1, 2, -3], [4, 5], [300]]);
    expect(f.getDataset("records").read([1])).toEqual({ x: 0.25, text: "größer", n: 20n });
    f.close();
    runPython(CHECK, folder);
  });
});

const NUMBERS = `
import os
os.chdir(args[0])
f = h5py.File('numbers.h5', args[1])
if args[1] == 'w':
    f['wide'] = np.array([158, 70000, -3], '<i4')
    for name, source, dtype in (('narrow', 'wide', '|i1'), ('over', 'narrow', '<u2')):
        layout = h5py.VirtualLayout((3,), dtype=dtype)
        layout[:] = h5py.VirtualSource(f[source])
        f.create_virtual_dataset(name, layout)
found = [f['narrow'][()].tolist(), f['narrow'].astype('<i4')[()].tolist(), f['over'].astype('<i8')[()].tolist(), f['over'][()].tolist()]
assert found == [[127, 127, -3], [158, 70000, -3], [158, 70000, -3], [158, 65535, 0]], found
`;

// What is written 1.10.8 takes for elements of the virtual dataset's datatype, whatever memory has.
test("convert numbers once, between memory and the source, as the C library does", () => {
  inFolder((folder) => {
    runPython(NUMBERS, folder, "w");
    using f = new File(join(folder, "numbers.h5"), "r+");
    const read = (name: string, dtype: string) =>
      Array.from(f.getDataset(name).astype(dtype).read().data as Int32Array);
    expect([read("narrow", "<i1"), read("narrow", "<i4"), read("over", "<i4"), read("over", "<u2")]).toEqual([
      [127, 127, -3],
      [158, 70000, -3],
      [158, 70000, -3],
      [158, 65535, 0],
    ]);
    f.getDataset("over").write([], Int32Array.of(300, -1, 1 << 20));
    expect(read("wide", "<i4")).toEqual([300, -1, 1 << 20]);
    f.getDataset("wide").write([], Int32Array.of(158, 70000, -3));
    f.close();
    runPython(NUMBERS, folder, "r");
  });
});
