import { product } from "../base/bits.ts";
import { allocateBytes } from "../base/memory.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { expandShape, repeatElements, requireElements } from "../engine/selection/broadcast.ts";
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import { printedShape } from "../engine/selection/index-errors.ts";
import type { NumpySelection } from "../engine/selection/numpy-selection.ts";
import { selectedCount } from "../engine/selection/selection.ts";
import type { Datatype } from "../format/datatype.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { readBox, readPacked, refreshDataset } from "../lowlevel/dataset-reading.ts";
import { elementContextOf, withStaging } from "../lowlevel/element-context.ts";
import * as h5ds from "../lowlevel/h5ds.ts";
import { bytesOf } from "../lowlevel/memory-type.ts";
import { isDatasetHandle, type OpenObject } from "../lowlevel/open-object.ts";
import type { RegionReference } from "../lowlevel/reference.ts";
import { kindOf, requireFlags } from "./argument-checks.ts";
import { ChunkIterator } from "./chunk-iterator.ts";
import { opened } from "./closed-error.ts";
import { type Column, type ColumnTable, columnOf, type Elements, memberColumns } from "./columns.ts";
import { type ReadPacked, readAs } from "./converted-reading.ts";
import { DatasetProperties } from "./dataset-properties.ts";
import { AsStrView, AsTypeView, DATASET_READ_OPTIONS, FieldsView } from "./dataset-views.ts";
import { type ReadOptions, readValue } from "./decode-value.ts";
import { DimensionManager } from "./dimensions.ts";
import {
  DIRECT_SELECTIONS,
  type DirectArray,
  type DirectSelections,
  readDirect,
  writeDirect,
} from "./direct-transfer.ts";
import { type DtypeLike, datatypeFrom, dtypeCode } from "./dtype.ts";
import type { Rank, ReadResult } from "./dtype-types.ts";
import { Empty } from "./empty.ts";
import { encodeValue, plainNumbers } from "./encode-value.ts";
import {
  compoundOf,
  type FieldSelection,
  requireMembers,
  requireNoNames,
  selectFields,
  splitArguments,
} from "./field-names.ts";
import { FOLLOW_OPTIONS, type FollowOptions, follow, type Growth } from "./follow.ts";
import { baseName } from "./hl-object.ts";
import { requireKnown } from "./known-options.ts";
import type { NDArray } from "./ndarray.ts";
import { readTargetOf, requireWhole, type SelectionArguments, targetOf } from "./selections.ts";
import type { DecodeErrors } from "./text-codecs.ts";

/** How elements are read. */
export interface DatasetReadOptions extends ReadOptions {
  /** Elements are converted to this datatype instead of the one that follows from the file's. h5py: `astype`. */
  readonly dtype?: DtypeLike;
}

const FIELD_READ_OPTIONS = { ...DATASET_READ_OPTIONS, asRecords: true };

const NO_OPTIONS: DatasetReadOptions = {};

/**
 * A dataset: elements of one datatype in an array of any rank, with attributes. h5py: `Dataset`.
 *
 * Once the dataset or its file is closed, what needs the file throws ValueError `"closed"` ("Not a file id (Not a file
 * id)").
 *
 * @typeParam D - The dtype, where the code tells it: `createDataset("x", { dtype: "<f4", shape: [3] })` gives a
 *   `Dataset<"<f4">`, whose `read()` gives a `Float32Array`.
 * @typeParam S - Whether it is a scalar, whose `read()` gives the bare element.
 */
export class Dataset<D = string, S extends Rank = "array"> extends DatasetProperties {
  /** @throws ValueError for a handle that is not of a dataset. */
  constructor(id: DatasetID | OpenObject<DatasetObject>) {
    if (!isDatasetHandle(id)) throw plainError("ValueError", `${String(id)} is not a DatasetID`);
    super(id);
  }

  /**
   * Selected elements.
   *
   * @param selection - See {@link SelectionArguments}: a number or `slice` a dimension, text such as `"0:10, ::2"`, masks,
   *   points, names of a compound's members, a region reference. Default: everything.
   * @returns `{ data, shape, stride }`; a single element bare when every dimension is indexed by a number or the dataset
   *   is a scalar; `Empty` without elements. The compiler knows the array of a whole dataset whose dtype it knows; otherwise
   *   `T` says what the caller expects, which is not checked.
   * @throws IndexError, ValueError, TypeError in h5py's words for a selection that makes no sense; TypeError for an option
   *   that there is none of; OSError "Can't read data (…)".
   */
  read<const O extends DatasetReadOptions>(selection: SelectionArguments, options: O): ReadResult<D, S, O>;
  read<T = ReadResult<D, S, object>>(selection?: SelectionArguments, options?: DatasetReadOptions): T;
  read(selection?: SelectionArguments, options: DatasetReadOptions = NO_OPTIONS): unknown {
    const box = options === NO_OPTIONS ? readBox(this.handle, selection) : undefined;
    if (box !== undefined) return box;
    if (options !== NO_OPTIONS) requireKnown(options, DATASET_READ_OPTIONS, "read");
    const { names, rest } = splitArguments(this.object.datatype, selection);
    if (names.length > 0 && this.shape === null) throw plainError("ValueError", "Empty datasets cannot be sliced");
    return this.readSelected(selectFields(this.object.datatype, names), rest, options);
  }

  /**
   * As {@link read} of members of a compound; values are records even of a single one when `asRecords`, else the
   * member's own.
   *
   * @throws ValueError for a datatype without members, or without one of those; as {@link read}.
   */
  readFields<T = NDArray>(
    names: readonly string[],
    selection?: SelectionArguments,
    options: DatasetReadOptions & { readonly asRecords?: boolean } = {},
  ): T {
    requireKnown(options, FIELD_READ_OPTIONS, "readFields");
    requireFlags(options, "asRecords");
    const { datatype } = this.object;
    requireMembers(datatype, names);
    const fields = selectFields(datatype, names, options.asRecords);
    return this.readSelected(fields, selection, options) as T;
  }

  private readSelected(fields: FieldSelection, selection: SelectionArguments, options: DatasetReadOptions): unknown {
    const { object } = this;
    const { shape } = this;
    const target = readTargetOf(shape, selection, this.handle);
    const datatype = options.dtype === undefined ? fields.datatype : datatypeFrom(options.dtype);
    if (shape === null) return new Empty(this.datatype);
    const read: ReadPacked = (bytes, memoryType) => {
      readPacked(this.handle, target.selection, { bytes, datatype: fields.inMemory(memoryType) });
    };
    return readValue({
      datatype,
      shape: target.shape,
      context: elementContextOf(object.file),
      options,
      read: (buffer, memoryType) => {
        const bytes = bytesOf(buffer);
        if (options.dtype === undefined) read(bytes, memoryType);
        else readAs({ stored: fields.datatype, wanted: datatype }, memoryType, bytes, read);
      },
    });
  }

  /**
   * Records as columns in the layout of Apache Arrow, without an object a record; see {@link Column}.
   *
   * @param selection - As for {@link read}; its elements are the rows, in row-major order. Default: everything.
   * @param names - Which members, in which order. Default: all.
   * @throws ValueError "Field names only allowed for compound types"; TypeError for a dataset without elements; as
   *   {@link read}; OverflowError for more text or elements of lists in a column than Arrow's 32-bit offsets count.
   */
  readColumns(selection?: SelectionArguments, names?: readonly string[]): ColumnTable {
    const { datatype } = this.object;
    if (datatype.class !== "compound") throw plainError("ValueError", "Field names only allowed for compound types");
    const wanted = compoundOf(datatype, names);
    const { elements, shape, context } = this.packed(wanted, selection);
    const columns = memberColumns(elements, wanted, context);
    return { length: elements.count, shape, columns: new Map(columns.map((column) => [column.name, column])) };
  }

  /** The same for elements of any datatype, as a single column. @throws as {@link readColumns}. */
  readColumn(selection?: SelectionArguments): Column {
    const { elements, context } = this.packed(this.object.datatype, selection);
    return columnOf(this.name === null ? "" : baseName(this.name), elements, context);
  }

  private packed(type: Datatype, selection: SelectionArguments) {
    const { shape } = this;
    if (shape === null) throw plainError("TypeError", "Empty datasets have no numpy representation");
    const target = readTargetOf(shape, selection, this.handle);
    const count = product(target.shape);
    const bytes = allocateBytes(count * type.size);
    if (count > 0) readPacked(this.handle, target.selection, { bytes, datatype: type });
    const elements: Elements = { bytes, byteOffset: 0, stride: type.size, count, type };
    return { elements, shape: target.shape, context: elementContextOf(this.object.file) };
  }

  /**
   * Reads into an array of the caller's, converting to its elements, as whole or in part.
   *
   * What is read is repeated where the destination is larger in a dimension of which it has one element.
   *
   * @param array - A typed array, filled in place and not kept; of one dimension unless its shape is told.
   * @throws TypeError "Can't broadcast (100,) -> (5,)", for a dataset without elements, or for what is no typed array;
   *   ValueError when `shape` does not fit `data`. h5py: `read_direct`.
   */
  readDirect(array: DirectArray, selections: DirectSelections = {}): void {
    this.requireOpen();
    requireKnown(selections, DIRECT_SELECTIONS, "readDirect");
    readDirect(this.handle, array, selections);
  }

  /**
   * The same the other way round: `source` is of the array, `destination` of the dataset.
   *
   * @throws as {@link readDirect}; OSError `"read-only"` when the file is open for reading only. h5py: `write_direct`.
   */
  writeDirect(array: DirectArray, selections: DirectSelections = {}): void {
    this.requireOpen();
    requireKnown(selections, DIRECT_SELECTIONS, "writeDirect");
    writeDirect(this.id, array, selections);
  }

  /**
   * A view that reads elements as another datatype.
   *
   * @throws TypeError "data type 'x' not understood". h5py: `astype`.
   */
  astype<const T extends DtypeLike>(dtype: T): AsTypeView<ReadResult<T, S, object>> {
    this.requireOpen();
    return new AsTypeView(this, dtype);
  }

  /**
   * A view that reads strings as text in an encoding, by default that of the datatype, and refuses what is no such text
   * unless `errors` has another way. h5py: `asstr`.
   *
   * @throws TypeError for a dataset of something else than strings; ValueError for an encoding that is not known.
   */
  asstr(encoding?: string, errors: DecodeErrors = "strict"): AsStrView {
    this.requireOpen();
    return new AsStrView(this, encoding, errors);
  }

  /**
   * A view of some members of a compound datatype; of a single name, values are the member's.
   *
   * @throws ValueError for a datatype without members, or without one of those. h5py: `fields`.
   */
  fields(names: string | readonly string[]): FieldsView {
    this.requireOpen();
    return new FieldsView(this, names);
  }

  /**
   * Slices to read and write chunk by chunk, all of the dataset or what is selected of it by slices.
   *
   * @throws as the constructor of {@link ChunkIterator}. h5py: `iter_chunks`.
   */
  iterChunks(selection?: IndexArguments): ChunkIterator {
    this.requireOpen();
    return new ChunkIterator(this, selection);
  }

  /**
   * Writes to selected elements: a value for all of them, or an array that is repeated along dimensions where it has
   * one element, as numpy does it. Into a dataset without elements nothing is written.
   *
   * @param selection - As for {@link read}; null for everything.
   * @throws TypeError "Can't broadcast (2,) -> (3,)" when shapes do not fit; OSError "Can't write data (…)",
   *   `"read-only"` when the file is open for reading only.
   */
  write(selection: SelectionArguments, value: unknown): void {
    const { object } = this;
    this.id.requireWriteIntent();
    const { datatype, dataspace } = object;
    const shape = dataspace.kind === "null" ? null : dataspace.dims;
    const split = datatype.class === "compound" ? splitArguments(datatype, selection, noSuchField) : undefined;
    if (split === undefined) requireNoNames(selection);
    const rest = split === undefined ? selection : split.rest;
    if (shape === null || shape.length === 0) requireWhole(rest);
    if (shape === null) return;
    const target = targetOf(shape, rest, this.handle);
    const numbers = plainNumbers(datatype, value, target.shape);
    if (numbers !== undefined) {
      this.id.writePacked(target.selection, numbers.bytes, numbers.memoryType);
      return;
    }
    const fields = selectFields(datatype, split?.names ?? []);
    withStaging(object.file, (context) => this.writeEncoded(fields, target, value, context));
  }

  private writeEncoded(fields: FieldSelection, target: NumpySelection, value: unknown, context: ElementContext): void {
    const encoded = encodeValue(fields.datatype, value, context);
    if (selectedCount(target.selection) === 0) return;
    // A value for an array member goes to all selected records.
    const isArray = this.object.datatype.class === "array";
    if (isArray && encoded.shape.length === 0 && target.shape.length > 0) {
      throw plainError("TypeError", "Scalar broadcasting is not supported for array dtypes");
    }
    const expanded = expandShape(target, encoded.shape);
    requireElements(target, encoded.shape);
    const { memoryType, bytes } = encoded;
    const repeated = repeatElements(bytes, memoryType.size, expanded, target.selectedShape);
    this.id.writePacked(target.selection, repeated, fields.inMemory(memoryType));
  }

  /**
   * Changes the dimensions, or one of them. New elements are fill values; those that are cut off are lost.
   *
   * Chunked datasets can be resized, and those whose elements are in other files or datasets.
   *
   * @param size - Elements of each dimension, or of dimension `axis`; without `axis` a number stands for one dimension.
   * @throws TypeError "Only chunked datasets can be resized", or for another number of dimensions; ValueError, or TypeError
   *   for what is no number, for an `axis` that is none; RuntimeError beyond `maxshape`, and `"read-only"` when the file is open for reading only. C:
   *   `H5Dset_extent`.
   */
  resize(size: number | readonly number[], axis?: number): void {
    const { kind } = this.object.layout;
    if (kind !== "chunked" && kind !== "virtual" && this.external === null) {
      throw plainError("TypeError", "Only chunked datasets can be resized");
    }
    if (axis === undefined || axis === null) {
      this.id.setExtent(typeof size === "number" ? [size] : size);
      return;
    }
    const shape = this.shape ?? [];
    if (typeof axis !== "number") {
      throw plainError("TypeError", `'>=' not supported between instances of '${kindOf(axis)}' and 'number'`);
    }
    if (!(Number.isInteger(axis) && axis >= 0 && axis < shape.length)) {
      throw plainError("ValueError", `Invalid axis (0 to ${shape.length - 1} allowed)`);
    }
    if (typeof size !== "number") throw plainError("TypeError", "Argument must be a single int if axis is specified");
    this.id.setExtent(shape.map((dim, d) => (d === axis ? size : dim)));
  }

  /** Elements of the first dimension. @throws TypeError for a scalar, or a dataset without elements. */
  len(): number {
    const { shape } = this;
    if (shape === null) throw plainError("TypeError", "object of type 'NoneType' has no len()");
    const [first] = shape;
    if (first === undefined) throw plainError("TypeError", "Attempt to take len() of scalar dataset");
    return first;
  }

  /** Rows: what `read([i])` gives for each index of the first dimension. @throws TypeError for a scalar. */
  [Symbol.iterator](): Generator<unknown> {
    const { shape } = this;
    if (shape === null) throw plainError("TypeError", "object of type 'NoneType' has no len()");
    const [first] = shape;
    if (first === undefined) throw plainError("TypeError", "Can't iterate over a scalar dataset");
    return this.rows(first);
  }

  private *rows(count: number): Generator<unknown> {
    for (let i = 0; i < count; i++) yield this.read<unknown>([i]);
  }

  /**
   * A reference to selected elements, which can be stored as a value; short for `regionref.get`.
   *
   * @throws OSError `"read-only"` when the file is open for reading only: the file keeps the selection.
   */
  regionRef(selection?: SelectionArguments): RegionReference {
    return this.regionref.get(selection);
  }

  /** Labels and scales of the dimensions. */
  get dims(): DimensionManager {
    return dimensionsOf(this.handle);
  }

  /**
   * Makes the dataset a scale, to be attached to dimensions of others.
   *
   * @param name - Of the scale; `""` unless given.
   * @throws RuntimeError for a dataset that has scales itself, or `"read-only"`. C: `H5DSset_scale`.
   */
  makeScale(name = ""): void {
    this.requireOpen();
    h5ds.setScale(this.id, name);
  }

  /**
   * Writes what was changed in this dataset, and, unless others read along (SWMR), in the rest of the file. C:
   * `H5Dflush`.
   */
  flush(): void {
    this.requireOpen();
    this.id.flush();
  }

  /**
   * Has what is known of the dataset read again from the file, which another process may have changed. Of a file opened with
   * `swmr` it costs one small read; elements and their index are read again when they are asked for.
   */
  refresh(): void {
    this.requireOpen();
    refreshDataset(this.handle);
  }

  /**
   * Waits for rows that another process appends, in a file opened with `swmr`, and tells of them.
   *
   * ```ts
   * using f = new File("log.h5", "r", { swmr: true });
   * for await (const rows of f.get("log").follow({ timeout: 60_000 })) console.log(rows.from, rows.read().data);
   * ```
   *
   * See {@link follow}, which waits for several datasets at once.
   */
  follow(options: FollowOptions = {}): AsyncGenerator<Growth<this>> {
    this.requireOpen();
    requireKnown(options, FOLLOW_OPTIONS, "follow");
    return follow([this], options);
  }

  /** `<HDF5 dataset "data": shape (100,), type "|i1">`, as h5py prints it. */
  override toString(): string {
    if (!this.isOpen) return "<Closed HDF5 dataset>";
    const { name, shape } = this;
    const text = name === null ? '("anonymous")' : `"${baseName(name) || "/"}"`;
    const printed = shape === null ? "None" : printedShape(shape);
    return `<HDF5 dataset ${text}: shape ${printed}, type "${dtypeCode(this.datatype)}">`;
  }
}

function noSuchField(name: string): string {
  return `No such field for indexing: ${name}`;
}

/** As {@link Dataset.dims}. */
export function dimensionsOf(handle: OpenObject<DatasetObject>): DimensionManager {
  return new DimensionManager(opened(handle), (scale) => new Dataset(scale));
}
