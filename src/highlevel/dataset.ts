/** A dataset: reading, writing and what it is. h5py: `Dataset`. */
import { UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { decodeElement } from "../engine/conversion/element-decoder.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { expandShape, repeatElements } from "../engine/selection/broadcast.ts";
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import { printedShape } from "../engine/selection/index-errors.ts";
import { type NumpySelection, numpySelection } from "../engine/selection/numpy-selection.ts";
import { selectedCount } from "../engine/selection/selection.ts";
import type { Datatype } from "../format/datatype.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { DatasetID } from "../lowlevel/dataset-id.ts";
import { elementContextOf, withStaging } from "../lowlevel/element-context.ts";
import * as h5ds from "../lowlevel/h5ds.ts";
import * as h5r from "../lowlevel/h5r.ts";
import * as h5z from "../lowlevel/h5z.ts";
import type { RegionReference } from "../lowlevel/reference.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { type ReadOptions, readValue } from "./decode-value.ts";
import { DimensionManager } from "./dimensions.ts";
import { type DtypeLike, datatypeFrom, dtypeCode } from "./dtype.ts";
import { Empty } from "./empty.ts";
import { encodeValue } from "./encode-value.ts";
import { type FieldSelection, selectFields, splitFieldNames } from "./field-names.ts";
import { baseName, HLObject } from "./hl-object.ts";
import type { NDArray } from "./ndarray.ts";

export interface DatasetReadOptions extends ReadOptions {
  /** Elements are converted to this datatype instead of the one that follows from the file's. h5py: `astype`. */
  readonly dtype?: DtypeLike;
}

/** One mapping of a virtual dataset. h5py: `VDSmap`. */
export interface VirtualMap {
  /** What is selected of the virtual dataset. */
  readonly vspace: SpaceID;
  /** `.` for the file with the virtual dataset. */
  readonly fileName: string;
  readonly dsetName: string;
  /** What is selected of the source. */
  readonly srcSpace: SpaceID;
}

const COMPRESSIONS: ReadonlyMap<number, string> = new Map([
  [h5z.FILTER_DEFLATE, "gzip"],
  [h5z.FILTER_SZIP, "szip"],
  [h5z.FILTER_LZF, "lzf"],
]);

export class Dataset extends HLObject<DatasetID> {
  /** @throws ValueError for a handle that is not of a dataset. */
  constructor(id: DatasetID) {
    if (!(id instanceof DatasetID)) throw plainError("ValueError", `${String(id)} is not a DatasetID`);
    super(id);
  }

  private get object(): DatasetObject {
    this.requireOpen();
    return this.id.location().object;
  }

  /** The datatype in the file, as a value. */
  get datatype(): Datatype {
    return this.object.datatype;
  }

  /** The datatype in numpy's words: `"<i4"`, `"|b1"`, `"|O"` for strings of any length, `"[('x', '<f8')]"`. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }

  /** Elements a dimension: `[]` of a scalar, null of a dataset without elements. */
  get shape(): number[] | null {
    this.requireOpen();
    return this.id.shape;
  }

  get ndim(): number {
    this.requireOpen();
    return this.id.rank;
  }

  /** Elements in all; null of a dataset without any. */
  get size(): number | null {
    const { shape } = this;
    return shape === null ? null : product(shape);
  }

  /** Bytes of all elements, as the file has them before any filter. */
  get nbytes(): number {
    return (this.size ?? 0) * this.datatype.size;
  }

  /** How far the dataset may grow, null where there is no limit; null as a whole without elements. */
  get maxshape(): (number | null)[] | null {
    const { kind, maxDims } = this.object.dataspace;
    return kind === "null" ? null : maxDims.map((dim) => (dim === UNLIMITED ? null : dim));
  }

  /** Elements a dimension of a chunk; null unless storage is chunked. */
  get chunks(): number[] | null {
    const { layout } = this.object;
    return layout.kind === "chunked" ? [...layout.chunkDims] : null;
  }

  /** Other files that hold the data, `[name, offset, size]` each; null when it is in this file. */
  get external(): [string, number, number][] | null {
    const parts = this.object.externalParts();
    return parts.length === 0 ? null : parts.map((part) => [part.name, part.fileOffset, part.byteLength]);
  }

  /** Whether the elements are those of other datasets. */
  get isVirtual(): boolean {
    return this.object.layout.kind === "virtual";
  }

  /** Which elements come from where. @throws RuntimeError "Not a virtual dataset". */
  virtualSources(): VirtualMap[] {
    if (!this.isVirtual) throw plainError("RuntimeError", "Not a virtual dataset");
    return this.id
      .getCreatePlist()
      .values()
      .mappings.map(({ virtualSpace, fileName, datasetName, sourceSpace }) => ({
        vspace: virtualSpace,
        fileName,
        dsetName: datasetName,
        srcSpace: sourceSpace,
      }));
  }

  private filter(id: number): FilterDescription | undefined {
    return this.object.pipeline?.filters.find((filter) => filter.id === id);
  }

  /** Numbers of the filters, in the order in which they are applied to what is written. */
  get filterIds(): number[] {
    return this.object.pipeline?.filters.map(({ id }) => id) ?? [];
  }

  /** `"gzip"`, `"szip"` or `"lzf"`; null without any of these. */
  get compression(): string | null {
    const id = this.filterIds.find((filter) => COMPRESSIONS.has(filter));
    return id === undefined ? null : (COMPRESSIONS.get(id) ?? null);
  }

  /** The level of gzip, the values of another compression; null where there is none. */
  get compressionOpts(): number | readonly number[] | null {
    const filter = this.object.pipeline?.filters.find(({ id }) => COMPRESSIONS.has(id));
    if (filter === undefined || filter.id === h5z.FILTER_LZF) return null;
    return filter.id === h5z.FILTER_DEFLATE ? (filter.clientData[0] ?? null) : filter.clientData;
  }

  get shuffle(): boolean {
    return this.filter(h5z.FILTER_SHUFFLE) !== undefined;
  }

  get fletcher32(): boolean {
    return this.filter(h5z.FILTER_FLETCHER32) !== undefined;
  }

  /** Bits or decimal digits kept; null without the filter. */
  get scaleoffset(): number | null {
    return this.filter(h5z.FILTER_SCALEOFFSET)?.clientData[1] ?? null;
  }

  /** What elements are that were never written. */
  get fillvalue(): unknown {
    const { fillValue, datatype, file } = this.object;
    const bytes = fillValue?.status === "user" ? fillValue.value : undefined;
    return decodeElement(datatype, bytes ?? new Uint8Array(datatype.size), elementContextOf(file));
  }

  /**
   * Selected elements.
   *
   * @param selection - See {@link IndexArguments}: a number or `slice` a dimension, text such as `"0:10, ::2"`, masks,
   *   points, names of a compound's members. Default: everything.
   * @returns `{ data, shape, stride }`; a single element bare when every dimension is indexed by a number or the dataset
   *   is a scalar; `Empty` without elements. `T` says which one the caller expects; it is not checked.
   * @throws IndexError, ValueError, TypeError in h5py's words for a selection that makes no sense; OSError
   *   "Can't read data (…)".
   */
  read<T = NDArray>(selection?: IndexArguments, options: DatasetReadOptions = {}): T {
    const { object } = this;
    const { names, rest } = splitFieldNames(object.datatype, selection);
    const target = numpySelection(this.shape, rest);
    const fields = selectFields(object.datatype, names);
    const datatype = options.dtype === undefined ? fields.datatype : datatypeFrom(options.dtype);
    if (this.shape === null) return new Empty(datatype) as T;
    return readValue({
      datatype,
      shape: target.shape,
      context: elementContextOf(object.file),
      options,
      read: (buffer, memoryType) => {
        this.id.readPacked(target.selection, bytesOf(buffer), fields.inMemory(memoryType));
      },
    }) as T;
  }

  private fileSpace(target: NumpySelection): SpaceID {
    return new SpaceID(this.object.dataspace, target.selection);
  }

  /**
   * Writes to selected elements: a value for all of them, or an array that is repeated along dimensions where it has one
   * element, as numpy does it.
   *
   * @param selection - As for {@link read}; null for everything.
   * @throws TypeError "Can't broadcast (2,) -> (3,)" when shapes do not fit; OSError "Can't write data (…)".
   */
  write(selection: IndexArguments, value: unknown): void {
    const { object } = this;
    this.id.requireWriteIntent();
    const { datatype, dataspace } = object;
    const shape = dataspace.kind === "null" ? null : dataspace.dims;
    const { names, rest } = splitFieldNames(datatype, selection, (name) => `No such field for indexing: ${name}`);
    const target = numpySelection(shape, rest);
    if (shape === null) return;
    const fields = selectFields(datatype, names);
    withStaging(object.file, (context) => this.writeEncoded(fields, target, value, context));
  }

  private writeEncoded(fields: FieldSelection, target: NumpySelection, value: unknown, context: ElementContext): void {
    const encoded = encodeValue(fields.datatype, value, context);
    if (selectedCount(target.selection) === 0) return;
    if (fields.datatype.class === "array" && encoded.shape.length === 0 && target.shape.length > 0) {
      throw plainError("TypeError", "Scalar broadcasting is not supported for array dtypes");
    }
    const expanded = expandShape(target, encoded.shape);
    const { memoryType, bytes } = encoded;
    const repeated = repeatElements(bytes, memoryType.size, expanded, target.selectedShape);
    this.id.writePacked(target.selection, repeated, fields.inMemory(memoryType));
  }

  /**
   * Changes the dimensions, or one of them.
   *
   * Chunked datasets can be resized, and those whose elements are in other files or datasets.
   *
   * @throws TypeError "Only chunked datasets can be resized"; RuntimeError beyond `maxshape`.
   */
  resize(size: number | readonly number[], axis?: number): void {
    if (this.chunks === null && this.external === null && !this.isVirtual) {
      throw plainError("TypeError", "Only chunked datasets can be resized");
    }
    if (axis === undefined) {
      this.id.setExtent(typeof size === "number" ? [size] : size);
      return;
    }
    const shape = this.shape ?? [];
    if (!(axis >= 0 && axis < shape.length)) {
      throw plainError("ValueError", `Invalid axis (0 to ${shape.length - 1} allowed)`);
    }
    if (typeof size !== "number") throw plainError("TypeError", "Argument must be a single int if axis is specified");
    this.id.setExtent(shape.map((dim, d) => (d === axis ? size : dim)));
  }

  /** The first dimension. @throws TypeError for a scalar. */
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
    const [first] = shape ?? [];
    if (first === undefined) throw plainError("TypeError", "Can't iterate over a scalar dataset");
    return this.rows(first);
  }

  private *rows(count: number): Generator<unknown> {
    for (let i = 0; i < count; i++) yield this.read<unknown>([i]);
  }

  /** A reference to selected elements, which can be stored as a value. h5py: `regionref`. */
  regionRef(selection?: IndexArguments): RegionReference {
    const target = numpySelection(this.shape, selection);
    return h5r.create(this.id, ".", h5r.DATASET_REGION, this.fileSpace(target));
  }

  /** Labels and scales of the dimensions. */
  get dims(): DimensionManager {
    this.requireOpen();
    return new DimensionManager(this.id, (id) => new Dataset(id));
  }

  /** Makes the dataset a scale, to be attached to dimensions of others. */
  makeScale(name = ""): void {
    this.requireOpen();
    h5ds.setScale(this.id, name);
  }

  get isScale(): boolean {
    this.requireOpen();
    return h5ds.isScale(this.id);
  }

  /** Writes what was changed. */
  flush(): void {
    this.requireOpen();
    this.id.flush();
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

function bytesOf(buffer: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
