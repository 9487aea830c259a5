/** What belongs to no module: order of iteration, versions. h5py: `h5py.h5`. */

/** Directions of iteration. C: `H5_iter_order_t`. */
export const ITER_INC = 0;
export const ITER_DEC = 1;
export const ITER_NATIVE = 2;

/** What iteration goes by. C: `H5_index_t`. */
export const INDEX_NAME = 0;
export const INDEX_CRT_ORDER = 1;

/** The version of the C library whose behaviour and defaults are followed here. C: `H5get_libversion`. */
export function getLibversion(): [number, number, number] {
  return [1, 10, 8];
}
