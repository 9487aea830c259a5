"""Datatypes, values and selections of calls.ts for h5py, and what comes back in the form of canonical.ts."""
import h5py
import numpy as np

EXACT = 2**53 - 1


# Datatypes and values, see calls.ts.
def dtype_of(spec):
    kind = spec["kind"]
    if kind == "number":
        return np.dtype(spec["code"])
    if kind == "bool":
        return np.dtype(bool)
    if kind == "complex":
        return np.dtype(spec["part"].replace("f8", "c16").replace("f4", "c8"))
    if kind == "enum":
        return h5py.enum_dtype(spec["members"], basetype=spec["base"])
    if kind == "string":
        return h5py.string_dtype(spec["encoding"], spec["length"])
    if kind == "opaque":
        return np.dtype("V%d" % spec["size"])
    if kind == "compound":
        return np.dtype([(name, dtype_of(each)) for name, each in spec["fields"]])
    if kind == "vlen":
        return h5py.vlen_dtype(dtype_of(spec["base"]))
    if kind == "array":
        return np.dtype((dtype_of(spec["base"]), tuple(spec["dims"])))
    return h5py.regionref_dtype if spec["region"] else h5py.ref_dtype


def element(spec, item, f):
    kind = spec["kind"]
    if kind == "number":
        return float(item) if "f" in spec["code"] else int(item)
    if kind == "complex":
        return complex(float(item[0]), float(item[1]))
    if kind == "string":
        return item.encode("utf-8", "surrogateescape")
    if kind == "opaque":
        return np.void(bytes.fromhex(item))
    if kind == "compound":
        return tuple(element(each, value, f) for (_, each), value in zip(spec["fields"], item))
    if kind == "vlen":
        return array_of(spec["base"], [len(item)], item, f)
    if kind == "array":
        return array_of(spec["base"], spec["dims"], item, f)
    if kind == "reference":
        if "selection" in item:
            return f[item["object"]].regionref[index_of(item["selection"], f)]
        return f[item["object"]].ref
    return item


def array_of(spec, shape, items, f):
    if spec["kind"] == "array":
        flat = [each for item in items for each in item]
        return array_of(spec["base"], list(shape) + spec["dims"], flat, f)
    array = np.empty(shape, dtype_of(spec))
    flat = array.reshape(-1)
    for i, item in enumerate(items):
        flat[i] = element(spec, item, f)
    return array


def nested(shape, items):
    if not shape:
        return items[0]
    step = len(items) // shape[0] if shape[0] else 0
    return [nested(shape[1:], items[i * step:(i + 1) * step]) for i in range(shape[0])]


def bare(spec, item, f):
    if spec["kind"] == "array":
        return nested(spec["dims"], [bare(spec["base"], each, f) for each in item])
    return item if spec["kind"] == "string" else element(spec, item, f)


def value_of(spec, f):
    kind, shape = spec["type"], spec["shape"]
    if shape is None:
        return h5py.Empty(dtype_of(kind))
    if spec["form"] == "list":
        return nested(shape, [bare(kind, item, f) for item in spec["items"]])
    return array_of(kind, shape, spec["items"], f)


# Selections.
def one_index(arg):
    if arg == "...":
        return Ellipsis
    if arg is None:
        return slice(None)
    if not isinstance(arg, dict):
        return arg
    if "slice" in arg:
        return slice(*arg["slice"])
    if "list" in arg:
        return np.array(arg["list"], arg["code"]) if "code" in arg else arg["list"]
    if "mask" in arg:
        return np.array(arg["mask"], bool)
    if "blocks" in arg:
        start, stride, count, block = arg["blocks"]
        return h5py.MultiBlockSlice(start=start, stride=stride, count=count, block=block)
    return arg["field"]


def index_of(spec, f):
    if "mask" in spec:
        return np.array(spec["mask"], bool).reshape(spec["shape"])
    if "region" in spec:
        return f[spec["region"]].regionref[index_of(spec["of"], f)]
    args = [one_index(arg) for arg in spec["args"]]
    return args[0] if spec.get("bare") else tuple(args)


# What comes back.
def plain(value, f):
    """One element, without its datatype."""
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) <= EXACT else str(value)
    if isinstance(value, (complex, np.complexfloating)):
        return {"r": plain(value.real, f), "i": plain(value.imag, f)}
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        return "-0" if value == 0 and str(value) == "-0.0" else value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, str):
        return value
    if isinstance(value, np.void):
        if value.dtype.names is None:
            return list(value.tobytes())
        return {name: plain(value[name], f) for name in value.dtype.names}
    if isinstance(value, h5py.RegionReference):
        if not value:
            return {"region": None}
        target = f[value]
        return {"region": target.name, "selected": list(target.regionref.selection(value) or ())}
    if isinstance(value, h5py.Reference):
        return {"object": f[value].name} if value else {"object": None}
    if isinstance(value, np.ndarray):
        return [plain(each, f) for each in value]
    raise TypeError(f"no plain form of {value!r}")


def is_sequence(dtype):
    base = None if dtype is None else h5py.check_vlen_dtype(dtype)
    # A comparison of numpy's datatypes with None is one with float64.
    return isinstance(base, np.dtype)


def code_of(dtype):
    """Half floats come as those of 32 bits where the runtime has no array of them."""
    return f"{dtype.kind}{dtype.itemsize}".replace("f2", "f4") if dtype.kind in "iuf" else None


def read_value(value, f, dtype=None):
    """An array as shape, code and elements; a single element bare."""
    if isinstance(value, h5py.Empty):
        return {"empty": dtype_text(value.dtype)}
    if not isinstance(value, np.ndarray) or (is_sequence(dtype) and value.dtype != object):
        return plain(value, f)
    if value.ndim == 0:
        return plain(value[()], f)
    items = [plain(each, f) for each in value.reshape(-1)]
    return {"code": code_of(value.dtype), "shape": list(value.shape), "items": items}


def dtype_text(dtype):
    """As h5py prints it, without the gaps that it leaves for the pointers of the C library."""
    if dtype.names is not None:
        dtype = unpadded(dtype)
    return dtype.str if dtype.names is None and dtype.subdtype is None else str(dtype)


def unpadded(dtype):
    if dtype.subdtype is not None:
        base, dims = dtype.subdtype
        return np.dtype((unpadded(base), dims))
    return dtype if dtype.names is None else np.dtype([(name, unpadded(dtype[name])) for name in dtype.names])


def class_of(thing):
    return "Group" if isinstance(thing, h5py.File) else type(thing).__name__


def info(thing, f):
    found = {"class": class_of(thing), "name": thing.name, "attrs": len(thing.attrs), "text": str(thing)}
    if isinstance(thing, h5py.Datatype):
        return {**found, "dtype": dtype_text(thing.dtype)}
    if not isinstance(thing, h5py.Dataset):
        return {**found, "keys": list(thing)}
    opts = thing.compression_opts
    simple = thing.dtype.kind in "iufSb" and thing.dtype.subdtype is None
    return {
        **found,
        "dtype": dtype_text(thing.dtype),
        "shape": None if thing.shape is None else list(thing.shape),
        "maxshape": None if thing.maxshape is None else list(thing.maxshape),
        "ndim": thing.ndim,
        "size": None if thing.size is None else int(thing.size),
        "nbytes": int(thing.nbytes) if simple and thing.size is not None else None,
        "chunks": None if thing.chunks is None else list(thing.chunks),
        "compression": thing.compression,
        "opts": list(opts) if isinstance(opts, tuple) else opts,
        "shuffle": thing.shuffle,
        "fletcher32": thing.fletcher32,
        "scaleoffset": None if thing.scaleoffset is None else int(thing.scaleoffset),
        "fillvalue": fill_value(thing, f),
        "isVirtual": thing.is_virtual,
        "isScale": bool(h5py.h5ds.is_scale(thing.id)),
    }


def is_mislabelled(thing):
    """Whether a chunk is marked as not compressed that is: so it stays in the C library when a chunk that could not be made smaller
    is written again and then takes just as many bytes as it did."""
    if not isinstance(thing, h5py.Dataset) or thing.compression not in ("szip", "lzf") or thing.chunks is None:
        return False
    infos = [thing.id.get_chunk_info(i) for i in range(thing.id.get_num_chunks())]
    return any(can_be_decoded(thing, each) for each in infos if each.filter_mask != 0)


def can_be_decoded(thing, chunk):
    with h5py.File("chunk", "w", driver="core", backing_store=False) as f:
        dcpl = thing.id.get_create_plist()
        space = h5py.h5s.create_simple(thing.chunks)
        dataset = h5py.h5d.create(f.id, b"x", thing.id.get_type(), space, dcpl)
        bytes_of_chunk = thing.id.read_direct_chunk(chunk.chunk_offset)[1]
        dataset.write_direct_chunk((0,) * len(thing.chunks), bytes_of_chunk, 0)
        try:
            h5py.Dataset(dataset)[()]
            return True
        except OSError:
            return False


def fill_value(thing, f):
    # Asked for one with pointers, h5py would damage its memory.
    return None if thing.dtype.hasobject else plain(thing.fillvalue, f)


def link_of(link):
    path = getattr(link, "path", None)
    return {"link": class_of(link), "path": path, "file": getattr(link, "filename", None)}


def slices_of(part):
    return [[each.start, each.stop, each.step] for each in part]


def storage_of(options, f):
    names = {"compressionOpts": "compression_opts", "trackOrder": "track_order", "trackTimes": "track_times", "named": "dtype"}
    found = {}
    for name, value in options.items():
        if name == "data":
            value = value_of(value, f)
        elif name == "fillvalue":
            value = array_of(value["type"], [], value["items"], f)[()]
        elif name == "dtype":
            value = dtype_of(value)
        elif name == "named":
            value = f[value]
        elif name == "external":
            value = [tuple(each) for each in value]
        elif isinstance(value, list):
            value = tuple(value)
        found[names.get(name, name)] = value
    return found

