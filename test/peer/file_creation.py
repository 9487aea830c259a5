"""The creation list of a file, of what the tests say of it."""
import ctypes

from h5py import h5p

# Loaded by h5py, for what it has no function of.
with open("/proc/self/maps") as maps:
    C = ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5" in line and "_hl" not in line))

ORDER = h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED


def set_group(gcpl, spec):
    """What a group's creation list says, and that of a file for the root group."""
    plist = ctypes.c_int64(gcpl.id)
    if spec.get("phase"):
        assert C.H5Pset_link_phase_change(plist, *map(ctypes.c_uint, spec["phase"])) >= 0
    if spec.get("attrPhase"):
        gcpl.set_attr_phase_change(*spec["attrPhase"])
    if spec.get("estimate"):
        assert C.H5Pset_est_link_info(plist, *map(ctypes.c_uint, spec["estimate"])) >= 0
    if "heapHint" in spec:
        assert C.H5Pset_local_heap_size_hint(plist, ctypes.c_size_t(spec["heapHint"])) >= 0


def file_creation_list(spec):
    fcpl = h5p.create(h5p.FILE_CREATE)
    if spec["userBlock"]:
        fcpl.set_userblock(spec["userBlock"])
    if spec["linkOrder"]:
        fcpl.set_link_creation_order(ORDER)
    if spec["attrOrder"]:
        fcpl.set_attr_creation_order(ORDER)
    if spec.get("sizes"):
        fcpl.set_sizes(*spec["sizes"])
    if spec.get("symK"):
        assert C.H5Pset_sym_k(ctypes.c_int64(fcpl.id), *map(ctypes.c_uint, spec["symK"])) >= 0
    if spec.get("istoreK"):
        assert C.H5Pset_istore_k(ctypes.c_int64(fcpl.id), ctypes.c_uint(spec["istoreK"])) >= 0
    set_group(fcpl, spec)
    if spec.get("strategy"):
        strategy, persist, page = spec["strategy"]
        fcpl.set_file_space_strategy(strategy, persist, spec.get("threshold", 1))
        assert C.H5Pset_file_space_page_size(ctypes.c_int64(fcpl.id), ctypes.c_uint64(page)) >= 0
    if spec.get("shared"):
        plist, number = ctypes.c_int64(fcpl.id), ctypes.c_uint
        indexes = spec["shared"]["indexes"]
        assert C.H5Pset_shared_mesg_nindexes(plist, number(len(indexes))) >= 0
        for i, (flags, size) in enumerate(indexes):
            assert C.H5Pset_shared_mesg_index(plist, number(i), number(flags), number(size)) >= 0
        assert C.H5Pset_shared_mesg_phase_change(plist, *map(number, spec["shared"]["phase"])) >= 0
    return fcpl
