"""Edits of object headers by h5py, and what h5py finds in them. One request and one answer a line, in JSON."""
import ctypes
import json
import sys
import traceback

import h5py
import numpy as np
from h5py import h5, h5a, h5d, h5f, h5g, h5o, h5p, h5s, h5t

with open("/proc/self/maps") as maps:
    C = ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5" in line and "_hl" not in line))
C.H5Pcreate.restype = ctypes.c_int64
C.H5Oget_comment.restype = ctypes.c_ssize_t

OBJECTS = [b"g", b"d", b"t"]
# h5py has no name for it.
DATATYPE_CREATE = ctypes.c_int64.in_dll(C, "H5P_CLS_DATATYPE_CREATE_ID_g").value


def access(settings):
    fapl = h5p.create(h5p.FILE_ACCESS)
    fapl.set_libver_bounds(settings["low"], 2)
    return fapl


def creation(kind, settings):
    """`None` stands for committed datatypes."""
    made = h5p.create(kind) if kind is not None else h5p.PropTCID(C.H5Pcreate(ctypes.c_int64(DATATYPE_CREATE)))
    made.set_attr_creation_order(settings["attributeOrder"])
    if settings["attributePhase"] is not None:
        made.set_attr_phase_change(*settings["attributePhase"])
    return made


def create(path, settings):
    fcpl = h5p.create(h5p.FILE_CREATE)
    if settings.get("shares"):
        all_messages = 0x182A
        assert C.H5Pset_shared_mesg_nindexes(ctypes.c_int64(fcpl.id), ctypes.c_uint(1)) >= 0
        index = map(ctypes.c_uint, (0, all_messages, 0))
        assert C.H5Pset_shared_mesg_index(ctypes.c_int64(fcpl.id), *index) >= 0
    file = h5f.create(path, h5f.ACC_TRUNC, fcpl, access(settings))
    gcpl = creation(h5p.GROUP_CREATE, settings)
    gcpl.set_link_creation_order(settings["attributeOrder"])
    if settings["linkPhase"] is not None:
        least = map(ctypes.c_uint, settings["linkPhase"])
        assert C.H5Pset_link_phase_change(ctypes.c_int64(gcpl.id), *least) >= 0
    h5g.create(file, b"g", gcpl=gcpl)
    dcpl = creation(h5p.DATASET_CREATE, settings)
    dcpl.set_chunk((10,))
    h5d.create(file, b"d", h5t.STD_I32LE, h5s.create_simple((10,), (h5s.UNLIMITED,)), dcpl)
    committed = h5t.STD_I16BE.copy()
    tcpl = creation(None, settings)
    # h5py makes datatypes without such a list.
    where, kind, tcpl_id, default = map(ctypes.c_int64, (file.id, committed.id, tcpl.id, 0))
    assert C.H5Tcommit2(where, b"t", kind, default, tcpl_id, default) >= 0
    return file


def apply(file, objects, op):
    kind, name = op["op"], op.get("name", "").encode()
    if kind == "link":
        objects[0].links.create_soft(name, op["path"].encode())
    elif kind == "unlink":
        objects[0].unlink(name)
    elif kind == "extend":
        objects[1].set_extent((op["size"],))
    else:
        target = objects[op["object"]]
        if kind == "comment":
            h5o.set_comment(target, op["text"].encode())
        elif kind == "add":
            values = np.array(op["values"], "<i8")
            made = h5a.create(target, name, h5t.STD_I64LE, h5s.create_simple(values.shape))
            made.write(values)
        elif kind == "write":
            h5a.open(target, name).write(np.array(op["values"], "<i8"))
        elif kind == "rename":
            h5a.rename(target, name, op["to"].encode())
        else:
            h5a.delete(target, name)


def edit(request):
    path, settings = request["path"].encode(), request["settings"]
    if request["create"]:
        file = create(path, settings)
    else:
        file = h5f.open(path, h5f.ACC_RDWR, access(settings))
    objects = [h5o.open(file, name) for name in OBJECTS]
    for op in request["operations"]:
        try:
            apply(file, objects, op)
        except Exception as error:
            raise RuntimeError(f"{json.dumps(op)[:200]}: {error}") from error
        if op.get("closes"):
            del objects
            file.close()
            file = h5f.open(path, h5f.ACC_RDWR, access(settings))
            objects = [h5o.open(file, name) for name in OBJECTS]
    del objects
    file.close()


def attributes(target, ordered):
    found = []
    for i in range(h5a.get_num_attrs(target)):
        a = h5a.open(target, index=i, index_type=h5.INDEX_CRT_ORDER if ordered else h5.INDEX_NAME)
        values = np.empty(a.shape, "<i8")
        a.read(values)
        found.append([a.name.decode(), values.tolist()])
    for name, _ in found:
        assert h5a.exists(target, name.encode()), name
    return found


def comment(target):
    """h5py gives bytes of no meaning for the comment of an object without one."""
    text = ctypes.create_string_buffer(1000)
    length = C.H5Oget_comment(ctypes.c_int64(target.id), text, ctypes.c_size_t(1000))
    assert length == len(text.value)
    return text.value.decode()


def describe_file(request):
    file = h5f.open(request["path"].encode(), h5f.ACC_RDONLY)
    objects = [h5o.open(file, name) for name in OBJECTS]
    ordered = request["settings"]["attributeOrder"] != 0
    links = objects[0].links
    names = []
    links.iterate(names.append, idx_type=h5.INDEX_CRT_ORDER if ordered else h5.INDEX_NAME)
    found = {
        "objects": [
            {
                "attributes": attributes(target, ordered),
                "comment": comment(target),
                "phase": list(target.get_create_plist().get_attr_phase_change()),
                "order": target.get_create_plist().get_attr_creation_order(),
            }
            for target in objects
        ],
        "links": [[name.decode(), links.get_val(name).decode()] for name in names],
        "size": objects[1].shape[0],
    }
    del objects
    file.close()
    return found


COMMANDS = {"edit": edit, "describe": describe_file}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": COMMANDS[request["command"]](request)}
    except Exception:
        answer = {"error": traceback.format_exc()[-900:]}
    print(json.dumps(answer), flush=True)
