/** What holds the values that are printed or exported, and the pieces it is read in. */
import { product } from "../../base/bits.ts";
import type { Attribute } from "../../engine/attribute-values.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { type Selection, selectBox } from "../../engine/selection/selection.ts";
import type { Dataspace } from "../../format/dataspace.ts";
import type { Datatype } from "../../format/datatype.ts";
import type { FullSubset } from "./subset.ts";

/** What holds the values. */
export interface DataHolder {
  readonly file: H5File;
  readonly datatype: Datatype;
  readonly dataspace: Dataspace;
  /** The dataset; undefined for an attribute, whose bytes are `bytes`. */
  readonly dataset: DatasetObject | undefined;
  readonly bytes: Uint8Array | undefined;
}

export function datasetHolder(dataset: DatasetObject): DataHolder {
  const { file, datatype, dataspace } = dataset;
  return { file, datatype, dataspace, dataset, bytes: undefined };
}

export function attributeHolder(file: H5File, attribute: Attribute): DataHolder {
  const { datatype, dataspace, bytes } = attribute;
  return { file, datatype, dataspace, dataset: undefined, bytes };
}

/** How a block's lines look besides the session's style. */
export interface DataOptions {
  readonly indices: boolean;
  readonly characters: boolean;
  readonly subset: FullSubset | undefined;
}

/** Bytes that are read and printed at a time. */
const PIECE_BYTES = 4 << 20;

/** The dataset in boxes of whole rows, each a run of elements in storage order. */
export function* rowPieces(
  dims: readonly number[],
  elementSize: number,
): Generator<{ selection: Selection; first: number }> {
  // Trailing dimensions that fit into a piece are taken whole; the one before them is cut.
  let cut = dims.length - 1;
  let innerBytes = elementSize;
  while (cut > 0 && innerBytes * (dims[cut] as number) <= PIECE_BYTES) innerBytes *= dims[cut--] as number;
  const step = Math.max(1, Math.floor(PIECE_BYTES / innerBytes));
  const total = product(dims);
  const inner = innerBytes / elementSize;
  const start = dims.map(() => 0);
  for (let first = 0; first < total; ) {
    const extent = Math.min(step, (dims[cut] as number) - (start[cut] as number));
    const counts = dims.map((dim, i) => (i < cut ? 1 : i === cut ? extent : dim));
    yield { selection: selectBox(dims, start, counts), first };
    first += extent * inner;
    start[cut] = (start[cut] as number) + extent;
    for (let i = cut; i > 0 && start[i] === dims[i]; i--) {
      start[i] = 0;
      start[i - 1] = (start[i - 1] as number) + 1;
    }
  }
}
