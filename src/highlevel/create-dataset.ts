/** Making a dataset from options. h5py: `make_new_dset`. */
import { product } from "../base/bits.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { encodeElement } from "../engine/conversion/element-encoder.ts";
import type { H5File } from "../engine/h5-file.ts";
import { selectAll } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { withWidths } from "../format/datatype-version.ts";
import { PREDEFINED } from "../format/predefined-datatypes.ts";
import { orRefused, plainError, record } from "../lowlevel/api-error.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { withStaging } from "../lowlevel/element-context.ts";
import type { GroupID } from "../lowlevel/group-id.ts";
import * as h5 from "../lowlevel/h5.ts";
import * as h5d from "../lowlevel/h5d.ts";
import type { LocationID, Place } from "../lowlevel/location-id.ts";
import { bytesOf, datatypeOfArray, type NumericArray } from "../lowlevel/memory-type.ts";
import { createLikeLast, createOfType, type RepeatedDataset, repeated } from "../lowlevel/new-dataset.ts";
import { DATASET_ACCESS_DEFAULTS, PropDAID } from "../lowlevel/prop-dapl.ts";
import type { PropDCID } from "../lowlevel/prop-dcpl.ts";
import type { PropLCID } from "../lowlevel/prop-links.ts";
import { NULL_EXTENT, simpleExtent } from "../lowlevel/space-extent.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { typeIdOf } from "../lowlevel/type-wrap.ts";
import { accessChanges, DATASET_ACCESS_OPTIONS, type DatasetAccessOptions } from "./dataset-access.ts";
import { type DtypeLike, datatypeFrom, typeIdWithin } from "./dtype.ts";
import { Empty } from "./empty.ts";
import { type EncodedValue, encodeArray, typedValueOf } from "./encode-value.ts";
import type { OptionNames } from "./known-options.ts";
import { addFiltersOf, creationList, hasFilterOption, maxShapeOf, type StorageOptions } from "./storage-options.ts";

/** What a new dataset is to be. At least one of `shape`, `dtype` and `data` is needed; all else has defaults. */
export interface DatasetOptions extends StorageOptions, DatasetAccessOptions {
  /**
   * Dimensions in elements; `[]` for a scalar. Default: those of the data; without data and shape the dataset is empty.
   */
  readonly shape?: number | readonly number[];
  /** Default: what follows from the data; `"<f4"` for a shape alone. */
  readonly dtype?: DtypeLike;
  /**
   * First contents: numbers, bigints, booleans, strings, records, (nested) arrays of them, typed arrays, `{ data, shape
   * }`, what `fromColumns` gives; `null` and `Empty` for none at all. Default: fill values.
   */
  readonly data?: unknown;
  /** What elements are that were never written. Default: zeros, empty strings. C: `H5Pset_fill_value`. */
  readonly fillvalue?: unknown;
}

/** All of them, for {@link requireKnown}. */
export const DATASET_OPTIONS: OptionNames<DatasetOptions> = {
  shape: true,
  dtype: true,
  data: true,
  fillvalue: true,
  chunks: true,
  maxshape: true,
  compression: true,
  compressionOpts: true,
  allowUnknownFilter: true,
  shuffle: true,
  fletcher32: true,
  fillTime: true,
  dcpl: true,
  scaleoffset: true,
  external: true,
  trackTimes: true,
  trackOrder: true,
  ...DATASET_ACCESS_OPTIONS,
};

interface Contents {
  readonly datatype: Datatype;
  /** Null for a dataset without elements. */
  readonly shape: readonly number[] | null;
  readonly encoded: EncodedValue | undefined;
}

/** Datatype, shape and bytes, all known before anything is made. */
function contentsOf(options: DatasetOptions, context: ElementContext): Contents {
  const { widths } = context;
  const { data, dtype } = options;
  const wanted = dtype === undefined ? undefined : withWidths(datatypeFrom(dtype), widths);
  const shape = options.shape === undefined ? undefined : asShape(options.shape);
  if (data instanceof Empty || data === null) {
    if (shape !== undefined) throw plainError("ValueError", "Shape tuple is incompatible with data");
    return { datatype: wanted ?? (data ?? new Empty()).datatype, shape: null, encoded: undefined };
  }
  if (data === undefined) {
    if (shape !== undefined) return { datatype: wanted ?? PREDEFINED.IEEE_F32LE, shape, encoded: undefined };
    if (wanted === undefined) throw plainError("TypeError", "One of data, shape or dtype must be specified");
    return { datatype: wanted, shape: null, encoded: undefined };
  }
  const own = wanted === undefined && shape === undefined ? datatypeOfArray(data) : undefined;
  if (own !== undefined) return contentsOfArray(data as NumericArray, own);
  const typed = typedValueOf(data, wanted);
  const datatype = withWidths(typed.datatype, widths);
  const encoded = encodeArray(datatype, typed, context);
  if (shape !== undefined && product(shape) !== product(encoded.shape)) {
    throw plainError("ValueError", "Shape tuple is incompatible with data");
  }
  return { datatype, shape: shape ?? encoded.shape, encoded };
}

/** A typed array as it is. */
function contentsOfArray(data: NumericArray, datatype: Datatype): Contents {
  const shape = [data.length];
  return { datatype, shape, encoded: { bytes: bytesOf(data), memoryType: datatype, shape } };
}

function asShape(shape: number | readonly number[]): readonly number[] {
  return typeof shape === "number" ? [shape] : shape;
}

/**
 * The access property list that the options ask for; null for the file's own settings.
 *
 * @param parent - Some object of the file.
 */
export function accessList(options: DatasetAccessOptions, parent: LocationID): PropDAID | null {
  const { dapl } = options;
  const changes = accessChanges(options, parent.location().file.access);
  if (changes === undefined) return dapl ?? null;
  const list = dapl?.copy() ?? new PropDAID(DATASET_ACCESS_DEFAULTS);
  list.take(changes);
  return list;
}

/** The value of elements that nobody wrote. */
export function setFillValue(dcpl: PropDCID, datatype: Datatype, fillvalue: unknown, context: ElementContext): void {
  const bytes = orRefused(record("H5Pset_fill_value", "DATATYPE", "CANTCONVERT", "can't convert fill value"), () =>
    encodeElement(datatype, fillvalue, context),
  );
  dcpl.setFillValue(bytes, typeIdOf(datatype));
}

/**
 * A new dataset with its first contents.
 *
 * @param name - Null for one that nothing links to.
 * @param model - Filters are those of this list where the options have nothing about them.
 * @throws TypeError, ValueError in h5py's words; everything that can be is checked before the dataset is made.
 */
export function makeDataset(
  parent: GroupID,
  name: string | null,
  options: DatasetOptions,
  lcpl: PropLCID | null,
  model?: PropDCID,
): DatasetID {
  const place = parent.location();
  const like = lcpl === null && model === undefined && name !== null ? makeLikeLast(place, name, options) : undefined;
  if (like !== undefined) return like;
  return withStaging(place.file.engine, (context) => makeWithin(context, parent, name, options, lcpl, model));
}

/** What was made last in a file of a typed array and nothing else, for the next: thousands in a row are alike. */
interface LastArray extends RepeatedDataset {
  readonly class: unknown;
  readonly byteLength: number;
}

const lastArrays = new WeakMap<H5File, LastArray>();

function rememberArray(
  id: DatasetID,
  { data, dtype, shape }: DatasetOptions,
  datatype: Datatype,
  extent: Dataspace,
  dcpl: PropDCID,
): void {
  if (dtype !== undefined || shape !== undefined || !ArrayBuffer.isView(data)) return;
  if (datatypeOfArray(data) !== datatype) return;
  const made = repeated(id, datatype, extent, dcpl);
  if (made === undefined) return;
  const { engine } = id.location().file;
  lastArrays.set(engine, { ...made, class: data.constructor, byteLength: data.byteLength });
}

/** Undefined where the dataset is not like the last one of the file. */
function makeLikeLast(place: Place, name: string, options: DatasetOptions): DatasetID | undefined {
  const { data } = options;
  if (!ArrayBuffer.isView(data)) return undefined;
  const last = lastArrays.get(place.file.engine);
  if (last?.byteLength !== data.byteLength || last.class !== data.constructor) return undefined;
  for (const key in options) if (key !== "data") return undefined;
  return h5.getConfig().trackOrder ? undefined : createLikeLast(place, name, last, bytesOf(data));
}

/** Whether nothing is asked for but what is to be stored. */
function hasContentsAlone(options: DatasetOptions): boolean {
  for (const key in options) if (key !== "data" && key !== "shape" && key !== "dtype") return false;
  return true;
}

let plain: PropDCID | undefined;

/** One list for all of these; nobody changes it. */
function plainList(): PropDCID {
  plain ??= creationList({}, null, PREDEFINED.IEEE_F64LE);
  return plain;
}

function extentOf(shape: readonly number[] | null, options: DatasetOptions): Dataspace {
  if (shape === null) return NULL_EXTENT;
  return simpleExtent("H5Screate_simple", shape, maxShapeOf(options, shape), "maxdims is smaller than dims");
}

function makeWithin(
  context: ElementContext,
  parent: GroupID,
  name: string | null,
  options: DatasetOptions,
  lcpl: PropLCID | null,
  model: PropDCID | undefined,
): DatasetID {
  const { datatype, shape, encoded } = contentsOf(options, context);
  const isPlain = model === undefined && hasContentsAlone(options) && !h5.getConfig().trackOrder;
  const dcpl = isPlain ? plainList() : creationList(options, shape, datatype);
  if (model !== undefined && !hasFilterOption(options)) addFiltersOf(model, dcpl);
  if (options.fillvalue !== undefined) setFillValue(dcpl, datatype, options.fillvalue, context);
  const committed = options.dtype === undefined ? undefined : typeIdWithin(options.dtype);
  const extent = extentOf(shape, options);
  const dapl = isPlain ? null : accessList(options, parent);
  const id =
    committed === undefined
      ? createOfType(parent, name, datatype, extent, { dcpl, lcpl, dapl })
      : h5d.create(parent, name, committed, new SpaceID(extent), dcpl, lcpl, dapl);
  try {
    if (encoded !== undefined && encoded.bytes.length > 0) {
      id.writePacked(selectAll(extent.dims), encoded.bytes, encoded.memoryType);
      if (isPlain) rememberArray(id, options, datatype, extent, dcpl);
    }
    return id;
  } catch (error) {
    id.close();
    throw error;
  }
}
