/** Data transfer property list. C: `H5P_DATASET_XFER`. */
import { argumentError } from "./api-error.ts";
import { type Name, type Size, toInt, toName, toSize, toUnsigned } from "./arguments.ts";
import { DATASET_XFER } from "./prop-classes.ts";
import { badValue, PropInstanceID } from "./property-list.ts";

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
}

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
};

/**
 * How data is transferred. Lists are kept, compared, copied and encoded as in the C library. Transfers are planned here by
 * what they touch, and nothing of a list changes how.
 */
export class PropDXID extends PropInstanceID<Transfer> {
  protected override readonly propClass = DATASET_XFER;

  /** Bytes that the C library converts at a time. Without effect. C: `H5Pset_buffer`, without buffers of the caller's. */
  setBuffer(byteLength: Size): void {
    const bufferSize = toSize(byteLength, "size_t");
    if (bufferSize === 0) throw badValue("H5Pset_buffer", "buffer size must not be zero");
    this.change({ bufferSize });
  }

  /** C: `H5Pget_buffer`. */
  getBuffer(): number {
    return this.values().bufferSize;
  }

  /** Whether members of compounds that are not written stay. Without effect: they always do. C: `H5Pset_preserve`. */
  setPreserve(preserve: boolean): void {
    this.change({ backgroundBuffer: preserve ? BKG_YES : BKG_NO });
  }

  /** C: `H5Pget_preserve`. */
  getPreserve(): boolean {
    return this.values().backgroundBuffer !== BKG_NO;
  }

  /** Where nodes of B-trees are split. Without effect: in the middle, at the end when appending. C: `H5Pset_btree_ratios`. */
  setBtreeRatios(left: number, middle: number, right: number): void {
    if (![left, middle, right].every((ratio) => ratio >= 0 && ratio <= 1)) {
      throw badValue("H5Pset_btree_ratios", "split ratio must satisfy 0.0 <= X <= 1.0");
    }
    this.change({ btreeRatios: [left, middle, right] });
  }

  /** `[left, middle, right]`. C: `H5Pget_btree_ratios`. */
  getBtreeRatios(): [number, number, number] {
    return [...this.values().btreeRatios];
  }

  /** `h5z.DISABLE_EDC` or `ENABLE_EDC`. Without effect: checksums are always looked at. C: `H5Pset_edc_check`. */
  setEdcCheck(check: Size): void {
    const edcCheck = toInt(check);
    if (edcCheck !== DISABLE_EDC && edcCheck !== ENABLE_EDC) throw badValue("H5Pset_edc_check", "not a valid value");
    this.change({ edcCheck });
  }

  /** C: `H5Pget_edc_check`. */
  getEdcCheck(): number {
    return this.values().edcCheck;
  }

  /** An expression over `x` that the C library applies to numbers. Without effect: use the array. C: `H5Pset_data_transform`. */
  setDataTransform(expression: Name): void {
    const text = toName(expression);
    if (text === "") throw badValue("H5Pset_data_transform", "expression cannot be NULL");
    this.change({ dataTransform: text });
  }

  /** @throws ValueError when none is set. C: `H5Pget_data_transform`. */
  getDataTransform(): string {
    const { dataTransform } = this.values();
    if (dataTransform === "") {
      throw argumentError("H5Pget_data_transform", "PLIST", "BADVALUE", "data transform has not been set");
    }
    return dataTransform;
  }

  /** Runs that the C library gathers for one request. Without effect. C: `H5Pset_hyper_vector_size`. */
  setHyperVectorSize(size: Size): void {
    const hyperVectorSize = toUnsigned(size);
    if (hyperVectorSize < 1) throw badValue("H5Pset_hyper_vector_size", "vector size too small");
    this.change({ hyperVectorSize });
  }

  /** C: `H5Pget_hyper_vector_size`. */
  getHyperVectorSize(): number {
    return this.values().hyperVectorSize;
  }
}
