"""The netCDF-4 library beside h5ts: makes a file, changes it, and tells what is in one. usage: netcdf.py make|change|tell FILE"""
import json
import sys

import netCDF4
import numpy as np


def make(path):
    with netCDF4.Dataset(path, "w") as file:
        file.title = "Grüße"
        file.createDimension("time", None)
        file.createDimension("x", 5)
        file.createVariable("time", "f8", ("time",))[0:10] = np.arange(10) / 2
        temperature = file.createVariable(
            "temperature", "f4", ("time", "x"), zlib=True, shuffle=True, fletcher32=True, fill_value=-1
        )
        temperature[0:10, :] = np.arange(50).reshape(10, 5)
        temperature.units = "K"
        names = file.createVariable("names", str, ("x",))
        names[:] = np.array(list("abcde"), dtype=object)
        pair = file.createCompoundType(np.dtype([("a", "i4"), ("b", "f8", (2,))]), "pair")
        file.createVariable("pairs", pair, ("x",))[:] = np.array([(i, (i, -i)) for i in range(5)], pair.dtype)
        ragged = file.createVariable("ragged", file.createVLType("i4", "row"), ("x",))
        for i in range(5):
            ragged[i] = np.arange(i, dtype="i4")
        flags = file.createEnumType("u1", "flag", {"no": 0, "yes": 1})
        file.createVariable("flags", flags, ("x",), fill_value=0)[:] = [0, 1, 0, 1, 0]
        file.createGroup("inner").createVariable("counts", "i8", ("time",))


def change(path):
    with netCDF4.Dataset(path, "a") as file:
        step = len(file.dimensions["time"])
        file["temperature"][step, :] = 7
        file["names"][0] = "changed by netCDF"
        file.createVariable(f"added{step}", "i2", ("x",))[:] = np.arange(5)
        file["temperature"].note = f"step {step}"


def plain(value):
    if isinstance(value, np.ma.MaskedArray):
        value = value.filled()
    if isinstance(value, np.ndarray):
        return [plain(each) for each in value] if value.ndim else plain(value[()])
    if isinstance(value, np.void):
        return [plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def contents(group):
    variables = {
        name: {
            "dimensions": list(variable.dimensions),
            "attributes": {key: plain(variable.getncattr(key)) for key in variable.ncattrs()},
            "values": plain(variable[:]),
        }
        for name, variable in group.variables.items()
    }
    return {
        "attributes": {key: plain(group.getncattr(key)) for key in group.ncattrs()},
        "dimensions": {name: [len(each), each.isunlimited()] for name, each in group.dimensions.items()},
        "variables": variables,
        "groups": {name: contents(each) for name, each in group.groups.items()},
    }


def tell(path):
    with netCDF4.Dataset(path) as file:
        print(json.dumps(contents(file)))


{"make": make, "change": change, "tell": tell}[sys.argv[1]](sys.argv[2])
