/**
 * File drivers. C: `H5FD`.
 *
 * In the C library these are identifiers of type 8 (`H5I_VFL`) whose 64 bits no double holds; here they are numbered as
 * all identifiers are (see object-id.ts).
 */
const FIRST_DRIVER = 8 * 2 ** 44;

/** One ordinary file. */
export const SEC2 = FIRST_DRIVER;
/** A file in memory. */
export const CORE = FIRST_DRIVER + 1;
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
