"""Makes a file with much in it that h5ts did not write: make-file.py FOLDER SEED. Prints what was chosen, as JSON.

What others refer to (targets of references, sources of virtual datasets, committed datatypes) is in /targets.
"""
import ctypes
import json
import os
import random
import sys

import h5py
import numpy as np
from h5py import h5d, h5f, h5p, h5s, h5t

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from file_creation import ORDER, C, file_creation_list  # noqa: E402  from the folder above
LOW = {"earliest": h5f.LIBVER_EARLIEST, "v108": h5f.LIBVER_V18, "v110": h5f.LIBVER_V110}
NAMES = ["a", "data", "x y", "ünïcödé", "long name of a member " * 3, "日本", "n"]


def chance(p):
    return rng.random() < p


def spec_of_file():
    low = rng.choice(["earliest", "earliest", "v108", "v110", "v110"])
    spec = {"low": low, "userBlock": rng.choice([0, 0, 0, 512, 2048]), "linkOrder": chance(0.3), "attrOrder": chance(0.3)}
    strategy = rng.choice([None, None, (0, True), (1, True), (1, True), (1, False), (2, False), (3, False)])
    if strategy is not None:
        spec["strategy"] = [*strategy, rng.choice([512, 1024, 4096])]
        # The C library wants a user block to have whole pages.
        if spec["userBlock"] and strategy[0] == 1:
            spec["userBlock"] = 8192
    elif chance(0.35):
        flags = rng.choice([[0x1F], [0x02, 0x1D], [0x10], [0x08, 0x06, 0x11]])
        spec["shared"] = {"indexes": [[flag, rng.choice([0, 20, 60])] for flag in flags], "phase": rng.choice([[50, 40], [3, 2], [0, 0]])}
    if low == "earliest" and strategy is None and "shared" not in spec and chance(0.2):
        spec["symK"] = [rng.choice([1, 2, 16]), rng.choice([1, 4])]
        spec["istoreK"] = rng.choice([1, 2, 32])
    if strategy is None and spec["userBlock"] == 0 and chance(0.15):
        spec["family"] = rng.choice([2048, 8192])
    if strategy is None and chance(0.2):
        spec["metaBlock"] = rng.choice([0, 512, 8192])
    if chance(0.15) and "family" not in spec and spec["userBlock"] == 0:
        spec["alignment"] = [rng.choice([1, 100]), rng.choice([8, 64, 512])]
    return spec


def make_with_netcdf(path):
    """A file of the netCDF-4 library, whose variables refer to their dimensions."""
    import netCDF4

    with netCDF4.Dataset(path, "w") as nc:
        group = nc.createGroup("fixed")
        group.createDimension("time", None)
        group.createDimension("x", rng.randint(1, 9))
        for name in ("time", "x"):
            group.createVariable(name, "f8", (name,))[:] = np.arange(4 if name == "time" else len(group.dimensions["x"]))
        for i in range(rng.randint(1, 6)):
            kind = rng.choice(["i2", "f4", "u1", str])
            options = {} if kind is str else {"zlib": chance(0.5), "shuffle": chance(0.5), "fletcher32": chance(0.3)}
            variable = group.createVariable(f"variable {i}", kind, rng.choice([("time",), ("time", "x"), ("x",)]), **options)
            variable.units = "m" * rng.randint(1, 40)
            if kind is not str:
                variable[:] = np.ones([4 if name == "time" else len(group.dimensions[name]) for name in variable.dimensions], kind)
        inner = group.createGroup("inner")
        point = inner.createCompoundType(np.dtype([("a", "i4"), ("b", "f8")]), "point")
        inner.createVariable("points", point, ("x",))[:] = np.zeros(len(group.dimensions["x"]), [("a", "i4"), ("b", "f8")])
        for i in range(rng.choice([2, 12])):
            inner.setncattr(f"attribute {i}", rng.choice(["text", np.arange(5), 1.5]))


def make_with_pytables(path):
    import tables

    with tables.open_file(path, "w", title="title") as file:
        group = file.create_group("/", "tables")
        filters = tables.Filters(complevel=rng.choice([0, 5]), complib="zlib", shuffle=chance(0.5), fletcher32=chance(0.3))
        row = {"name": tables.StringCol(8), "number": tables.Int32Col(shape=rng.choice([(), (2,)])), "value": tables.Float64Col()}
        table = file.create_table(group, "table", row, filters=filters, expectedrows=rng.choice([10, 100000]))
        for i in range(rng.randint(0, 40)):
            table.row["value"] = i
            table.row.append()
        table.flush()
        if chance(0.4):
            table.cols.value.create_index()
        grown = file.create_earray(group, "grown", tables.Int16Atom(), (0, 3), filters=filters)
        grown.append(np.ones((rng.randint(1, 9), 3), "i2"))
        ragged = file.create_vlarray(group, "ragged", tables.Int32Atom())
        for i in range(rng.randint(1, 6)):
            ragged.append(np.arange(i))
        file.create_array(group, "array", np.arange(rng.randint(1, 50)))
        group._v_attrs.a = np.arange(3)
        group._v_attrs.pickled = {"key": [1, 2]}


def complete(path, spec):
    """Adds what all files have."""
    fapl = h5p.create(h5p.FILE_ACCESS)
    fapl.set_libver_bounds(LOW[spec["low"]], h5f.LIBVER_LATEST)
    file = h5py.File(h5f.open(path.encode(), h5f.ACC_RDWR, fapl))
    Maker(file, spec).fill()
    file.close()


def make(path, spec):
    fcpl, fapl = file_creation_list(spec), h5p.create(h5p.FILE_ACCESS)
    if "symK" in spec:
        assert C.H5Pset_sym_k(ctypes.c_int64(fcpl.id), *map(ctypes.c_uint, spec["symK"])) >= 0
        assert C.H5Pset_istore_k(ctypes.c_int64(fcpl.id), ctypes.c_uint(spec["istoreK"])) >= 0
    fapl.set_libver_bounds(LOW[spec["low"]], h5f.LIBVER_LATEST)
    if "family" in spec:
        fapl.set_fapl_family(spec["family"], h5p.create(h5p.FILE_ACCESS))
    if "metaBlock" in spec:
        assert C.H5Pset_meta_block_size(ctypes.c_int64(fapl.id), ctypes.c_uint64(spec["metaBlock"])) >= 0
    if "alignment" in spec:
        fapl.set_alignment(*spec["alignment"])
    file = h5py.File(h5f.create(path.encode(), h5f.ACC_TRUNC, fcpl, fapl))
    Maker(file, spec).fill()
    file.close()


class Maker:
    def __init__(self, file, spec):
        self.file = file
        self.spec = spec
        self.counter = 0

    def name(self):
        self.counter += 1
        return f"{rng.choice(NAMES)}{self.counter}"

    def fill(self):
        self.targets()
        groups = [self.file]
        for _ in range(rng.randint(1, 5)):
            groups.append(rng.choice(groups).create_group(self.name(), track_order=chance(0.3)))
        for _ in range(rng.randint(5, 25)):
            self.member(rng.choice(groups))
        if chance(0.5):
            group = rng.choice(groups)
            for i in range(rng.randint(5, 60)):
                group[f"many {i * 7 % 61}"] = h5py.SoftLink(f"/{i}") if chance(0.5) else self.file["targets/inner"]
        for item in [*groups, *self.datasets()]:
            if chance(0.6):
                self.attributes(item, rng.choice([1, 3, 5, 9, 20]))
        self.remove(groups)

    def datasets(self):
        found = []
        self.file.visititems(lambda _, item: found.append(item) if isinstance(item, h5py.Dataset) else None)
        return found

    def remove(self, groups):
        """Holes, headers with gaps, nodes that are not full."""
        for group in groups[1:]:
            for name in list(group):
                if chance(0.15):
                    del group[name]
            for name in list(group.attrs):
                if chance(0.3):
                    del group.attrs[name]

    def targets(self):
        group = self.file.create_group("targets")
        group["numbers"] = np.arange(60, dtype="<i4").reshape(6, 10)
        group.create_dataset("chunks", data=np.arange(100.0), chunks=(7,), maxshape=(None,), compression="gzip")
        group["texts"] = ["one", "two", "three"]
        group["type"] = np.dtype([("a", "<i2"), ("b", "<f8"), ("c", "S5")])
        group["enum"] = h5py.enum_dtype({"no": 0, "yes": 1}, basetype="u1")
        # Only here, where it stays: a circle that nothing else leads to is never deleted.
        group.create_group("inner")["circle"] = group

    def attributes(self, item, count):
        file = self.file
        for _ in range(count):
            name = self.name()
            roll = rng.randrange(12)
            if roll == 0:
                item.attrs[name] = "text " * rng.randint(0, 30)
            elif roll == 1:
                item.attrs[name] = ["variable", "length", ""]
            elif roll == 2:
                item.attrs[name] = np.bytes_("fixed")
            elif roll == 3:
                item.attrs[name] = file["targets/numbers"].ref
            elif roll == 4:
                item.attrs.create(name, file["targets/numbers"].regionref[1:3, 2:5], dtype=h5py.regionref_dtype)
            elif roll == 5:
                item.attrs[name] = h5py.Empty("<f4")
            elif roll == 6:
                item.attrs.create(name, (1, 2.5, b"abc"), dtype=file["targets/type"])
            elif roll == 7:
                item.attrs[name] = np.arange(rng.randint(100, 900))
            elif roll == 8:
                item.attrs[name] = True
            else:
                item.attrs[name] = np.arange(rng.randint(1, 9), dtype=rng.choice(["<i4", ">f8", "<u2", "<f2"]))

    def member(self, group):
        roll = rng.randrange(16)
        file, name = self.file, self.name()
        if roll == 0:
            group[name] = h5py.ExternalLink("other.h5", "/object")
        elif roll == 1:
            group[name] = h5py.SoftLink("/targets/numbers")
        elif roll == 2:
            group[name] = file["targets/numbers"]
        elif roll == 3:
            group.create_dataset(name, data=["text"] * rng.randint(1, 20), dtype=h5py.string_dtype(), chunks=(3,), maxshape=(None,))
        elif roll == 4:
            made = group.create_dataset(name, (8,), dtype=h5py.vlen_dtype("<i4"))
            for i in range(rng.randint(0, 8)):
                made[i] = np.arange(i)
        elif roll == 5:
            made = group.create_dataset(name, (5,), dtype=h5py.ref_dtype)
            # Space that was used before keeps what was there in elements that are not written.
            for i in range(5):
                made[i] = file["targets/chunks"].ref if chance(0.6) else h5py.h5r.Reference()
        elif roll == 6:
            made = group.create_dataset(name, (3,), dtype=h5py.regionref_dtype)
            for i in range(3):
                made[i] = file["targets/numbers"].regionref[::2, i] if chance(0.6) else h5py.h5r.RegionReference()
        elif roll == 7:
            made = group.create_dataset(name, (4,), dtype=file["targets/type"])
            made[...] = np.ones(4, made.dtype)
        elif roll == 8 and "family" not in self.spec:
            layout = h5py.VirtualLayout((12, 10), "<i4")
            layout[3:9] = h5py.VirtualSource(file["targets/numbers"])
            group.create_virtual_dataset(name, layout, fillvalue=-1)
        elif roll == 9 and "family" not in self.spec:
            raw = f"{os.path.dirname(file.filename)}/raw-{self.counter}"
            group.create_dataset(name, data=np.arange(20, dtype="<i2"), external=[(raw, 0, 40)])
        else:
            self.numbers(group, name)

    def numbers(self, group, name):
        rank = rng.choice([0, 1, 1, 2, 2, 3])
        shape = tuple(rng.randint(1, 12) for _ in range(rank))
        dtype = rng.choice(["<i4", ">i2", "<f8", "<f4", "u1", "S3"])
        options = {"fillvalue": rng.randint(0, 99)} if dtype != "S3" and chance(0.3) else {}
        if rank and chance(0.7):
            options["chunks"] = tuple(rng.randint(1, n) for n in shape)
            options["maxshape"] = tuple(None if chance(0.5) else n + rng.randint(0, 5) for n in shape)
            if chance(0.5) and dtype != "S3":
                options.update(rng.choice([{"compression": "gzip"}, {"shuffle": True, "compression": 4}, {"fletcher32": True}, {"compression": "szip"} if np.prod(options["chunks"]) >= 32 else {}, {"scaleoffset": 0} if "i" in dtype else {}]))
        dcpl = h5p.create(h5p.DATASET_CREATE)
        if rank and "chunks" in options and chance(0.2):
            dcpl.set_alloc_time(h5d.ALLOC_TIME_EARLY)
        if "chunks" not in options and chance(0.3):
            dcpl.set_layout(h5d.COMPACT)
        plain = "chunks" not in options
        made = group.create_dataset(name, shape, dtype, **options) if not plain else self.plain(group, name, shape, dtype, dcpl)
        if chance(0.8):
            values = np.arange(int(np.prod(shape))).reshape(shape)
            made[...] = values.astype("S3") if dtype == "S3" else (values % 100).astype(dtype)
        if "chunks" in options and chance(0.4):
            for axis, most in enumerate(made.maxshape):
                made.resize(rng.randint(1, made.shape[axis] + 8 if most is None else most), axis=axis)

    def plain(self, group, name, shape, dtype, dcpl):
        dcpl.set_attr_creation_order(ORDER if chance(0.3) else 0)
        # Space that was used before keeps what was there, else.
        dcpl.set_fill_time(h5d.FILL_TIME_ALLOC)
        made = h5d.create(group.id, None, h5t.py_create(np.dtype(dtype), logical=1), h5s.create_simple(shape) if shape else h5s.create(h5s.SCALAR), dcpl)
        group[name] = h5py.Dataset(made)
        return group[name]


rng = random.Random(int(sys.argv[2]))
SPEC = spec_of_file()
SPEC["name"] = "foreign-%d.h5" if "family" in SPEC else "foreign.h5"
os.chdir(sys.argv[1])
PATH = os.path.join(sys.argv[1], SPEC["name"])
if chance(0.2):
    SPEC = {"low": SPEC["low"], "userBlock": 0, "linkOrder": False, "attrOrder": False, "name": "foreign.h5"}
    PATH = os.path.join(sys.argv[1], SPEC["name"])
    SPEC["maker"] = rng.choice(["netcdf", "pytables"])
    (make_with_netcdf if SPEC["maker"] == "netcdf" else make_with_pytables)(PATH)
    complete(PATH, SPEC)
else:
    make(PATH, SPEC)
print(json.dumps(SPEC))
