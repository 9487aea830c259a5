"""Answers, for each file named in a request, what an h5py SWMR reader finds in it: rows per dataset, all of them right."""
import json
import sys

import h5py
import numpy as np


def look(path, swmr):
    with h5py.File(path, "r", libver="latest", swmr=swmr) as f:
        rows = []
        for name in sorted(f):
            found = f[name][...]
            n = np.arange(found.size, dtype=np.int64)
            right = 1 + ((n * 0x9E3779B1) & 0x3FFFFFFF)
            if (found.reshape(-1) != right).any():
                return {"error": f"{name}: {found.tolist()}"}
            rows.append(len(found))
        return {"result": rows}


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = look(request["path"], request["swmr"])
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
