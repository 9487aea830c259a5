/**
 * File drivers. C: `H5FD`.
 *
 * In the C library these are identifiers of type 8 (`H5I_VFL`) whose 64 bits no double holds; here they are numbered as
 * all identifiers are (see object-id.ts).
 */
import { onionNameOf, onionRevisionCount, requireOnion } from "../engine/onion-files.ts";
import { guarded, record } from "./api-error.ts";
import { bytesAtPath } from "./file-finder.ts";

const FIRST_DRIVER = 8 * 2 ** 44;

/** One ordinary file. */
export const SEC2 = FIRST_DRIVER;
/** A file in memory. */
export const CORE = FIRST_DRIVER + 1;
/** A file in members of equal size. */
export const FAMILY = FIRST_DRIVER + 2;
/** One ordinary file, with a log of what is done to it, which is not kept here. */
export const LOG = FIRST_DRIVER + 3;
/** A file in members by kinds of memory; also what a split file is. */
export const MULTI = FIRST_DRIVER + 4;
/** A revision of a file, kept beside it. */
export const ONION = FIRST_DRIVER + 8;
/** One ordinary file. */
export const STDIO = FIRST_DRIVER + 5;
/** Not available on any platform here. */
export const WINDOWS = -1;
/** Not available on any platform here. */
export const DIRECT = -1;

/** Kinds of file memory. C: `H5FD_mem_t`. */
export const MEM_DEFAULT = 0;
export const MEM_SUPER = 1;
export const MEM_BTREE = 2;
export const MEM_DRAW = 3;
export const MEM_GHEAP = 4;
export const MEM_LHEAP = 5;
export const MEM_OHDR = 6;
export const MEM_NTYPES = 7;

/** How many revisions of a file are kept beside it, the original aside. C: `H5FDonion_get_revision_count`. */
export function onionRevisions(name: string): number {
  return guarded(record("H5FDonion_get_revision_count", "VFL", "CANTOPENFILE", "unable to get revision count"), () => {
    const onion = requireOnion(name, bytesAtPath(onionNameOf(name), "read"));
    try {
      return onionRevisionCount(onion);
    } finally {
      onion.close();
    }
  });
}
