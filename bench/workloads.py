"""The h5py side of the workloads: python3 bench/workloads.py NAME FILE [FILE ...], or `make NAME FILE` for the file it reads.

Further files are read first in the same way, which is not measured.
"""

import json
import math
import os
import resource
import sys
import time

import h5py
import numpy as np

MEBI = 1 << 20


def make_contiguous(file):
    dataset = file.create_dataset("data", shape=(512 * MEBI // 8,), dtype="<f8")
    step = 4 * MEBI
    for start in range(0, dataset.shape[0], step):
        dataset[start : start + step] = np.arange(start, start + step)


def make_chunked(file, **options):
    generator = np.random.default_rng(1)
    columns = 4096
    dataset = file.create_dataset("data", shape=(8192, columns), dtype="<f4", chunks=(128, 128), **options)
    for row in range(0, dataset.shape[0], 128):
        dataset[row : row + 128] = np.round(np.cumsum(generator.normal(size=(128, columns)), axis=1), 2)


def make_list(file):
    for i in range(100):
        group = file.create_group(f"group {i:03d}")
        group.attrs["number"] = i
        for j in range(100):
            group.create_dataset(f"dataset {j:03d}", data=np.arange(j % 7 + 1), dtype="<i4").attrs["unit"] = "m"


LINKS = 100_000
# A million chunks of 4 x 4 elements.
CHUNKS = 1000
EDGE = 4


def make_links(file):
    group = file.create_group("group")
    for i in range(LINKS):
        group.create_dataset(f"dataset {i:06d}", shape=(i % 7 + 1,), dtype="<i4")


def make_chunks(file, maxshape=None, early=False):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((EDGE, EDGE))
    if early:
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    size = CHUNKS * EDGE
    space = h5py.h5s.create_simple((size, size), maxshape)
    dataset = h5py.Dataset(h5py.h5d.create(file.id, b"data", h5py.h5t.STD_I32LE, space, plist))
    for row in range(0, size, 10 * EDGE):
        values = np.arange(row * size, (row + 10 * EDGE) * size, dtype="<i4")
        dataset[row : row + 10 * EDGE] = values.reshape(10 * EDGE, size)


RECORDS = 1_000_000


def texts(count):
    return [f"station {i} of {i * 7 % 1000}" for i in range(count)]


def sequences():
    data = np.empty(200_000, dtype=object)
    for i in range(len(data)):
        data[i] = np.arange(i % 20, dtype="<i4")
    return data


UNLIMITED = h5py.h5s.UNLIMITED
INDEXES = {
    "b-tree-v1": {"maxshape": (UNLIMITED, UNLIMITED)},
    "implicit": {"early": True},
    "fixed-array": {},
    "extensible-array": {"maxshape": (UNLIMITED, CHUNKS * EDGE)},
    "b-tree-v2": {"maxshape": (UNLIMITED, UNLIMITED)},
}

MAKERS = {
    "contiguous": make_contiguous,
    "chunked-plain": make_chunked,
    "chunked-deflate": lambda file: make_chunked(file, compression="gzip", compression_opts=4, shuffle=True),
    "pool-read": lambda file: make_chunked(file, compression="gzip", compression_opts=4, shuffle=True),
    "slices": make_chunked,
    "list": make_list,
    "strings": lambda file: file.create_dataset("data", data=texts(RECORDS), dtype=h5py.string_dtype()),
    "sequences": lambda file: file.create_dataset("data", data=sequences(), dtype=h5py.vlen_dtype("<i4")),
    "names-earliest": make_links,
    "names-latest": make_links,
    "open-earliest": make_links,
    "open-latest": make_links,
}
for index, options in INDEXES.items():
    for work in ("random", "all"):
        MAKERS[f"{work}-{index}"] = lambda file, options=options: make_chunks(file, **options)


def is_latest(name):
    return name.endswith(("-latest", "-implicit", "-array", "-b-tree-v2"))


def read_all(file):
    return float(file["data"][...].reshape(-1)[-1])


def read_slices(file):
    dataset = file["data"]
    return sum(float(dataset[:, column][-1]) for column in range(0, dataset.shape[1], 64))


def list_objects(file):
    count = 0

    def visit(_name, item):
        nonlocal count
        count += len(item.attrs)
        if isinstance(item, h5py.Dataset):
            count += len(item.shape)

    file.visititems(visit)
    return count


def list_names(file):
    names = list(file["group"].keys())
    return len(names) + len(names[777])


def open_members(file):
    group = file["group"]
    return sum(group[name].shape[0] for name in group.keys())


def read_random(file):
    dataset = file["data"]
    state = 1
    total = 0

    def next_corner():
        nonlocal state
        state = (state * 69069 + 1) % 2**31
        return (state >> 8) % CHUNKS * EDGE

    for _ in range(100):
        row = next_corner()
        column = next_corner()
        total += int(dataset[row : row + EDGE, column : column + EDGE][0, 0])
    return total


def write_rows(file):
    dataset = file.create_dataset("data", shape=(0, 8), maxshape=(None, 8), chunks=(1024, 8), dtype="<f8")
    row = np.arange(8, dtype="<f8")
    for i in range(100_000):
        dataset.resize(i + 1, axis=0)
        row[0] = i
        dataset[i] = row


def write_small(file):
    data = np.arange(10, dtype="<f8")
    for i in range(10_000):
        file.create_dataset(f"dataset {i:05d}", data=data)


def write_small_chunked(file):
    data = np.arange(100, dtype="<f8")
    for i in range(5_000):
        file.create_dataset(f"dataset {i:05d}", data=data, chunks=(50,), maxshape=(None,))


def write_contiguous():
    data = np.arange(2**26, dtype="<f8")
    return lambda file: file.create_dataset("data", data=data)


def write_deflate():
    data = np.round(np.sin(np.arange(2**25) * 1e-3) * 1e5) / 100
    data = data.reshape(2**15, 1024)
    options = {"chunks": (128, 1024), "compression": "gzip", "compression_opts": 4, "shuffle": True}
    return lambda file: file.create_dataset("data", data=data, **options)


def write_strings():
    data = texts(RECORDS)
    return lambda file: file.create_dataset("data", data=data, dtype=h5py.string_dtype())


def append_strings(file):
    options = {"maxshape": (None,), "chunks": (1000,), "dtype": h5py.string_dtype()}
    dataset = file.create_dataset("data", shape=(0,), **options)
    for i in range(10_000):
        dataset.resize(i + 1, axis=0)
        dataset[i] = f"line {i} of the log"


def write_sequences():
    data = sequences()
    return lambda file: file.create_dataset("data", data=data, dtype=h5py.vlen_dtype("<i4"))


def write_columns():
    columns = {
        "id": np.arange(RECORDS, dtype="<i4"),
        "x": np.arange(RECORDS) / 2,
        "name": np.array([f"n{i % 10_000}".encode() for i in range(RECORDS)], dtype="S8"),
    }

    def write(file):
        data = np.empty(RECORDS, dtype=[("id", "<i4"), ("x", "<f8"), ("name", "S8")])
        for name, values in columns.items():
            data[name] = values
        file.create_dataset("data", data=data)

    return write


def write_halves():
    data = (np.arange(10_000_000) % 1000).astype("<f4")
    return lambda file: file.create_dataset("data", data=data, dtype="<f2")


WRITERS = {
    "write-strings": write_strings,
    "append-strings": lambda: append_strings,
    "write-sequences": write_sequences,
    "write-columns": write_columns,
    "write-halves": write_halves,
    "write-rows": lambda: write_rows,
    "write-small": lambda: write_small,
    "write-small-chunked": lambda: write_small_chunked,
    "write-contiguous": write_contiguous,
    "write-deflate": write_deflate,
    "pool-write": write_deflate,
}

WORKLOADS = {
    "contiguous": read_all,
    "chunked-plain": read_all,
    "chunked-deflate": read_all,
    "pool-read": read_all,
    "slices": read_slices,
    "list": list_objects,
    "strings": lambda file: len(file["data"].asstr()[...]),
    "sequences": lambda file: len(file["data"][...]),
    "names-earliest": list_names,
    "names-latest": list_names,
    "open-earliest": open_members,
    "open-latest": open_members,
}
for index in INDEXES:
    WORKLOADS[f"random-{index}"] = read_random
    WORKLOADS[f"all-{index}"] = read_all


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


# As in workloads.mjs.
FILES_MEMORY = ("write-contiguous",)


def main(arguments):
    if arguments[0] == "make":
        libver = "latest" if is_latest(arguments[1]) else "earliest"
        with h5py.File(arguments[2], "w", libver=libver) as file:
            MAKERS[arguments[1]](file)
        return
    name, path, *before = arguments
    for each in before:
        with h5py.File(each, "r") as file:
            WORKLOADS[name](file)
    write = WRITERS[name]() if name in WRITERS else None
    if name in FILES_MEMORY:
        with h5py.File(path, "w") as file:
            write(file)
    if write is not None and os.path.exists(path):
        os.remove(path)
    resident_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    processor = processor_seconds()
    start = time.perf_counter()
    with h5py.File(path, "r" if write is None else "w") as file:
        check = WORKLOADS[name](file) if write is None else write(file)
    seconds = time.perf_counter() - start
    processor = processor_seconds() - processor
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident_before) * 1024
    if write is not None:
        check = round(math.log10(os.path.getsize(path)) * 20)
    print(json.dumps({"seconds": seconds, "processorSeconds": processor, "peakBytes": peak, "check": check}))


main(sys.argv[1:])
