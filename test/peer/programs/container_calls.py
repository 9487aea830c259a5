"""What groups and attributes do as mappings, and calls that concern several files, for peer.py."""
import os

import h5py
import numpy as np

from values import class_of, info, plain, read_value, storage_of, value_of

FILE_OPTIONS = {
    "userblockSize": "userblock_size", "fsStrategy": "fs_strategy", "fsPersist": "fs_persist", "fsThreshold": "fs_threshold",
    "fsPageSize": "fs_page_size", "rdccNbytes": "rdcc_nbytes", "alignmentThreshold": "alignment_threshold",
    "alignmentInterval": "alignment_interval",
}
ACCESS_OPTIONS = ("rdccNbytes", "alignmentThreshold", "alignmentInterval")
COPY_FLAGS = {
    "name": "name", "shallow": "shallow", "expandSoft": "expand_soft", "expandExternal": "expand_external",
    "expandRefs": "expand_refs", "withoutAttrs": "without_attrs",
}


def copy_flags(flags):
    return {COPY_FLAGS[name]: value for name, value in flags.items()}


class ContainerCalls:
    """Calls as methods of the same names, of a session that has `file`, `path`, `libver`, `access` and `attrs`."""

    def reopen(self, call):
        self.file.close()
        mode = call.get("mode", "r+")
        if mode == "x":
            try:
                h5py.File(self.path, mode)
                return "made"
            except Exception as error:
                mode = type(error).__name__
        self.file = h5py.File(self.path, "r+" if mode not in ("r", "a") else mode, libver=self.libver, **self.access)
        return [mode, self.file.mode, self.file.userblock_size, list(self.file.libver)]

    def group(self, call):
        found = self.file[call["path"]]
        if not isinstance(found, h5py.Group):
            raise TypeError("not a group")
        return found

    def items(self, call):
        return [[name, class_of(each)] for name, each in self.group(call).items()]

    def popItem(self, call):
        name, each = self.group(call).popitem()
        return [name, class_of(each)]

    def clear(self, call):
        # Python's way would end, without a word, with the first link that leads nowhere.
        group = self.group(call)
        for name in list(group):
            del group[name]

    def relations(self, call):
        thing = self.file[call["path"]]
        parent = thing.parent
        again = self.file[thing.name]
        return [parent.name, thing == again, thing != again, thing == parent, hash(thing) == hash(again), bool(thing),
                self.file[thing.ref].name, thing.file == self.file, thing.name in self.file]

    def pop(self, call):
        fallback = ["fallback"] if call["fallback"] else []
        found = self.group(call).pop(call["name"], *fallback)
        return found if isinstance(found, str) else class_of(found)

    def update(self, call):
        self.group(call).update({name: value_of(value, self.file) for name, value in call["values"]})

    def setDefault(self, call):
        group = self.group(call)
        group.setdefault(call["name"], value_of(call["value"], self.file))
        return info(group[call["name"]], self.file)

    def visitUntil(self, call):
        found = []

        def visit(name):
            found.append(name)
            return name if len(found) == call["count"] else None

        return [self.group(call).visit(visit), found]

    def attrItems(self, call):
        attrs = self.attrs(call)
        return [[name, read_value(value, self.file, attrs.get_id(name).dtype)] for name, value in attrs.items()]

    def attrPopItem(self, call):
        return self.attrs(call).popitem()[0]

    def attrClear(self, call):
        self.attrs(call).clear()

    def attrUpdate(self, call):
        self.attrs(call).update({name: value_of(value, self.file) for name, value in call["values"]})

    def attrSetDefault(self, call):
        attrs = self.attrs(call)
        attrs.setdefault(call["name"], value_of(call["value"], self.file))
        return read_value(attrs[call["name"]], self.file, attrs.get_id(call["name"]).dtype)

    def anonymous(self, call):
        if "options" in call:
            made = self.file.create_dataset(None, **storage_of(call["options"], self.file))
        else:
            made = self.file.create_group(None)
        before = made.name
        self.file[call["path"]] = made
        return [before, info(self.file[call["path"]], self.file)]

    def scale(self, call):
        return self.file[call["path"]].dims[call["axis"]][call["which"]].name

    def burst(self, call):
        what = call["what"]
        thing = self.file[call["path"]] if what == "attributes" else self.group(call)
        for i in range(call["count"]):
            name = f"{what}{i}"
            if what == "groups":
                thing.create_group(name)
            elif what == "datasets":
                thing.create_dataset(name, data=np.arange(i, dtype="<i4"))
            elif what == "softLinks":
                thing[name] = h5py.SoftLink(f"/{what}{i}")
            else:
                thing.attrs[name] = np.arange(i, dtype="<i4")
        return len(thing.attrs if what == "attributes" else thing)

    def prune(self, call):
        what = call["what"]
        container = self.attrs(call) if what == "attributes" else self.group(call)
        for i in range(0, call["count"], call["every"]):
            del container[f"{what}{i}"]
        return len(container)

    def other(self):
        return h5py.File(os.path.join(os.path.dirname(self.path), "other.h5"), "a", libver=self.libver)

    def copyOut(self, call):
        with self.other() as other:
            self.file.copy(call["path"], other, **copy_flags({"name": call["to"], **call["flags"]}))
            return list(other)

    def copyIn(self, call):
        with self.other() as other:
            self.file.copy(other[call["path"]], self.file, **copy_flags({"name": call["to"], **call["flags"]}))
            return list(other)
