/** Data transfer property list. C: `H5P_DATASET_XFER`. */
import { DataTransform } from "../engine/conversion/data-transform.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { type Name, type Size, toInt, toName, toSize, toUnsigned } from "./arguments.ts";
import { DATASET_XFER } from "./prop-classes.ts";
import { badValue, PropInstanceID } from "./property-list.ts";
import type { TypeID } from "./type-id.ts";

/** Whether checksums are looked at when data is read. C: `H5Z_EDC_t`. */
const DISABLE_EDC = 0;
const ENABLE_EDC = 1;
/** Whether members that are not transferred stay. C: `H5T_bkg_t`. */
const BKG_NO = 0;
const BKG_YES = 2;

export interface Transfer {
  readonly bufferSize: number;
  readonly backgroundBuffer: number;
  readonly btreeRatios: readonly [left: number, middle: number, right: number];
  readonly edcCheck: number;
  readonly dataTransform: string;
  readonly hyperVectorSize: number;
  /** Of parallel transfers, which only encoded lists know. */
  readonly mpioChunkOptRatio: number;
  readonly mpioCollectiveOpt: number;
  readonly mpioChunkOptHard: number;
  readonly mpioChunkOptNum: number;
  readonly ioTransferMode: number;
  readonly conversionCallback: ConversionExceptionFunction | null;
}

/**
 * Decides about a number that does not survive its conversion.
 *
 * @param exception - One of `h5t.CONV_EXCEPT_…`.
 * @param sourceBytes - The number as it was, a copy.
 * @param destinationBytes - What the library makes of it, a view to be changed.
 * @returns `h5t.CONV_HANDLED` when `destinationBytes` is to stay as it is now, `CONV_UNHANDLED` for what the library makes
 *   of it, `CONV_ABORT` to end the conversion with an error.
 */
export type ConversionExceptionFunction = (
  exception: number,
  source: TypeID,
  destination: TypeID,
  sourceBytes: Uint8Array,
  destinationBytes: Uint8Array,
) => number;

export const TRANSFER_DEFAULTS: Transfer = {
  bufferSize: 1024 * 1024,
  backgroundBuffer: BKG_NO,
  btreeRatios: [Math.fround(0.1), 0.5, Math.fround(0.9)],
  edcCheck: ENABLE_EDC,
  dataTransform: "",
  hyperVectorSize: 1024,
  mpioChunkOptRatio: 60,
  mpioCollectiveOpt: 0,
  mpioChunkOptHard: 0,
  mpioChunkOptNum: 0,
  ioTransferMode: 0,
  conversionCallback: null,
};

/**
 * How data is transferred: given to `DatasetID.read` and `write`, `AttrID` and the facade use the defaults. Lists are kept,
 * compared, copied and encoded as in the C library.
 */
export class PropDXID extends PropInstanceID<Transfer> {
  protected override readonly propClass = DATASET_XFER;

  /**
   * Bytes of the buffers in which elements are converted; less than an element is refused by the transfer. The buffers
   * themselves are the library's own.
   *
   * @throws ValueError for 0. C: `H5Pset_buffer`.
   */
  setBuffer(byteLength: Size): void {
    const bufferSize = toSize(byteLength, "size_t");
    if (bufferSize === 0) throw badValue("H5Pset_buffer", "buffer size must not be zero");
    this.change({ bufferSize });
  }

  /** Bytes; 1 MiB by default. C: `H5Pget_buffer`. */
  getBuffer(): number {
    return this.values().bufferSize;
  }

  /**
   * Whether members of compounds that are not transferred stay. They always do: the C library, too, has found out by itself
   * when it must see to that since 1.6, and keeps the property for programs of that time. C: `H5Pset_preserve`.
   */
  setPreserve(preserve: boolean): void {
    this.change({ backgroundBuffer: preserve ? BKG_YES : BKG_NO });
  }

  /** False by default. C: `H5Pget_preserve`. */
  getPreserve(): boolean {
    return this.values().backgroundBuffer !== BKG_NO;
  }

  /**
   * What share of its chunks stays in a full node of a version 1 B-tree that is split, when it has no left sibling, both,
   * or no right one. Counts for chunks that the transfer itself stores. C: `H5Pset_btree_ratios`.
   */
  setBtreeRatios(left: number, middle: number, right: number): void {
    if (![left, middle, right].every((ratio) => ratio >= 0 && ratio <= 1)) {
      throw badValue("H5Pset_btree_ratios", "split ratio must satisfy 0.0 <= X <= 1.0");
    }
    this.change({ btreeRatios: [left, middle, right] });
  }

  /** `[left, middle, right]`, each 0 to 1; 0.1, 0.5 and 0.9 by default. C: `H5Pget_btree_ratios`. */
  getBtreeRatios(): [number, number, number] {
    return [...this.values().btreeRatios];
  }

  /**
   * `h5z.DISABLE_EDC` or `ENABLE_EDC`: whether the Fletcher32 checksums of chunks that are read are compared.
   *
   * @throws ValueError for another. C: `H5Pset_edc_check`.
   */
  setEdcCheck(check: Size): void {
    const edcCheck = toInt(check);
    if (edcCheck !== DISABLE_EDC && edcCheck !== ENABLE_EDC) throw badValue("H5Pset_edc_check", "not a valid value");
    this.change({ edcCheck });
  }

  /** `h5z.ENABLE_EDC` by default. C: `H5Pget_edc_check`. */
  getEdcCheck(): number {
    return this.values().edcCheck;
  }

  /**
   * An expression over `x` that numbers go through, in the datatype of memory: those read behind their conversion,
   * those written before it. `+ - * /`, parentheses and numbers; 5/9 is an integer. Memory must be of numbers of the
   * machine.
   *
   * @throws RuntimeError "Unable to create data transform info (…)". C: `H5Pset_data_transform`.
   */
  setDataTransform(expression: Name): void {
    const text = toName(expression);
    const where = "H5Pset_data_transform";
    guarded(record(where, "PLIST", "CANTINIT", "unable to create data transform info"), () => new DataTransform(text));
    this.change({ dataTransform: text });
  }

  /** The expression. @throws ValueError when none is set. C: `H5Pget_data_transform`. */
  getDataTransform(): string {
    const { dataTransform } = this.values();
    if (dataTransform === "") {
      throw argumentError("H5Pget_data_transform", "PLIST", "BADVALUE", "data transform has not been set");
    }
    return dataTransform;
  }

  /**
   * Runs of a selection that the C library works out at a time. Selections are cut into runs of any number here, one after
   * the other and without a list of them, so that there is nothing to limit. C: `H5Pset_hyper_vector_size`.
   */
  setHyperVectorSize(size: Size): void {
    const hyperVectorSize = toUnsigned(size);
    if (hyperVectorSize < 1) throw badValue("H5Pset_hyper_vector_size", "vector size too small");
    this.change({ hyperVectorSize });
  }

  /** 1024 by default. C: `H5Pget_hyper_vector_size`. */
  getHyperVectorSize(): number {
    return this.values().hyperVectorSize;
  }

  /**
   * A function that is asked about numbers which do not survive their conversion: out of range, rounded, no numbers. Null
   * takes it out. Numbers within compounds, arrays and sequences count, too. C: `H5Pset_type_conv_cb`.
   */
  setTypeConvCb(func: ConversionExceptionFunction | null): void {
    this.change({ conversionCallback: func });
  }

  /** Null where there is none. C: `H5Pget_type_conv_cb`. */
  getTypeConvCb(): ConversionExceptionFunction | null {
    return this.values().conversionCallback;
  }
}
