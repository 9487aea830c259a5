"""The creation list of a file, of what the tests say of it."""
import ctypes

from h5py import h5p

# Loaded by h5py, for what it has no function of.
with open("/proc/self/maps") as maps:
    C = ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5" in line and "_hl" not in line))

ORDER = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED


def file_creation_list(spec):
    fcpl = h5p.create(h5p.FILE_CREATE)
    if spec["userBlock"]:
        fcpl.set_userblock(spec["userBlock"])
    if spec["linkOrder"]:
        fcpl.set_link_creation_order(ORDER)
    if spec["attrOrder"]:
        fcpl.set_attr_creation_order(ORDER)
    if spec.get("strategy"):
        strategy, persist, page = spec["strategy"]
        fcpl.set_file_space_strategy(strategy, persist, 1)
        assert C.H5Pset_file_space_page_size(ctypes.c_int64(fcpl.id), ctypes.c_uint64(page)) >= 0
    if spec.get("shared"):
        plist, number = ctypes.c_int64(fcpl.id), ctypes.c_uint
        indexes = spec["shared"]["indexes"]
        assert C.H5Pset_shared_mesg_nindexes(plist, number(len(indexes))) >= 0
        for i, (flags, size) in enumerate(indexes):
            assert C.H5Pset_shared_mesg_index(plist, number(i), number(flags), number(size)) >= 0
        assert C.H5Pset_shared_mesg_phase_change(plist, *map(number, spec["shared"]["phase"])) >= 0
    return fcpl
