"""Content that shows the versions of the format, in a file within the bounds given as numbers. See bounds.test.ts."""
from h5py import h5a, h5d, h5f, h5g, h5o, h5p, h5r, h5s, h5t

fapl = h5p.create(h5p.FILE_ACCESS)
fapl.set_libver_bounds(int(args[1]), int(args[2]))
file = h5f.create(args[0].encode(), h5f.ACC_TRUNC, None, fapl)

INT = h5t.STD_I32LE
levels = h5t.enum_create(h5t.STD_I8LE)
levels.enum_insert(b"low", 0)
levels.enum_insert(b"high", 1)
grid = h5t.array_create(INT, (2, 3))
plain = h5t.create(h5t.COMPOUND, 12)
plain.insert(b"number", 0, h5t.IEEE_F64LE)
plain.insert(b"count", 8, INT)
mixed = h5t.create(h5t.COMPOUND, 38)
mixed.insert(b"before", 0, levels)
mixed.insert(b"grid", 1, grid)
mixed.insert(b"after", 25, levels)
mixed.insert(b"inner", 26, plain)
text = h5t.C_S1.copy()
text.set_size(5)
words = h5t.C_S1.copy()
words.set_size(h5t.VARIABLE)
types = {
    "int": INT, "float": h5t.IEEE_F64LE, "enum": levels, "array": grid, "plain": plain, "mixed": mixed, "text": text, "words": words,
    "sequence": h5t.vlen_create(INT), "records": h5t.vlen_create(mixed), "opaque": h5t.create(h5t.OPAQUE, 4), "bits": h5t.STD_B16LE,
    "object": h5t.STD_REF_OBJ, "region": h5t.STD_REF_DSETREG,
}
scalar = h5s.create(h5s.SCALAR)
null = h5s.create(h5s.NULL)


def dataset(where, name, dims, maxdims=None, prepare=None):
    dcpl = h5p.create(h5p.DATASET_CREATE)
    if prepare:
        prepare(dcpl)
    return h5d.create(where, name.encode(), INT, h5s.create_simple(dims, maxdims), dcpl)


kinds = h5g.create(file, b"types")
for name, datatype in types.items():
    committed = datatype.copy()
    committed.commit(kinds, name.encode())
    h5d.create(file, ("of " + name).encode(), datatype, scalar)
    h5a.create(kinds, ("of " + name).encode(), datatype, scalar) if len(name) == 5 else None
h5d.create(file, b"of a committed type", h5t.open(kinds, b"mixed"), scalar)
h5d.create(file, b"empty", INT, null)

layouts = h5g.create(file, b"layouts")
dataset(layouts, "compact", (4,), None, lambda p: p.set_layout(h5d.COMPACT))
dataset(layouts, "contiguous", (4,))


def chunked(*dims, early=False, filters=False, fill=False):
    def prepare(p):
        p.set_chunk(dims)
        if early:
            p.set_alloc_time(h5d.ALLOC_TIME_EARLY)
        if filters:
            p.set_shuffle()
            p.set_deflate(4)
            p.set_fletcher32()
        if fill:
            p.set_fill_value(np.array(7, "<i4"))

    return prepare


dataset(layouts, "one chunk", (4, 4), None, chunked(4, 4))
dataset(layouts, "implicit", (4, 4), None, chunked(2, 2, early=True))
dataset(layouts, "fixed", (4, 4), None, chunked(2, 2, filters=True))
dataset(layouts, "bounded", (4, 4), (8, 4), chunked(2, 2, fill=True))
dataset(layouts, "growing", (4, 4), (h5s.UNLIMITED, 4), chunked(2, 2, filters=True))
dataset(layouts, "everywhere", (4, 4), (h5s.UNLIMITED, h5s.UNLIMITED), chunked(2, 2))

if int(args[2]) >= 2:
    dcpl = h5p.create(h5p.DATASET_CREATE)
    space = h5s.create_simple((40,))
    source = h5s.create_simple((20,))
    space.select_hyperslab((0,), (1,), None, (20,))
    dcpl.set_virtual(space, b"other.h5", b"data", source)
    space.select_hyperslab((20,), (5,), (4,), (2,))
    source.select_hyperslab((0,), (1,), None, (10,))
    dcpl.set_virtual(space, b".", b"data", source)
    h5d.create(layouts, b"virtual", INT, space, dcpl)

target = dataset(file, "target", (100, 10))
regions = h5d.create(file, b"regions", h5t.STD_REF_DSETREG, h5s.create_simple((6,)))
data = np.zeros(6, h5py.regionref_dtype)


def region(i, *selects):
    space = h5s.create_simple((100, 10))
    for select in selects:
        select(space)
    data[i] = h5r.create(file, b"target", h5r.DATASET_REGION, space)


region(0)
region(1, lambda s: s.select_hyperslab((2, 3), (1, 1), None, (5, 5)))
region(2, lambda s: s.select_hyperslab((0, 0), (10, 1), (8, 1), (2, 5)))
region(3, lambda s: s.select_hyperslab((0, 0), (1, 1), None, (2, 2)),
       lambda s: s.select_hyperslab((50, 5), (1, 1), None, (3, 3), h5s.SELECT_OR))
region(4, lambda s: s.select_elements([(0, 0), (99, 9)]))
region(5, lambda s: s.select_hyperslab((0, 0), (3, 1), (8, 1), (2, 5)))
regions.write(h5s.ALL, h5s.ALL, data)

attributes = h5g.create(file, b"attributes")
h5a.create(attributes, b"plain", INT, scalar)
h5a.create(attributes, b"empty", INT, null)
h5a.create(attributes, b"shared", h5t.open(kinds, b"mixed"), h5s.create_simple((2,)))
h5a.create(attributes, b"fourth", INT, scalar)

ordered = h5p.create(h5p.GROUP_CREATE)
ordered.set_link_creation_order(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED)
inside = h5g.create(file, b"links in order", None, ordered)
inside.links.create_soft(b"soft", b"/target")
inside.links.create_external(b"outside", b"other.h5", b"/data")
utf8 = h5p.create(h5p.LINK_CREATE)
utf8.set_char_encoding(h5t.CSET_UTF8)
inside.links.create_hard("größer".encode(), file, b"target", utf8)
both = h5p.create(h5p.GROUP_CREATE)
both.set_attr_creation_order(h5p.CRT_ORDER_TRACKED)
h5a.create(h5g.create(file, b"attributes in order", None, both), b"first", INT, scalar)
phases = h5p.create(h5p.GROUP_CREATE)
phases.set_obj_track_times(False)
h5g.create(file, b"no times", None, phases)
h5o.set_comment(target, b"a comment")
h5o.link(target, file, b"another name of target")
file.close()
