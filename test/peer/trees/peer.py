"""Operations carried out by h5py, and what h5py reads in a file. One request and one answer a line, in JSON."""
import ctypes
import itertools
import json
import os
import sys
import traceback

import h5py
import numpy as np
from h5py import h5a, h5d, h5f, h5g, h5l, h5o, h5p, h5r, h5s, h5t


sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from file_creation import ORDER, C, file_creation_list, set_group  # noqa: E402  from the folder above
BOUNDS = {"earliest": h5f.LIBVER_EARLIEST, "v108": h5f.LIBVER_V18, "v110": h5f.LIBVER_V110}
PADS = [h5t.STR_NULLTERM, h5t.STR_NULLPAD, h5t.STR_SPACEPAD]


def name_bytes(text):
    return text.encode("utf-8", "surrogateescape")


def text(name):
    return name.decode("utf-8", "surrogateescape")


# Datatypes and elements, as operations.ts has them.


def type_id(spec):
    kind = spec["t"]
    if kind in "ifb":
        prefix, suffix = {"i": ("STD_U" if kind == "i" and spec.get("u") else "STD_I", ""), "f": ("IEEE_F", ""), "b": ("STD_B", "")}[kind]
        order = "BE" if spec["be"] else "LE"
        return getattr(h5t, f"{prefix}{spec['s'] * 8}{order}").copy()
    if kind == "s":
        made = h5t.C_S1.copy()
        made.set_size(spec["s"])
        made.set_strpad(PADS[spec["p"]])
        made.set_cset(spec["c"])
        return made
    if kind == "o":
        made = h5t.create(h5t.OPAQUE, spec["s"])
        made.set_tag(name_bytes(spec["g"]))
        return made
    if kind == "e":
        made = h5t.enum_create(type_id(spec["b"]))
        for name, value in spec["m"]:
            made.enum_insert(name_bytes(name), value)
        return made
    if kind == "c":
        members = [(name_bytes(name), offset, type_id(member)) for name, offset, member in spec["m"]]
        if not is_plain(spec):
            # Sizes are those of memory, and h5py writes behind its buffers where there are gaps.
            ends = np.cumsum([0] + [tid.get_size() for _, _, tid in members])
            members = [(name, int(end), tid) for (name, _, tid), end in zip(members, ends)]
        made = h5t.create(h5t.COMPOUND, spec["s"] if is_plain(spec) else int(ends[-1]))
        for name, offset, tid in members:
            made.insert(name, offset, tid)
        return made
    if kind == "a":
        return h5t.array_create(type_id(spec["b"]), tuple(spec["d"]))
    if kind == "vs":
        made = h5t.C_S1.copy()
        made.set_size(h5t.VARIABLE)
        made.set_cset(spec["c"])
        return made
    if kind == "vl":
        return h5t.vlen_create(type_id(spec["b"]))
    return (h5t.STD_REF_DSETREG if kind == "rr" else h5t.STD_REF_OBJ).copy()


def type_spec(tid):
    cls = tid.get_class()
    if cls == h5t.INTEGER:
        return {"t": "i", "s": tid.get_size(), "u": tid.get_sign() == h5t.SGN_NONE, "be": tid.get_order() == h5t.ORDER_BE}
    if cls == h5t.FLOAT:
        return {"t": "f", "s": tid.get_size(), "be": tid.get_order() == h5t.ORDER_BE}
    if cls == h5t.STRING:
        if tid.is_variable_str():
            return {"t": "vs", "c": tid.get_cset()}
        return {"t": "s", "s": tid.get_size(), "p": PADS.index(tid.get_strpad()), "c": tid.get_cset()}
    if cls == h5t.OPAQUE:
        return {"t": "o", "s": tid.get_size(), "g": text(tid.get_tag())}
    if cls == h5t.BITFIELD:
        return {"t": "b", "s": tid.get_size(), "be": tid.get_order() == h5t.ORDER_BE}
    if cls == h5t.ENUM:
        members = [[text(tid.get_member_name(i)), int(tid.get_member_value(i))] for i in range(tid.get_nmembers())]
        return {"t": "e", "b": type_spec(tid.get_super()), "m": members}
    if cls == h5t.COMPOUND:
        members = [
            [text(tid.get_member_name(i)), tid.get_member_offset(i), type_spec(tid.get_member_type(i))]
            for i in range(tid.get_nmembers())
        ]
        return {"t": "c", "s": tid.get_size(), "m": members}
    if cls == h5t.ARRAY:
        return {"t": "a", "d": list(tid.get_array_dims()), "b": type_spec(tid.get_super())}
    if cls == h5t.VLEN:
        return {"t": "vl", "b": type_spec(tid.get_super())}
    if cls == h5t.REFERENCE:
        return {"t": "rr" if tid.equal(h5t.STD_REF_DSETREG) else "r"}
    raise ValueError(f"datatype of class {cls}")


def is_plain(spec):
    kind = spec["t"]
    if kind in ("vs", "vl", "r", "rr"):
        return False
    if kind == "c":
        return all(is_plain(member) for _, _, member in spec["m"])
    return is_plain(spec["b"]) if kind == "a" else True


def comparable(spec):
    """Offsets in compounds with variable-length members are those of memory."""
    if spec["t"] != "c" or is_plain(spec):
        return spec
    return {"t": "c", "s": 0, "m": [[name, 0, comparable(member)] for name, _, member in spec["m"]]}


def read_all(spec, tid, shape, read, numbers):
    """Elements; `read` fills an array, given the datatype of its memory. `shape` is None for a null dataspace."""
    if shape is None:
        return []
    count = int(np.prod(shape, dtype=np.int64))
    if count == 0:
        return []
    if is_plain(spec):
        size = tid.get_size()
        raw = np.zeros(shape, dtype=f"V{size}")
        read(raw, tid)
        data = raw.tobytes().hex()
        return [data[i * size * 2 : (i + 1) * size * 2] for i in range(count)]
    values = np.empty(shape, dtype=memory_dtype(spec))
    read(values, h5t.py_create(values.dtype))
    return [element_text(spec, value, numbers) for value in values.reshape(-1)]


def memory_dtype(spec):
    """What h5py has elements in that are not their bytes alone."""
    kind = spec["t"]
    if kind == "vs":
        return h5py.string_dtype("utf-8" if spec["c"] else "ascii")
    if kind == "vl":
        return h5py.vlen_dtype(type_id(spec["b"]).dtype)
    if kind == "r":
        return h5py.ref_dtype
    if kind == "rr":
        return h5py.regionref_dtype
    if kind == "c":
        names = [name for name, _, _ in spec["m"]]
        return np.dtype([(name, memory_dtype(member)) for name, (_, _, member) in zip(names, spec["m"])])
    return type_id(spec).dtype


def element_text(spec, value, numbers):
    kind = spec["t"]
    if kind == "vs":
        return "v" + (value if isinstance(value, bytes) else name_bytes(value or "")).hex()
    if kind == "vl":
        return "v" + (b"" if value is None else np.asarray(value, dtype=type_id(spec["b"]).dtype).tobytes()).hex()
    if kind == "r":
        if not value:
            return ">"
        return numbers.get(h5o.get_info(h5r.dereference(value, numbers["file"])).addr, -1)
    if kind == "rr":
        return region_text(value, numbers) if value else "#"
    if kind == "c":
        return "{" + ";".join(str(element_text(member, value[name], numbers)) for name, _, member in spec["m"])
    return np.asarray(value, dtype=type_id(spec).dtype).tobytes().hex()


def region_text(reference, numbers):
    file = numbers["file"]
    space = h5r.get_region(reference, file)
    if space.get_select_type() == h5s.SEL_POINTS:
        coordinates = [tuple(point) for point in space.get_select_elem_pointlist()]
    else:
        blocks = space.get_select_hyper_blocklist().tolist()
        coordinates = sorted(at for low, high in blocks for at in box_elements(low, high))
    number = numbers.get(h5o.get_info(h5r.dereference(reference, file)).addr, -1)
    return f"#{number}|" + " ".join(",".join(map(str, at)) for at in coordinates)


def box_elements(low, high):
    return itertools.product(*(range(int(first), int(last) + 1) for first, last in zip(low, high)))


def region_reference(file, element):
    path, first, *rest = element[1:].split("|")
    space = h5d.open(file, name_bytes(path)).get_space()
    if rest:
        start, count, stride = (tuple(map(int, part.split(","))) for part in (first, *rest))
        space.select_hyperslab(start, count, stride)
    else:
        space.select_elements([tuple(map(int, point.split(","))) for point in first.split(" ")])
    return h5r.create(file, name_bytes(path), h5r.DATASET_REGION, space)


def array_of(file, spec, shape, data):
    """An array of the elements and the datatype of its memory."""
    if is_plain(spec):
        tid = type_id(spec)
        return np.frombuffer(bytes.fromhex("".join(data)), dtype=f"V{tid.get_size()}").reshape(shape).copy(), tid
    values = np.empty(len(data), dtype=memory_dtype(spec))
    for i, element in enumerate(data):
        values[i] = element_value(file, spec, element)
    return values.reshape(shape), h5t.py_create(values.dtype)


def element_value(file, spec, element):
    kind = spec["t"]
    if kind == "vs":
        return bytes.fromhex(element[1:])
    if kind == "vl":
        return np.frombuffer(bytes.fromhex(element[1:]), dtype=type_id(spec["b"]).dtype)
    if kind == "r":
        return h5r.Reference() if len(element) == 1 else h5r.create(file, name_bytes(element[1:]), h5r.OBJECT)
    if kind == "rr":
        return h5r.RegionReference() if len(element) == 1 else region_reference(file, element)
    if kind == "c":
        parts = element[1:].split(";")
        return tuple(element_value(file, member, part) for (_, _, member), part in zip(spec["m"], parts))
    return np.frombuffer(bytes.fromhex(element), dtype=type_id(spec).dtype)[0]


# Operations.


def access_list(spec):
    fapl = h5p.create(h5p.FILE_ACCESS)
    fapl.set_libver_bounds(BOUNDS[spec["low"]], BOUNDS[spec.get("high", "v110")])
    access, plist = spec.get("access", {}), ctypes.c_int64(fapl.id)
    if "metaBlock" in access:
        assert C.H5Pset_meta_block_size(plist, ctypes.c_uint64(access["metaBlock"])) >= 0
    if "smallData" in access:
        assert C.H5Pset_small_data_block_size(plist, ctypes.c_uint64(access["smallData"])) >= 0
    if "alignment" in access:
        fapl.set_alignment(*access["alignment"])
    if "chunkCache" in access:
        fapl.set_cache(0, *access["chunkCache"])
    if "sieve" in access:
        fapl.set_sieve_buf_size(access["sieve"])
    fapl.set_fclose_degree(h5f.CLOSE_STRONG)
    if spec.get("family"):
        fapl.set_fapl_family(spec["family"], h5p.create(h5p.FILE_ACCESS))
    return fapl


def create_file(path, spec):
    return h5f.create(path.encode(), h5f.ACC_TRUNC, file_creation_list(spec), access_list(spec))


def space_of(dims, max_dims=None):
    if dims is None:
        return h5s.create(h5s.NULL)
    if len(dims) == 0:
        return h5s.create(h5s.SCALAR)
    if max_dims is None:
        return h5s.create_simple(tuple(dims))
    return h5s.create_simple(tuple(dims), tuple(h5s.UNLIMITED if size < 0 else size for size in max_dims))


def type_for(file, spec, committed):
    return h5t.open(file, name_bytes(committed)) if committed else type_id(spec)


def link_list(path):
    """As h5py's own methods have it: UTF-8 where the name needs it, which a group of the old style cannot say."""
    lcpl = h5p.create(h5p.LINK_CREATE)
    if not path.rsplit(b"/", 1)[-1].isascii():
        lcpl.set_char_encoding(h5t.CSET_UTF8)
    return lcpl


def box(dims, start, count):
    space = h5s.create_simple(tuple(dims))
    space.select_hyperslab(tuple(start), tuple(count))
    return space


def creation_list(file, spec):
    dcpl = h5p.create(h5p.DATASET_CREATE)
    for name, size in spec.get("external", []):
        dcpl.set_external(os.path.join(os.path.dirname(file.name), name_bytes(name)), 0, size)
    for part in spec.get("parts", []):
        source = h5d.open(file, name_bytes(part["path"]))
        from_space = box(source.shape, part["from"], part["count"])
        dcpl.set_virtual(box(spec["dims"], part["at"], part["count"]), b".", name_bytes(part["path"]), from_space)
    if spec["layout"] == "chunked":
        dcpl.set_chunk(tuple(spec["chunk"]))
    elif spec["layout"] != "virtual":
        dcpl.set_layout(h5d.COMPACT if spec["layout"] == "compact" else h5d.CONTIGUOUS)
    for entry in spec.get("filters", []):
        values = tuple(entry["values"])
        if entry["id"] == 4:
            dcpl.set_szip(*values)
        elif entry["id"] == 5:
            dcpl.set_filter(5, h5z_optional(5), ())
        elif entry["id"] == 6:
            dcpl.set_scaleoffset(*values)
        else:
            dcpl.set_filter(entry["id"], h5z_optional(entry["id"]), values)
    if "fill" in spec:
        value, _ = array_of(file, spec["type"], (1,), [spec["fill"]])
        if not is_plain(spec["type"]) or spec["type"]["t"] in "ifs":
            dcpl.set_fill_value(value.view(type_id(spec["type"]).dtype) if is_plain(spec["type"]) else value)
    if spec.get("alloc"):
        dcpl.set_alloc_time(spec["alloc"])
    if "fillTime" in spec:
        dcpl.set_fill_time(spec["fillTime"])
    if spec.get("attrOrder"):
        dcpl.set_attr_creation_order(ORDER)
    if spec.get("attrPhase"):
        dcpl.set_attr_phase_change(*spec["attrPhase"])
    if "chunkOptions" in spec:
        assert C.H5Pset_chunk_opts(ctypes.c_int64(dcpl.id), ctypes.c_uint(spec["chunkOptions"])) >= 0
    return dcpl


def h5z_optional(number):
    return 0 if number == 3 else 1


def apply(file, op):
    kind, path = op["op"], name_bytes(op["path"])
    if kind == "group":
        gcpl = h5p.create(h5p.GROUP_CREATE)
        order = h5p.CRT_ORDER_TRACKED if op.get("onlyTracked") else ORDER
        if op.get("linkOrder"):
            gcpl.set_link_creation_order(order)
        if op.get("attrOrder"):
            gcpl.set_attr_creation_order(order)
        set_group(gcpl, op)
        h5g.create(file, path, link_list(path), gcpl)
    elif kind == "dataset":
        spec = op["spec"]
        tid = type_for(file, spec["type"], spec.get("committed"))
        space = space_of(spec["dims"], spec.get("maxDims"))
        h5d.create(file, path, tid, space, creation_list(file, spec), link_list(path))
    elif kind == "commit":
        type_id(op["type"]).commit(file, path, link_list(path))
    elif kind == "hard":
        file.links.create_hard(path, file, name_bytes(op["target"]), link_list(path))
    elif kind == "soft":
        file.links.create_soft(path, name_bytes(op["to"]), link_list(path))
    elif kind == "external":
        file.links.create_external(path, name_bytes(op["file"]), name_bytes(op["to"]), link_list(path))
    elif kind == "unlink":
        file.unlink(path)
    elif kind == "move":
        file.links.move(path, file, name_bytes(op["to"]), link_list(name_bytes(op["to"])))
    elif kind == "copy":
        h5o.copy(file, path, file, name_bytes(op["to"]), lcpl=link_list(name_bytes(op["to"])))
    elif kind == "write":
        write(file, op)
    elif kind == "resize":
        h5d.open(file, path).set_extent(tuple(op["dims"]))
    elif kind == "comment":
        h5o.set_comment(file, name_bytes(op["text"]), obj_name=path)
    else:
        apply_attribute(file, h5o.open(file, path), op)


def write(file, op):
    dataset = h5d.open(file, name_bytes(op["path"]))
    spec = type_spec(dataset.get_type())
    space = dataset.get_space()
    if op["start"]:
        space.select_hyperslab(tuple(op["start"]), tuple(op["count"]), tuple(op["stride"]))
    values, tid = array_of(file, spec, (len(op["data"]),), op["data"])
    dataset.write(h5s.create_simple((len(op["data"]),)), space, values, tid)


def apply_attribute(file, item, op):
    kind, name = op["op"], name_bytes(op["name"])
    if kind == "attr":
        attribute = h5a.create(item, name, type_for(file, op["type"], op.get("committed")), space_of(op["dims"]))
        if op["data"]:
            values, tid = array_of(file, op["type"], tuple(op["dims"]), op["data"])
            attribute.write(values, tid)
    elif kind == "attrWrite":
        attribute = h5a.open(item, name)
        spec = type_spec(attribute.get_type())
        values, tid = array_of(file, spec, attribute.shape, op["data"])
        attribute.write(values, tid)
    elif kind == "attrDelete":
        h5a.delete(item, name)
    else:
        h5a.rename(item, name, name_bytes(op["to"]))


# Reading.


def describe(path):
    file = h5f.open(path.encode(), h5f.ACC_RDONLY)
    try:
        return Description(file).objects()
    finally:
        file.close()


class Description:
    def __init__(self, file):
        self.file = file
        self.numbers = {"file": file}
        self.found = []
        self.paths = []

    def objects(self):
        self.root = h5g.open(self.file, b"/")
        self.visit(self.root, b"/")
        return [self.describe(item, path) for item, path in zip(self.found, self.paths)]

    def visit(self, item, path):
        address = h5o.get_info(item).addr
        if address in self.numbers:
            return
        self.numbers[address] = len(self.found)
        self.found.append(item)
        self.paths.append(path)
        if isinstance(item, h5g.GroupID):
            for name in sorted(item):
                if item.links.get_info(name).type == h5l.TYPE_HARD:
                    self.visit(h5o.open(item, name), path.rstrip(b"/") + b"/" + name)

    def describe(self, item, path):
        result = {"comment": text(self.root.get_comment(path) or b""), "attributes": {}}
        names = []
        h5a.iterate(item, lambda name, *_: names.append(name), index_type=h5.INDEX_NAME)
        for name in names:
            result["attributes"][text(name)] = self.attribute(h5a.open(item, name))
        kind = {h5g.GroupID: "group", h5d.DatasetID: "dataset"}.get(type(item), "datatype")
        result["kind"] = kind
        if kind == "group":
            self.group(item, result)
        elif kind == "dataset":
            self.dataset(item, result)
        else:
            result["type"] = comparable(type_spec(item))
        plist = item.get_create_plist() if kind != "datatype" else None
        if plist is not None and plist.get_attr_creation_order() & h5p.CRT_ORDER_TRACKED:
            ordered = []
            h5a.iterate(item, lambda name, *_: ordered.append(text(name)), index_type=h5.INDEX_CRT_ORDER)
            result["attributeOrder"] = ordered
        return result

    def attribute(self, attribute):
        tid = attribute.get_type()
        spec = type_spec(tid)
        shape = dims(attribute.get_space())
        data = read_all(spec, tid, shape, lambda array, mtype: attribute.read(array, mtype), self.numbers)
        return {"type": comparable(spec), "dims": shape, "data": data}

    def group(self, group, result):
        links = {}
        for name in sorted(group):
            info = group.links.get_info(name)
            if info.type == h5l.TYPE_HARD:
                links[text(name)] = self.numbers[h5o.get_info(group, name).addr]
            elif info.type == h5l.TYPE_SOFT:
                links[text(name)] = text(group.links.get_val(name))
            elif info.type > h5l.TYPE_EXTERNAL:
                links[text(name)] = [info.type]
            else:
                links[text(name)] = [text(part) for part in group.links.get_val(name)]
        result["links"] = links
        if group.get_create_plist().get_link_creation_order() & h5p.CRT_ORDER_TRACKED:
            ordered = []
            group.links.iterate(lambda name, *_: ordered.append(text(name)), idx_type=h5.INDEX_CRT_ORDER)
            result["linkOrder"] = ordered

    def dataset(self, dataset, result):
        plist = dataset.get_create_plist()
        tid = dataset.get_type()
        spec = type_spec(tid)
        space = dataset.get_space()
        shape = dims(space)
        layout = plist.get_layout()
        result["type"] = comparable(spec)
        result["dims"] = shape
        result["maxDims"] = None if shape is None else [-1 if size == h5s.UNLIMITED else size for size in max_dims(space)]
        result["layout"] = {h5d.COMPACT: "compact", h5d.CONTIGUOUS: "contiguous", h5d.CHUNKED: "chunked", 3: "virtual"}[layout]
        if layout == h5d.CHUNKED:
            result["chunk"] = list(plist.get_chunk())
        result["filters"] = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
        result["data"] = read_all(spec, tid, shape, lambda array, mtype: dataset.read(h5s.ALL, h5s.ALL, array, mtype), self.numbers)


def dims(space):
    return None if space.get_simple_extent_type() == h5s.NULL else list(space.get_simple_extent_dims())


def max_dims(space):
    return space.get_simple_extent_dims(True) if space.get_simple_extent_ndims() else ()


from h5py import h5  # noqa: E402  the constants of indexes


def free_space(path):
    file = h5f.open(path.encode(), h5f.ACC_RDONLY)
    try:
        return {"freeSpace": file.get_freespace(), "fileSize": file.get_filesize()}
    finally:
        file.close()


def edit(request):
    """Carries out operations in a file that exists, or in a new one."""
    path, spec = request["path"], request["file"]
    file = create_file(path, spec) if request.get("create") else h5f.open(path.encode(), h5f.ACC_RDWR, access_list(spec))
    try:
        for op in request["operations"]:
            try:
                apply(file, op)
            except Exception as error:
                raise RuntimeError(f"{json.dumps(op)[:300]}: {error}") from error
        return None
    finally:
        file.close()


def attempt(request):
    """Carries out operations of which some may fail. For each what was wrong, or null."""
    file = h5f.open(request["path"].encode(), h5f.ACC_RDWR, access_list(request["file"]))
    problems = []
    try:
        for op in request["operations"]:
            try:
                apply(file, op)
                problems.append(None)
            except Exception as error:
                problems.append(str(error))
        return problems
    finally:
        file.close()


COMMANDS = {
    "attempt": attempt,
    "describe": lambda request: describe(request["path"]),
    "freeSpace": lambda request: free_space(request["path"]),
    "edit": edit,
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": COMMANDS[request["command"]](request)}
    except Exception:
        answer = {"error": traceback.format_exc()[-600:]}
    print(json.dumps(answer), flush=True)
