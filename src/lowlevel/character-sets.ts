/** Character sets of strings and names. C: `H5T_cset_t`. */

export const CSET_ASCII = 0;
export const CSET_UTF8 = 1;
