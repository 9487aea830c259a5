"""Calls of the low-level API, for peer.py."""
import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5o, h5p, h5s, h5t, h5z

from values import info, plain

MASKED = ("szip", "lzf")


def told_filter(found):
    """What of the scale-offset filter is behind the fill value's lower half is not always initialised."""
    code, flags, values = found[:3]
    return [code, flags, values[:9] if code == h5z.FILTER_SCALEOFFSET else values]


def is_turned(maxshape):
    """Whether an index would have the first dimension last: the C library then tells chunks by other coordinates than theirs."""
    return None in maxshape[1:] and maxshape.count(None) == 1


def storage_facts(dataset):
    """How elements are stored; sizes of what is not compressed."""
    plist = dataset.id.get_create_plist()
    filters = [told_filter(plist.get_filter(i)) for i in range(plist.get_nfilters())]
    chunks = None
    if plist.get_layout() == h5d.CHUNKED:
        infos = [dataset.id.get_chunk_info(i) for i in range(dataset.id.get_num_chunks())]
        is_plain = dataset.compression not in MASKED
        chunks = [[list(each.chunk_offset), each.filter_mask if is_plain else None, None if filters else each.size]
                  for each in infos]
        if is_turned(dataset.maxshape):
            chunks = len(chunks)
    times = [plist.get_alloc_time(), plist.get_fill_time()]
    size = None if filters else dataset.id.get_storage_size()
    status = None if filters else dataset.id.get_space_status()
    return [plist.get_layout(), times, filters, size, status, chunks]


def combined_space(space, steps):
    for step in steps:
        op = getattr(h5s, "SELECT_" + step["op"])
        if "points" in step:
            space.select_elements(np.array(step["points"]), op)
        else:
            start, count, stride, block = (tuple(step[name]) for name in ("start", "count", "stride", "block"))
            space.select_hyperslab(start, count, stride, block, op)
    return space


def selection_facts(space):
    count = space.get_select_npoints()
    kind = space.get_select_type()
    bounds = [list(map(int, each)) for each in space.get_select_bounds()] if count else None
    blocks = space.get_select_hyper_blocklist().tolist() if kind == h5s.SEL_HYPERSLABS else None
    points = space.get_select_elem_pointlist().tolist() if kind == h5s.SEL_POINTS else None
    return [count, kind, bool(space.select_valid()), bounds, blocks, points]


def creation_list(given):
    plist = h5p.create(h5p.DATASET_CREATE)
    if "layout" in given:
        plist.set_layout(getattr(h5d, given["layout"]))
    if "chunks" in given:
        plist.set_chunk(tuple(given["chunks"]))
    if "allocTime" in given:
        plist.set_alloc_time(getattr(h5d, "ALLOC_TIME_" + given["allocTime"]))
    if "fillTime" in given:
        plist.set_fill_time(getattr(h5d, "FILL_TIME_" + given["fillTime"]))
    if "fillvalue" in given:
        plist.set_fill_value(np.array(given["fillvalue"], native(given["code"])))
    if "attrPhaseChange" in given:
        plist.set_attr_phase_change(*given["attrPhaseChange"])
    for name in given["filters"]:
        if name == "deflate":
            plist.set_deflate(4)
        elif name == "nbit":
            plist.set_filter(h5z.FILTER_NBIT, 0, ())
        else:
            getattr(plist, "set_" + name)()
    return plist


def native(code):
    return code.replace(">", "<")


class LowLevelCalls:
    """Calls as methods of the same names, of a session that has `file`, `dataset` and `group`."""

    def storage(self, call):
        return storage_facts(self.dataset(call))

    def objectInfo(self, call):
        thing = self.file[call["path"]]
        found = h5o.get_info(thing.id)
        return [found.type, found.rc, found.hdr.version]

    def linkInfo(self, call):
        # Its links do not keep it alive.
        group = self.group(call)
        found = group.id.links.get_info(call["name"].encode())
        return [found.type, found.corder if found.corder_valid else None]

    def attrInfo(self, call):
        thing = self.file[call["path"]]
        return h5a.get_info(thing.id, call["name"].encode()).data_size

    def combined(self, call):
        dataset = self.dataset(call)
        space = combined_space(dataset.id.get_space(), call["steps"])
        facts = selection_facts(space)
        if facts[0] == 0 or not facts[2]:
            return facts
        array = np.arange(facts[0]).astype(native(call["code"]))
        memory = h5s.create_simple((facts[0],))
        if call["writes"]:
            dataset.id.write(memory, space, array)
        else:
            dataset.id.read(memory, space, array)
        return [facts, plain(array, self.file)]

    def createWith(self, call):
        given = call["properties"]
        limits = tuple(h5s.UNLIMITED if each is None else each for each in given["maxshape"]) if "maxshape" in given else None
        space = h5s.create_simple(tuple(given["shape"]), limits)
        path = call["path"].encode()
        made = h5d.create(self.file.id, path, h5t.py_create(np.dtype(given["code"])), space, creation_list(given))
        if "data" in given:
            size = int(np.prod(given["shape"]))
            made.write(h5s.ALL, h5s.ALL, (np.arange(size) + given["data"]).astype(native(given["code"])).reshape(given["shape"]))
        return [info(h5py.Dataset(made), self.file), storage_facts(h5py.Dataset(made))]

    def createGroupWith(self, call):
        plist = h5p.create(h5p.GROUP_CREATE)
        plist.set_link_creation_order(call["order"])
        if "attrPhaseChange" in call:
            plist.set_attr_phase_change(*call["attrPhaseChange"])
        return h5py.Group(h5g.create(self.file.id, call["path"].encode(), gcpl=plist)).name

    def readChunk(self, call):
        mask, found = self.dataset(call).id.read_direct_chunk(tuple(call["offset"]))
        return [mask, found.hex()]

    def writeChunk(self, call):
        self.dataset(call).id.write_direct_chunk(tuple(call["offset"]), bytes.fromhex(call["bytes"]), call["filterMask"])
