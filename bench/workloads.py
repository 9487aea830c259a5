"""The h5py side of the workloads: python3 bench/workloads.py NAME FILE, or `make NAME FILE` for the file it reads."""

import json
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


MAKERS = {
    "contiguous": make_contiguous,
    "chunked-plain": make_chunked,
    "chunked-deflate": lambda file: make_chunked(file, compression="gzip", compression_opts=4, shuffle=True),
    "slices": make_chunked,
    "list": make_list,
}


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


WORKLOADS = {
    "contiguous": read_all,
    "chunked-plain": read_all,
    "chunked-deflate": read_all,
    "slices": read_slices,
    "list": list_objects,
}


def main(arguments):
    if arguments[0] == "make":
        with h5py.File(arguments[2], "w") as file:
            MAKERS[arguments[1]](file)
        return
    name, path = arguments
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with h5py.File(path, "r") as file:
        check = WORKLOADS[name](file)
    seconds = time.perf_counter() - start
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(json.dumps({"seconds": seconds, "peakBytes": peak, "check": check}))


main(sys.argv[1:])
