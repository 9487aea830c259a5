"""Carries out programs of calls with h5py, one a request, and describes files."""
import json
import sys
import warnings

sys.dont_write_bytecode = True

import h5py
import numpy as np
from h5py._hl import selections

from container_calls import ACCESS_OPTIONS, FILE_OPTIONS, ContainerCalls, copy_flags
from low_level_calls import LowLevelCalls
from values import (
    class_of, dtype_of, index_of, info, is_mislabelled, is_sequence, link_of, read_value, slices_of, storage_of, value_of,
)

warnings.simplefilter("ignore")


class Session(ContainerCalls, LowLevelCalls):
    """A file, and the calls as methods of the same names."""

    def __init__(self, path, options):
        self.path = path
        libver = options["libver"]
        self.libver = libver if isinstance(libver, str) else tuple(libver)
        given = {FILE_OPTIONS[name]: value for name, value in options["options"].items()}
        self.access = {FILE_OPTIONS[name]: options["options"][name] for name in ACCESS_OPTIONS if name in options["options"]}
        self.file = h5py.File(path, "w", libver=self.libver, track_order=options["trackOrder"], **given)

    def answer(self, call):
        try:
            return {"ok": getattr(self, call["call"])(call)}
        except Exception as error:
            text = str(error) if isinstance(error, UnicodeError) or not error.args else str(error.args[0])
            return {"error": type(error).__name__, "text": text}

    def createGroup(self, call):
        return self.file.create_group(call["path"], track_order=call.get("trackOrder")).name

    def requireGroup(self, call):
        return self.file.require_group(call["path"]).name

    def createDataset(self, call):
        return info(self.file.create_dataset(call["path"], **storage_of(call["options"], self.file)), self.file)

    def requireDataset(self, call):
        shape, dtype = tuple(call["shape"]), call["dtype"].get("code") or dtype_of(call["dtype"])
        return info(self.file.require_dataset(call["path"], shape, dtype, exact=call["exact"]), self.file)

    def createLike(self, call):
        options = storage_of(call["options"], self.file)
        return info(self.file.create_dataset_like(call["path"], self.file[call["other"]], **options), self.file)

    def createVirtual(self, call):
        f = self.file
        layout = h5py.VirtualLayout(shape=tuple(call["shape"]), dtype=dtype_of(call["dtype"]))
        for mapping in call["mappings"]:
            if "elsewhere" in mapping:
                other = mapping["elsewhere"]
                source = h5py.VirtualSource(other["file"], mapping["source"], tuple(other["shape"]), dtype_of(other["dtype"]))
            else:
                source = h5py.VirtualSource(f[mapping["source"]])
            layout[index_of(mapping["target"], f)] = source[index_of(mapping["selection"], f)]
        fill = storage_of({"fillvalue": call["fillvalue"]}, f)["fillvalue"] if "fillvalue" in call else None
        return info(f.create_virtual_dataset(call["path"], layout, fillvalue=fill), f)

    def set(self, call):
        self.file[call["path"]] = value_of(call["value"], self.file)

    def link(self, call):
        if "hard" in call:
            value = self.file[call["hard"]]
        elif "file" in call:
            value = h5py.ExternalLink(call["file"], call["soft"])
        else:
            value = h5py.SoftLink(call["soft"])
        self.file[call["path"]] = value

    def commit(self, call):
        self.file[call["path"]] = dtype_of(call["dtype"])

    def delete(self, call):
        del self.file[call["path"]]

    def move(self, call):
        self.file.move(call["path"], call["to"])

    def copy(self, call):
        to = self.file[call["to"]] if call["into"] else call["to"]
        self.file.copy(call["path"], to, **copy_flags(call["flags"]))

    def get(self, call):
        fallback = ["fallback"] if call["fallback"] else []
        flags = {"getclass": call["getclass"], "getlink": call["getlink"]}
        if not (call["fallback"] or call["getclass"] or call["getlink"]):
            found = self.file[call["path"]]
        else:
            found = self.file.get(call["path"], *fallback, **flags)
        if found is None or isinstance(found, str):
            return found
        if call["getclass"]:
            return found.__name__
        return link_of(found) if call["getlink"] else [class_of(found), found.name]

    def keys(self, call):
        group = self.group(call)
        return [list(group.keys()), len(group), list(reversed(group)), [class_of(each) for each in group.values()]]

    def has(self, call):
        return call["path"] in self.file

    def visit(self, call):
        found = []
        self.group(call).visit(found.append)
        return found

    def visitItems(self, call):
        found = []
        self.group(call).visititems(lambda name, each: found.append([name, class_of(each), each.name]))
        return found

    def info(self, call):
        return info(self.file[call["path"]], self.file)

    def attrs(self, call):
        return self.file[call["path"]].attrs

    def attrSet(self, call):
        self.attrs(call)[call["name"]] = value_of(call["value"], self.file)

    def attrModify(self, call):
        self.attrs(call).modify(call["name"], value_of(call["value"], self.file))

    def attrCreate(self, call):
        shape = tuple(call["shape"]) if "shape" in call else None
        dtype = dtype_of(call["dtype"]) if "dtype" in call else None
        if "named" in call:
            dtype = self.file[call["named"]]
        self.attrs(call).create(call["name"], value_of(call["value"], self.file), shape, dtype)

    def attrGet(self, call):
        return self.attribute(self.attrs(call), call["name"])

    def attribute(self, attrs, name):
        return read_value(attrs[name], self.file, attrs.get_id(name).dtype)

    def attrDefault(self, call):
        value = self.attrs(call).get(call["name"], "fallback")
        if isinstance(value, (str, bytes)):
            return value if isinstance(value, str) else value.decode()
        return class_of(value) == "Empty"

    def attrDelete(self, call):
        del self.attrs(call)[call["name"]]

    def attrPop(self, call):
        dtype = self.attrs(call).get_id(call["name"]).dtype
        return read_value(self.attrs(call).pop(call["name"]), self.file, dtype)

    def attrHas(self, call):
        return call["name"] in self.attrs(call)

    def attrKeys(self, call):
        return list(self.attrs(call).keys())

    def read(self, call):
        dataset = self.dataset(call)
        index, view = index_of(call["selection"], self.file), call.get("view", {})
        if "astype" in view:
            return read_value(dataset.astype(dtype_of(view["astype"]))[index], self.file)
        if "asstr" in view:
            return read_value(dataset.asstr(view["asstr"], view.get("errors", "strict"))[index], self.file)
        if "fields" in view:
            names = view["fields"]
            return read_value(dataset.fields(names)[index], self.file, dataset.dtype[names] if isinstance(names, str) else None)
        return read_value(dataset[index], self.file, member_dtype(dataset.dtype, index))

    def write(self, call):
        dataset = self.dataset(call)
        index, value = index_of(call["selection"], self.file), value_of(call["value"], self.file)
        if is_sequence(getattr(dataset, "dtype", None)):
            write_sequences(dataset, index if isinstance(index, tuple) else (index,), value)
        else:
            dataset[index] = value

    def direct(self, call):
        selections = {}
        if "source" in call:
            selections["source_sel"] = index_of(call["source"], self.file)
        if "destination" in call:
            selections["dest_sel"] = index_of(call["destination"], self.file)
        return value_of(call["array"], self.file), selections

    def readDirect(self, call):
        dataset = self.dataset(call)
        array, selections = self.direct(call)
        dataset.read_direct(array, **selections)
        return read_value(array, self.file)

    def writeDirect(self, call):
        dataset = self.dataset(call)
        array, selections = self.direct(call)
        dataset.write_direct(array, **selections)

    def resize(self, call):
        size = call["size"] if isinstance(call["size"], int) else tuple(call["size"])
        dataset = self.dataset(call)
        dataset.resize(size, call.get("axis"))
        return list(dataset.shape)

    def dataset(self, call):
        found = self.file[call["path"]]
        if not isinstance(found, h5py.Dataset):
            raise TypeError("not a dataset")
        return found

    def iterate(self, call):
        dataset = self.dataset(call)
        return [read_value(row, self.file, dataset.dtype) for row in dataset]

    def len(self, call):
        return len(self.dataset(call))

    def iterChunks(self, call):
        selection = index_of(call["selection"], self.file) if "selection" in call else None
        return [slices_of(part) for part in self.dataset(call).iter_chunks(selection)]

    def label(self, call):
        dimension = self.dataset(call).dims[call["axis"]]
        dimension.label = call["text"]
        return dimension.label

    def makeScale(self, call):
        self.dataset(call).make_scale(call["name"])

    def attach(self, call):
        self.dataset(call).dims[call["axis"]].attach_scale(self.file[call["scale"]])

    def detach(self, call):
        self.dataset(call).dims[call["axis"]].detach_scale(self.file[call["scale"]])

    def scales(self, call):
        return [[d.label, len(d), [[name, each.name] for name, each in d.items()]] for d in self.dataset(call).dims]

    def region(self, call):
        dataset = self.dataset(call)
        reference = dataset.regionref[index_of(call["selection"], self.file)]
        selected = dataset.regionref.selection(reference)
        return [list(dataset.regionref.shape(reference)), None if selected is None else list(selected)]


def member_dtype(dtype, index):
    """What elements are of that an index takes: a single name stands for a member."""
    names = [each for each in (index if isinstance(index, tuple) else (index,)) if isinstance(each, str)]
    return dtype[names[0]] if len(names) == 1 and dtype.names is not None else dtype


def write_sequences(dataset, index, value):
    """What h5py makes of an array of sequences of one length is no such array any more, so this goes its way without that."""
    if any(isinstance(arg, str) for arg in index):
        raise TypeError("Illegal slicing argument (not a compound dataset)")
    selection = selections.select(dataset.shape, index, dataset)
    if selection.nselect == 0:
        return
    if value.shape == () and selection.array_shape != ():
        repeated = np.empty(selection.array_shape, value.dtype)
        for i in range(repeated.size):
            repeated.reshape(-1)[i] = value[()]
        value = repeated
    space = h5py.h5s.create_simple(selection.expand_shape(value.shape))
    for part in selection.broadcast(value.shape):
        dataset.id.write(space, part, value)


def describe(path, is_own):
    """Everything that is in a file: objects once each, in the order of names. Of h5py's own files, what it could not write right is
    left out."""
    found = []
    with h5py.File(path, "r") as f:
        seen = set()
        queue = [f["/"]]
        while queue:
            thing = queue.pop(0)
            address = h5py.h5o.get_info(thing.id).addr
            if address in seen:
                continue
            seen.add(address)
            found.append("mislabelled" if is_own and is_mislabelled(thing) else attempt(lambda: described(thing, f)))
            if isinstance(thing, h5py.Group):
                names = [name for name in thing if isinstance(thing.get(name, getlink=True), h5py.HardLink)]
                queue += [thing[name] for name in names]
    return found


def described(thing, f):
    facts = info(thing, f)
    facts["attributes"] = {name: attempt(lambda: read_value(thing.attrs[name], f, thing.attrs.get_id(name).dtype))
                           for name in thing.attrs}
    if isinstance(thing, h5py.Group):
        facts["links"] = [link_of(thing.get(name, getlink=True)) for name in thing]
    if isinstance(thing, h5py.Dataset):
        facts["elements"] = attempt(lambda: read_value(thing[()], f, thing.dtype))
        if "cython.array" in str(facts["elements"]):
            return "sequences without elements"
    # Of a committed datatype with references, of which the C library keeps a conversion for a file that is closed.
    if "no appropriate function for conversion path" in str(facts["attributes"]):
        return "a lost conversion"
    return facts


def attempt(read):
    try:
        return read()
    except Exception as error:
        return f"{type(error).__name__}: {error.args[0]}"


for line in sys.stdin:
    request = json.loads(line)
    if "program" in request:
        session = Session(request["path"], request["program"]["file"])
        result = [session.answer(call) for call in request["program"]["operations"]]
        session.file.close()
    else:
        result = describe(request["path"], request["isOwn"])
    print(json.dumps({"result": result}), flush=True)
