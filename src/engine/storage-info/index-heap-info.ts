/** Space beside object headers: what finds things, and what holds them. C: `H5_ih_info_t`. */
export interface IndexHeapInfo {
  /** Bytes of B-trees, lists and arrays. */
  readonly indexByteLength: number;
  /** Bytes of heaps. */
  readonly heapByteLength: number;
}

export const NO_INDEX_OR_HEAP: IndexHeapInfo = { indexByteLength: 0, heapByteLength: 0 };
