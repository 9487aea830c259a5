// `h5ts/read` and `h5ts/core`: what is known of programs that use them. A test fails for an assumption about what is nowhere in
// the sources: what has another name by now must get it here too.
import { ShakenProgram } from "./shaken-program.mjs";

/** Files are open for reading, so that nothing is ever changed in memory. */
const READING = {
  values: {
    "OpenFileOptions.writable": undefined,
    "H5File.writable": false,
    "FileStorage.writable": false,
    "FileStorage.hasDirty": false,
    "StructureCache.hasChanged": false,
    "openFile(mode)": "r",
    "withCacheImage(writable)": false,
    // Nothing is mounted.
    "unmountAll()": undefined,
  },
  unreachable: ["KeptSuperblock.leaveAsFlushed", "FileStorage.writeThrough"],
};

export const reader = new ShakenProgram({
  entries: ["read/index.ts", "read/members.ts"],
  assumptions: {
    values: {
      ...READING.values,
      "Entry.dirty": false,
      "ChunkCache.pending": undefined,
      "HeldChunk.isChanged": false,
      "ObjectTable.evictsOnClose": false,
      "partsOfFile(writable)": false,
      "conversion(direction)": "read",
      // There are no lists of properties, and no conversions of a program's own.
      "withLinkAccessList(lapl)": null,
      "LinkedFileOptions.elinkMode": undefined,
      "LinkedFileOptions.elinkSwmr": undefined,
      "LinkedFileOptions.elinkLocking": undefined,
      "TransferOptions.transform": undefined,
      "ElementContext.watcher": undefined,
      "findCustomConversion()": undefined,
      // Files are those of the platform, whole or in memory; members and sources of others are found by what the file says.
      "bytesAtPath(mode)": "read",
      "bytesFrom(mode)": "read",
      "driverInfoIn()": undefined,
      // Elements keep their heap objects.
      "DescribedDataset.ownsHeapObjects": false,
      "FillRule.own": undefined,
    },
    unreachable: [
      ...READING.unreachable,
      // Files are opened, and their objects held, by `src/read`.
      "openInMode",
      "RegionProxy.get",
      // What is converted on reading is never stored.
      "GlobalHeap.insert",
    ],
  },
  // Of dataspaces, users of the reader have the members that `src/read/members.ts` names.
  withheldClasses: ["SpaceID"],
  // By which the facade reaches what is behind it.
  withheldNames: ["handle"],
});

export const core = new ShakenProgram({
  entries: ["core/index.ts"],
  assumptions: {
    values: {
      ...READING.values,
      // Nobody writes to the file meanwhile.
      "FileReadsOptions.isChanging": false,
      "ReadAttempts.most": 1,
      // Virtual datasets are not put together.
      "DescribedDataset.virtual": undefined,
      // To be small counts for more than to be fast: heap objects are viewed, the runtime's zlib is used as it is.
      "ElementContext.locateHeapObject": undefined,
      "readyInflate()": undefined,
      // Times of numpy's are bytes.
      "numpyTimeOf()": undefined,
    },
    unreachable: [
      ...READING.unreachable,
      "ReadAttempts.repeat",
      // Links out of the file are refused before they are followed.
      "OtherFiles.linked",
    ],
  },
});
