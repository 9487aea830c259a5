/** Views of a dataset that read it as something else: another datatype, text, some members. h5py: `AbstractView`. */

import { encodeUtf8 } from "../base/text.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { Datatype } from "../format/datatype.ts";
import { isVariableString } from "../format/datatype-questions.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { DatasetReadOptions } from "./dataset.ts";
import { nested, READ_OPTIONS } from "./decode-value.ts";
import { type DtypeLike, datatypeFrom } from "./dtype.ts";
import { requireMembers, selectFields } from "./field-names.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";
import { type NDArray, ndarray } from "./ndarray.ts";
import type { SelectionArguments } from "./selections.ts";
import { type DecodeErrors, type TextCodec, textCodec } from "./text-codecs.ts";

export const DATASET_READ_OPTIONS: OptionNames<DatasetReadOptions> = { ...READ_OPTIONS, dtype: true };

/** What views need of a dataset, of whatever dtype. */
export interface ViewedDataset {
  readonly datatype: Datatype;
  readonly ndim: number;
  readonly shape: number[] | null;
  readonly size: number | null;
  len(): number;
  read<T>(selection?: SelectionArguments, options?: DatasetReadOptions): T;
  readFields<T>(
    names: readonly string[],
    selection?: SelectionArguments,
    options?: DatasetReadOptions & { readonly asRecords?: boolean },
  ): T;
}

/** What all views have of their dataset. */
export abstract class AbstractView<T = NDArray> {
  protected readonly dataset: ViewedDataset;

  constructor(dataset: ViewedDataset) {
    this.dataset = dataset;
  }

  /** The datatype of what is read, in numpy's words. */
  abstract get dtype(): string;

  /** Number of dimensions of the dataset. */
  get ndim(): number {
    return this.dataset.ndim;
  }

  /** Elements a dimension of the dataset; null where it has no elements. */
  get shape(): number[] | null {
    return this.dataset.shape;
  }

  /** Elements in all; null where there are none. */
  get size(): number | null {
    return this.dataset.size;
  }

  /** The first dimension. @throws TypeError for a scalar. */
  len(): number {
    return this.dataset.len();
  }

  /** Selected elements; see `Dataset.read`. */
  abstract read<R = T>(selection?: SelectionArguments, options?: DatasetReadOptions): R;
}

/** Reads as another datatype. h5py: `AsTypeView`. */
export class AsTypeView<T = NDArray> extends AbstractView<T> {
  readonly #datatype: Datatype;

  /** @throws TypeError "data type 'x' not understood". */
  constructor(dataset: ViewedDataset, dtype: DtypeLike) {
    super(dataset);
    this.#datatype = datatypeFrom(dtype);
  }

  get dtype(): string {
    return dtypeText(this.#datatype);
  }

  read<R = T>(selection?: SelectionArguments, options: DatasetReadOptions = {}): R {
    requireKnown(options, DATASET_READ_OPTIONS, "read");
    return this.dataset.read<R>(selection, { ...options, dtype: this.#datatype });
  }
}

const AS_ARRAY = { as: "array" } as const;
const AS_TEXT = { strings: "text" } as const;

/** Reads strings as text in an encoding. h5py: `AsStrView`. */
export class AsStrView<T = NDArray<string[]>> extends AbstractView<T> {
  /** Python's name of it. */
  readonly encoding: string;
  /** What becomes of bytes that are no text in {@link encoding}. */
  readonly errors: DecodeErrors;
  readonly #decode: TextCodec;

  /**
   * @param encoding - Default: that of the datatype, `"ascii"` or `"utf-8"`.
   * @throws TypeError for a dataset of something else than strings.
   */
  constructor(dataset: ViewedDataset, encoding?: string, errors: DecodeErrors = "strict") {
    super(dataset);
    const { datatype } = dataset;
    const isText = datatype.class === "string" || isVariableString(datatype);
    if (!isText) {
      const text = "dset.asstr() can only be used on datasets with an HDF5 string datatype";
      throw plainError("TypeError", text);
    }
    this.encoding = encoding ?? (datatype.characterSet === "utf-8" ? "utf-8" : "ascii");
    this.errors = errors;
    this.#decode = textCodec(this.encoding, errors);
  }

  get dtype(): string {
    return "|O";
  }

  /** @throws UnicodeDecodeError for bytes that are no such text, unless `errors` has another way. */
  read<R = T>(selection?: SelectionArguments, options: DatasetReadOptions = {}): R {
    requireKnown(options, DATASET_READ_OPTIONS, "read");
    if (options.as === "dataview") return this.dataset.read<R>(selection, options);
    const read = this.dataset.read<unknown>(selection, {
      ...options,
      ...(options.as === "nested" ? AS_ARRAY : {}),
      ...(options.strings === "bytes" ? AS_TEXT : {}),
    });
    if (typeof read === "string") return this.#text(read) as R;
    const { data, shape } = read as NDArray<string[]>;
    const texts = data.map((text) => this.#text(text));
    return (options.as === "nested" ? nested(texts, shape, 0, 0) : ndarray(texts, shape)) as R;
  }

  /** Reading has kept the bytes that are no UTF-8, so encoding gives all of them back. */
  #text(read: string): string {
    return this.#decode(encodeUtf8(read));
  }
}

/** Reads chosen members of a compound datatype. h5py: `FieldsView`. */
export class FieldsView<T = NDArray> extends AbstractView<T> {
  readonly #names: readonly string[];
  readonly #asRecords: boolean;

  /**
   * @param names - One name: values are the member's. A list: values are records of these members.
   * @throws ValueError "Field names only allowed for compound types".
   */
  constructor(dataset: ViewedDataset, names: string | readonly string[]) {
    super(dataset);
    this.#names = typeof names === "string" ? [names] : names;
    this.#asRecords = typeof names !== "string";
    requireMembers(dataset.datatype, this.#names);
  }

  get dtype(): string {
    return dtypeText(selectFields(this.dataset.datatype, this.#names, this.#asRecords).datatype);
  }

  read<R = T>(selection?: SelectionArguments, options: DatasetReadOptions = {}): R {
    requireKnown(options, DATASET_READ_OPTIONS, "read");
    if (this.#names.length === 0 && this.shape !== null)
      throw plainError("ValueError", "Size must be positive (size must be positive)");
    return this.dataset.readFields<R>(this.#names, selection, { ...options, asRecords: this.#asRecords });
  }
}
