"""Creates, edits and digests chunked datasets: the C library's turn of chunk-indexes.test.ts.

Each line of standard input is a turn: a JSON object of the file's path and the cases, with what is to be done of each. Each
line of standard output is the answer, a digest of every dataset. One process makes all turns: memory for a list of 100,000 chunks
takes the C library longer to get than to use.
"""
import ctypes
import hashlib
import json
import sys
import traceback

import h5py
import numpy as np


def library():
    """The C library that h5py uses, for a function that h5py does not wrap."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            path = line.split()[-1]
            if "libhdf5" in path and "_hl" not in path:
                return ctypes.CDLL(path)
    raise RuntimeError("h5py without a shared libhdf5")


def create(file, case):
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_chunk(tuple(case["chunks"]))
    dcpl.set_fill_value(np.array(case["fill"], dtype="<i4"))
    if case["filtered"]:
        dcpl.set_shuffle()
        dcpl.set_deflate(4)
    if case["early"]:
        dcpl.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    if case["partialUnfiltered"]:
        status = library().H5Pset_chunk_opts(ctypes.c_int64(dcpl.id), ctypes.c_uint(2))
        assert status >= 0
    maximum = tuple(h5py.h5s.UNLIMITED if size is None else size for size in case["maxDims"])
    space = h5py.h5s.create_simple(tuple(case["dims"]), maximum)
    h5py.h5d.create(file.id, case["name"].encode(), h5py.h5t.STD_I32LE, space, dcpl)


def values(start, count, salt):
    total = np.full(count, salt, dtype="<i4")
    for axis, (first, size) in enumerate(zip(start, count)):
        shape = [1] * len(count)
        shape[axis] = size
        total += (np.arange(first, first + size, dtype="<i4") * (7 + 13 * axis)).reshape(shape)
    return total


def edit(path, cases):
    with h5py.File(path, "a", libver=("v110", "v110")) as file:
        for case in cases:
            if case["name"] not in file:
                create(file, case)
            dataset = file[case["name"]]
            for step in case["edits"]:
                if "resize" in step:
                    dataset.resize(step["resize"])
                else:
                    start, count = step["start"], step["count"]
                    box = tuple(slice(first, first + size) for first, size in zip(start, count))
                    dataset[box] = values(start, count, step["salt"])


def digests(path, cases):
    found = {}
    with h5py.File(path, "r") as file:
        for case in cases:
            dataset = file[case["name"]]
            data = np.ascontiguousarray(dataset[...])
            found[case["name"]] = {
                "dims": list(dataset.shape),
                "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
                "storageSize": dataset.id.get_storage_size(),
            }
    return found


for line in sys.stdin:
    request = json.loads(line)
    try:
        edit(**request)
        answer = {"result": digests(**request)}
    except Exception:
        answer = {"error": traceback.format_exc()[-600:]}
    print(json.dumps(answer), flush=True)
