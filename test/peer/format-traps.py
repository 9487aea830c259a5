"""Files of libhdf5 in which a reader or a writer goes wrong easily; called with the folder that gets them."""
import os
import sys

import h5py
import numpy as np

FOLDER = sys.argv[1] if len(sys.argv) > 1 else args[0]
TEXT = h5py.string_dtype()
CASES = []


def case(items, libver=("earliest", "latest")):
    """Of the items of the checklist. The function gets an open file, under each of the bounds."""
    def register(make):
        CASES.append((make.__name__, items, libver, make))
        return make
    return register


def fcpl_with(**settings):
    fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    for name, values in settings.items():
        getattr(fcpl, name)(*values)
    return fcpl


def fill(f):
    f["numbers"] = np.arange(12.0)
    # Unlimited is what the library does not see in lengths of 4 bytes.
    most = None if f.id.get_create_plist().get_sizes()[1] == 8 else 1000
    f.create_dataset("growing", data=np.arange(20), chunks=(6,), maxshape=(most,))
    f["text"] = np.array(["a", "", "größer"], dtype=TEXT)
    for i in range(20):
        f[f"group/member {i}"] = i
    f.attrs["a"] = "x"


def low_level(name, make=fill, **settings):
    path = os.path.join(FOLDER, name + ".h5")
    with h5py.File(h5py.h5f.create(path.encode(), fcpl=fcpl_with(**settings))) as f:
        make(f)


@case("B2-04 B2-05 B2-10 B2-11 B2-17 B2-18 P-06 FH-03 FH-04 FH-06 FH-07 FH-08 FH-10 FH-13 M02-02", ("latest",))
def deep_dense_links(f):
    g = f.create_group("tracked", track_order=True)
    h = f.create_group("plain")
    for i in range(3000):
        g[f"{(i * 7919) % 3000}"] = h5py.SoftLink("x")
        if i < 1500:
            h["n" * (i % 300) + str(i)] = h5py.SoftLink("y")
    for i in range(0, 1500, 3):
        del h["n" * (i % 300) + str(i)]


@case("FH-01 FH-09 FH-11 FH-18 FH-15 FH-16 B2-06", ("latest",))
def huge_links(f):
    g = f.create_group("g")
    for i in range(400):
        g[f"member number {i}"] = h5py.SoftLink("somewhere/else")
    for i in range(6):
        g["long" * 1500 + str(i)] = h5py.SoftLink("y" * 3000)


@case("SB-13 SB-14 SN-03 SN-07 LH-03 OH-12")
def root_changes_form(f):
    f["a"] = 1
    f["g/b"] = 2
    f["soft"] = h5py.SoftLink("/a")
    f["external"] = h5py.ExternalLink("nowhere.h5", "/x")
    f["hard"] = f["a"]


@case("LH-04 LH-05 LH-06 WR-04 B1-02 B1-09 SN-01 SN-05")
def old_group_worn(f):
    g = f.create_group("g")
    for i in range(700):
        g["m%d%s" % ((i * 37) % 700, "x" * (i % 90))] = h5py.SoftLink("t" * (i % 50 + 1))
    for name in list(g)[::2]:
        del g[name]
    for i in range(100):
        g[f"again {i}"] = h5py.SoftLink("z")
    e = f.create_group("emptied")
    for i in range(30):
        e[str(i)] = h5py.SoftLink("q")
    for i in range(30):
        del e[str(i)]


@case("OH-04 OH-07 OH-08 OH-17 OH-18 M0C-08 OH-03 M00-01 OH-05 OH-06")
def worn_headers(f):
    d = f.create_dataset("d", data=np.arange(5), track_times=True)
    for i in range(8):
        d.attrs[f"a{i}"] = np.arange(i * 5)
    for i in (1, 3, 5):
        del d.attrs[f"a{i}"]
    for i in range(3):
        d.attrs[f"other {i}"] = "y" * (3 + i)
    d.attrs.modify("a2", np.arange(10) * 3)
    h5py.h5a.rename(d.id, b"a4", b"renamed")
    d.attrs["a7"] = np.arange(200)


@case("M0C-01 M0C-02 M0C-03 M0C-04 M0C-06 M0C-07 M15-01 M15-02 B2-13 B2-14 M01-03 M01-04 GH-06")
def attributes(f):
    g = f.create_group("g", track_order=True)
    for i in range(30):
        g.attrs[f"ä{i}" if i % 3 else f"n{i}"] = i
    f.attrs["null"] = h5py.Empty("f4")
    f.attrs["empty text"] = ""
    f.attrs["bytes"] = np.bytes_(b"ab\0c")
    f.attrs["texts"] = np.array(["", "x" * 5000, "ß"], dtype=TEXT)
    f.attrs["no elements"] = np.zeros((0, 3), "i2")
    f["type"] = np.dtype("<i2")
    f.attrs.create("of a committed type", 5, dtype=f["type"])
    d = f.create_dataset("d", data=1)
    for i in range(12):
        d.attrs[f"{i}"] = np.arange(i * 100)


@case("M15-03 M0A-01 M02-03 OH-05 WR-06", ("latest",))
def phase_changes(f):
    ocpl = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    ocpl.set_link_creation_order(h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED)
    for name, (most, least) in {"none": (0, 0), "two": (2, 1), "many": (40, 20)}.items():
        if hasattr(ocpl, "set_attr_phase_change"):
            ocpl.set_attr_phase_change(most, least)
        g = h5py.Group(h5py.h5g.create(f.id, name.encode(), gcpl=ocpl))
        for i in range(12):
            g.attrs[str(i)] = i
            g[str(i)] = h5py.SoftLink("x")


@case("M03-08 M03-07 M03-05 M03-06 RD-03")
def opaque_and_strings(f):
    for tag in (b"", b"seven b", b"eight by", b"sixteen bytes ab"):
        t = h5py.h5t.create(h5py.h5t.OPAQUE, 5)
        t.set_tag(tag)
        d = h5py.h5d.create(f.id, b"tag %d" % len(tag), t, h5py.h5s.create_simple((2,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"\1\2\3\4\5", b"abcde"], dtype="V5"), t)
    for i, pad in enumerate((h5py.h5t.STR_NULLTERM, h5py.h5t.STR_NULLPAD, h5py.h5t.STR_SPACEPAD)):
        t = h5py.h5t.C_S1.copy()
        t.set_size(6)
        t.set_strpad(pad)
        t.set_cset(h5py.h5t.CSET_UTF8 if i % 2 else h5py.h5t.CSET_ASCII)
        d = h5py.h5d.create(f.id, b"pad %d" % i, t, h5py.h5s.create_simple((3,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab", b"abcdef", b"a b  "], dtype="S6"), *([t] if i % 2 else []))


@case("M03-02 M03-03 M03-04 M03-09 M03-11 M03-13 M03-15 M03-19 M03-20 M03-18 M03-17 P-03 RD-04")
def datatypes(f):
    unsorted = np.dtype({"names": ["b", "a", "c"], "formats": ["<i2", ">f8", "i1"], "offsets": [20, 3, 30], "itemsize": 300})
    f["unsorted"] = np.zeros(3, unsorted)
    inner = np.dtype([("x", ">i4", (2, 3)), ("t", TEXT), ("v", h5py.vlen_dtype(np.dtype("<u2")))])
    outer = np.dtype([("i", inner), ("j", inner, (2,)), ("b", "?"), ("c", "<c8")])
    d = f.create_dataset("nested", (2,), dtype=outer)
    value = np.zeros(2, outer)
    value["b"] = [True, False]
    value["c"] = [1 + 2j, -3j]
    for i in range(2):
        value["i"]["t"][i] = "t" * i
        value["i"]["v"][i] = np.arange(i + 1, dtype="<u2")
        for k in range(2):
            value["j"]["t"][i, k] = "u"
            value["j"]["v"][i, k] = np.arange(k, dtype="<u2")
    d[...] = value
    f.create_dataset("enum", data=[1, 300], dtype=h5py.enum_dtype({"ONE": 1, "MANY": 300}, basetype=">i4"))
    f["half"] = np.array([1.5, -2, np.inf], ">f2")
    f["extended"] = np.array([1.5, -2], np.longdouble)
    t = h5py.h5t.STD_I32LE.copy()
    t.set_precision(11)
    t.set_offset(7)
    d = h5py.h5d.create(f.id, b"bits", t, h5py.h5s.create_simple((4,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([-1024, 1023, -1, 0], "<i4"))
    wide = np.dtype([(f"member {i}", "<i2") for i in range(400)])
    f["wide"] = np.zeros(1, wide)


@case("GH-01 GH-02 GH-03 GH-04 GH-06 GH-07 GH-10 RD-02 WR-09 M05-05")
def heaps(f):
    d = f.create_dataset("worn", (50,), dtype=TEXT)
    for turn in range(4):
        for i in range(50):
            d[i] = "" if (i + turn) % 7 == 0 else "s" * ((i * 13 + turn * 31) % 400)
    f.create_dataset("unwritten", (3,), dtype=TEXT)
    f.create_dataset("filled", (3,), dtype=TEXT, fillvalue="fill")
    big = f.create_dataset("big", (3,), dtype=h5py.vlen_dtype("<f8"))
    big[1] = np.arange(5000.0)
    nested = f.create_dataset("chunked", (9,), dtype=TEXT, chunks=(2,), compression=1)
    nested[3:5] = ["x", "y"]


@case("M05-01 M05-02 M05-03 M05-04 M05-06 M08-09 M04-01 CX-05 WR-08")
def fill_values(f):
    for layout in ("contiguous", "chunked"):
        for alloc in (h5py.h5d.ALLOC_TIME_EARLY, h5py.h5d.ALLOC_TIME_LATE, h5py.h5d.ALLOC_TIME_INCR):
            for time in (h5py.h5d.FILL_TIME_ALLOC, h5py.h5d.FILL_TIME_NEVER, h5py.h5d.FILL_TIME_IFSET):
                if layout == "contiguous" and alloc == h5py.h5d.ALLOC_TIME_INCR:
                    continue
                dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                if layout == "chunked":
                    dcpl.set_chunk((3, 4))
                dcpl.set_alloc_time(alloc)
                dcpl.set_fill_time(time)
                if time != h5py.h5d.FILL_TIME_NEVER:
                    dcpl.set_fill_value(np.array(-7, "<i4"))
                name = f"{layout} {alloc} {time}".encode()
                d = h5py.h5d.create(f.id, name, h5py.h5t.STD_I32LE, h5py.h5s.create_simple((4, 9)), dcpl)
                if layout == "chunked" and time != h5py.h5d.FILL_TIME_NEVER:
                    h5py.Dataset(d)[1, 5] = 3


@case("CX-01 CX-02 CX-03 CX-04 CX-06 CS-01 CS-02 FA-01 FA-02 FA-03 FA-04 FA-05 FA-07 EA-02 EA-05 EA-06 EA-12 B1-03 B1-04 B1-06 B1-07 B2-15 M08-02 M08-03 M08-04 M08-05")
def chunk_indexes(f):
    def make(name, shape, maxshape, chunks, early=False, **more):
        dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        dcpl.set_chunk(chunks)
        if early:
            dcpl.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        if more:
            dcpl.set_deflate(1)
        space = h5py.h5s.create_simple(shape, tuple(h5py.h5s.UNLIMITED if m is None else m for m in maxshape))
        return h5py.Dataset(h5py.h5d.create(f.id, name.encode(), h5py.h5t.STD_I16LE, space, dcpl))
    for compressed in ({}, {"compression": 1}):
        suffix = " filtered" if compressed else ""
        for name, shape, maxshape, chunks in (
            ("single", (6, 7), (6, 7), (6, 7)),
            ("fixed", (5, 7), (30, 40), (3, 4)),
            ("second unlimited", (5, 7), (30, None), (3, 4)),
            ("both unlimited", (5, 7), (None, None), (3, 4)),
            ("three", (3, 5, 4), (9, None, 8), (2, 2, 3)),
            ("paged", (2500,), (2500,), (1,)),
        ):
            d = make(name + suffix, shape, maxshape, chunks, **compressed)
            if name == "paged":
                d[7], d[2400:2420] = 1, np.arange(20)
            else:
                d[...] = np.arange(np.prod(shape)).reshape(shape)
            if None in maxshape:
                d.resize(tuple(s + 9 if m is None else min(s + 4, m) for s, m in zip(shape, maxshape)))
                d[(-1,) * len(shape)] = 77
                d.resize(shape)
                d.resize(tuple(s + 2 if m is None else s for s, m in zip(shape, maxshape)))
    make("implicit", (5, 7), (11, 13), (3, 4), early=True)[2] = 5
    f.create_dataset("many", data=np.arange(3000), chunks=(1,), maxshape=(None,)).resize((1700,))


@case("FI-01 FI-02 FI-03 FI-09 FI-10 FI-11 FI-12 FI-13 B1-10 M0B-01 M0B-02 M0B-03 M0B-05 CX-08")
def filters(f):
    data = (np.arange(35) * 7 % 11).astype("<i2")
    for name, options in {
        "odd checksum": {"fletcher32": True, "chunks": (7,)},
        "all": {"compression": 9, "shuffle": True, "fletcher32": True, "chunks": (6,)},
        "lzf": {"compression": "lzf", "chunks": (30,)},
        "scale": {"scaleoffset": 0, "chunks": (9,)},
        "scale fill": {"scaleoffset": 0, "chunks": (9,), "fillvalue": 5},
    }.items():
        f.create_dataset(name, data=data, maxshape=(None,), **options)
    f.create_dataset("bytes", data=np.arange(33, dtype="u1"), chunks=(11,), fletcher32=True, shuffle=True)
    f.create_dataset("decimals", data=np.linspace(-3, 3, 40), chunks=(16,), scaleoffset=3)
    f.create_dataset("noise", data=np.random.default_rng(1).integers(0, 2**63, 40), chunks=(8,), compression="lzf")
    d = f.create_dataset("masked", (8,), "<i4", chunks=(4,), compression=5, shuffle=True)
    d.id.write_direct_chunk((0,), np.arange(4, dtype="<i4").tobytes(), 3)
    d[4:] = 9


@case("RF-01 RF-02 RF-05 SE-02 SE-03 SE-04 SE-05 SE-08 SE-09 M03-12")
def references(f):
    d = f.create_dataset("d", data=np.arange(60).reshape(6, 10))
    f.create_dataset("gone", data=1)
    o = f.create_dataset("objects", (4,), dtype=h5py.ref_dtype)
    o[0], o[1], o[2] = d.ref, f.ref, f["gone"].ref
    del f["gone"]
    r = f.create_dataset("regions", (7,), dtype=h5py.regionref_dtype)
    r[0], r[1], r[2] = d.regionref[1:3, 2:5], d.regionref[::2, ::3], d.regionref[...]
    space = h5py.h5s.create_simple((6, 10))
    space.select_elements([[5, 9], [0, 0], [3, 3]])
    r[3] = h5py.h5r.create(f.id, b"d", h5py.h5r.DATASET_REGION, space)
    space.select_hyperslab((0, 0), (2, 2), (3, 5), (1, 2))
    r[4] = h5py.h5r.create(f.id, b"d", h5py.h5r.DATASET_REGION, space)
    space.select_none()
    r[5] = h5py.h5r.create(f.id, b"d", h5py.h5r.DATASET_REGION, space)


@case("M06-01 M06-02 M06-03 M06-04 M06-05 NM-01 NM-02 NM-06 M0D-01 M12-01 OH-10 OH-11 OH-16 SN-08")
def links(f):
    g = f.create_group("g")
    g["größe"] = 1
    h5py.h5g.create(f.id, b"\xff\xfe bytes")
    f["loop"] = h5py.SoftLink("/loop")
    f["chain0"] = 5
    for i in range(15):
        f[f"chain{i + 1}"] = h5py.SoftLink(f"chain{i}")
    g["up"] = f["/"]
    f["dangling"] = h5py.SoftLink("no/where")
    f["type"] = np.dtype([("a", "<i4")])
    f["type"].attrs["x"] = 1
    f.create_dataset("typed", (2,), dtype=f["type"])
    f["outside"] = h5py.ExternalLink("other file.h5", "/größe/x")
    h5py.h5o.set_comment(g.id, b"a comment")
    f.create_dataset("timed", data=1, track_times=True)
    for i in range(5):
        f[f"hard {i}"] = f["timed"]


@case("M07-01 M07-02 RD-07 LH-08")
def external(f):
    with open(os.path.join(FOLDER, "raw a"), "wb") as raw:
        raw.write(bytes(range(40)))
    with open(os.path.join(FOLDER, "raw b"), "wb") as raw:
        raw.write(bytes(range(100, 107)))
    os.chdir(FOLDER)
    f.create_dataset("d", (30,), "u1", external=[("raw a", 5, 10), ("raw b", 2, h5py.h5f.UNLIMITED)])
    f.create_dataset("s", (4,), "<i2", external=[("raw a", 0, 8)])


def main():
    for name, items, bounds, make in CASES:
        for libver in bounds:
            with h5py.File(os.path.join(FOLDER, f"{name} {libver}.h5"), "w", libver=libver) as f:
                make(f)
    # P-01 P-02 SB-02 SB-03 SB-05 SB-07 SB-11 SN-02 FX-01 FX-02
    for offsets, lengths in ((4, 8), (8, 4), (2, 8)):
        low_level(f"sizes {offsets} {lengths}", set_sizes=(offsets, lengths))
    low_level("sizes and user block", set_sizes=(4, 8), set_userblock=(1024,))
    low_level("user block of 1 MiB", set_userblock=(1 << 20,))
    # FS-01 FS-02 FS-05 FS-06 FS-07 M17-02 SX-01 SX-02
    for strategy in ("page", "fsm", "aggregate", "none"):
        path = os.path.join(FOLDER, f"space {strategy}.h5")
        with h5py.File(path, "w", fs_strategy=strategy, fs_persist=strategy in ("page", "fsm")) as f:
            fill(f)
            del f["numbers"]
            del f["group/member 3"]
    # SB-04 SB-06 SB-12 OH-09 OH-12
    for libver in ("v108", "v110"):
        with h5py.File(os.path.join(FOLDER, f"bound {libver}.h5"), "w", libver=libver, track_order=True) as f:
            fill(f)


main()
