"""Follows a writer with h5py's SWMR mode. Arguments: FILE RECORDS BATCH OPTIONS (see record-stream.ts)."""
import json
import os
import sys
import time

import h5py
import numpy as np

COLUMNS = 4
AGAIN = 64

path, records, batch, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
patience = options.get("patience", 20000) / 1000


def read_mark():
    try:
        with open(path + ".flushed") as f:
            text = f.read()
    except FileNotFoundError:
        return None
    return int(text) if len(text) == 16 else None


def wanted(start, stop):
    n = np.arange(start, stop, dtype=np.int64)
    return np.stack([n, (n * 0x9E3779B1) & 0xFFFFFFFF, ~n, n ^ 0x5555555555], axis=1)


def check(found, start):
    right = wanted(start, start + len(found))
    wrong = np.nonzero((found != right).any(axis=1))[0]
    if len(wrong):
        i = wrong[0]
        sys.exit(f"record {start + i} is {found[i].tolist()}, expected {right[i].tolist()}")


begin = time.monotonic()
while read_mark() is None:
    if time.monotonic() - begin > 60:
        sys.exit("the writer does not begin")
    time.sleep(0.002)

f = h5py.File(path, "r", libver="latest", swmr=True)
dataset = f["records"]
open(f"{path}.reader.{os.getpid()}", "w").close()
seen = 0
refreshes = 0
ended = "whole"
changed = time.monotonic()
while seen < records:
    mark = read_mark()
    dataset.refresh()
    refreshes += 1
    rows, columns = dataset.shape
    if columns != COLUMNS:
        sys.exit(f"{columns} columns")
    if rows < mark:
        sys.exit(f"{rows} records after {mark} were flushed")
    if rows < seen:
        sys.exit(f"{rows} records after {seen} were seen")
    if rows > seen:
        start = max(0, seen - AGAIN)
        check(dataset[start:rows], start)
        seen = rows
        changed = time.monotonic()
    elif time.monotonic() - changed > patience:
        ended = "quiet"
        break
    else:
        time.sleep(0.001)
check(dataset[:], 0)
print(json.dumps({"seen": seen, "refreshes": refreshes, "ended": ended}))
