/** Links and attributes in the order that iteration asks for. */
import { HDF5Error } from "../base/errors.ts";
import { compareNames } from "../engine/names.ts";

/** Directions of iteration. C: `H5_iter_order_t`. */
export const ITER_INC = 0;
export const ITER_DEC = 1;
export const ITER_NATIVE = 2;

/** What iteration goes by. C: `H5_index_t`. */
export const INDEX_NAME = 0;
export const INDEX_CRT_ORDER = 1;

/** In which order links, attributes or objects are walked. */
export interface Ordering {
  /** `h5.INDEX_NAME` (default) or `h5.INDEX_CRT_ORDER`. */
  readonly idxType?: number;
  /** `h5.ITER_INC` (default), `ITER_DEC` or `ITER_NATIVE`. */
  readonly order?: number;
}

interface Named {
  readonly name: string;
  readonly creationOrder: number | undefined;
}

/** Items by name or by creation, up or down. @throws HDF5Error when creation was to count and is not tracked. */
export function ordered<T extends Named>(items: readonly T[], ordering: Ordering, untracked: string): T[] {
  const sorted = [...items];
  if (ordering.idxType === INDEX_CRT_ORDER) {
    if (sorted.some(({ creationOrder }) => creationOrder === undefined)) throw new HDF5Error("argument", untracked);
    sorted.sort((a, b) => (a.creationOrder as number) - (b.creationOrder as number));
  } else {
    sorted.sort((a, b) => compareNames(a.name, b.name));
  }
  return ordering.order === ITER_DEC ? sorted.reverse() : sorted;
}
