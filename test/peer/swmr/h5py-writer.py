"""Writes records with h5py's SWMR mode for whoever reads along. Arguments: FILE RECORDS BATCH OPTIONS (see record-stream.ts)."""
import glob
import json
import os
import sys
import time

import h5py
import numpy as np

COLUMNS = 4
CHUNK_ROWS = 32

path, records, batch, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
pause = options.get("pause", 0) / 1000
filters = {}
if "gzip" in options["filters"]:
    filters["compression"] = "gzip"
    filters["compression_opts"] = 1
for name in ("shuffle", "fletcher32"):
    if name in options["filters"]:
        filters[name] = True

f = h5py.File(path, "w", libver="latest")
dataset = f.create_dataset(
    "records",
    (0, COLUMNS),
    "<i8",
    maxshape=(None, COLUMNS) if options["index"] == "ext" else (None, None),
    chunks=(CHUNK_ROWS, COLUMNS),
    **filters,
)
f.swmr_mode = True
mark = os.open(path + ".flushed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
os.pwrite(mark, b"%016d" % 0, 0)
while len(glob.glob(glob.escape(path) + ".reader.*")) < options.get("readers", 0):
    time.sleep(0.002)
start = 0
while start < records:
    stop = min(start + batch, records)
    n = np.arange(start, stop, dtype=np.int64)
    dataset.resize(stop, axis=0)
    dataset[start:stop] = np.stack([n, (n * 0x9E3779B1) & 0xFFFFFFFF, ~n, n ^ 0x5555555555], axis=1)
    dataset.flush()
    start = stop
    os.pwrite(mark, b"%016d" % start, 0)
    if pause > 0:
        time.sleep(pause)
f.close()
os.close(mark)
print(json.dumps({"written": records}))
