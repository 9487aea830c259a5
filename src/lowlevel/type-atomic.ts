/** Integers, floats, bitfields and times. C: the functions of `H5T` on atomic datatypes. */
import type {
  BitfieldType,
  BitPad,
  ByteOrder,
  FixedPointType,
  FloatingPointType,
  TimeType,
} from "../format/datatype.ts";
import { argumentError, libraryError, record } from "./api-error.ts";
import { type Size, toInt, toSize } from "./arguments.ts";
import { isTooNarrow, withBitOffset, withPrecision } from "./type-bits.ts";
import { TypeID } from "./type-id.ts";

/** Byte orders. C: `H5T_order_t`. */
export const ORDER_LE = 0;
export const ORDER_BE = 1;
export const ORDER_VAX = 2;
export const ORDER_NONE = 4;
/** The order of this machine, which all machines that run JavaScript today share. */
export const ORDER_NATIVE = ORDER_LE;

/** Whether integers have a sign. C: `H5T_sign_t`. */
export const SGN_NONE = 0;
export const SGN_2 = 1;

/** What bits are that belong to no field. C: `H5T_pad_t`. */
export const PAD_ZERO = 0;
export const PAD_ONE = 1;
export const PAD_BACKGROUND = 2;

/** Whether the mantissa's top bit is stored. C: `H5T_norm_t`. */
export const NORM_IMPLIED = 0;
export const NORM_MSBSET = 1;
export const NORM_NONE = 2;

const ORDERS: readonly (ByteOrder | "vax")[] = ["little-endian", "big-endian", "vax"];
const PADS: readonly BitPad[] = ["zero", "one", "background"];
const NORMS: readonly FloatingPointType["mantissaNormalization"][] = ["implied", "msb-set", "none"];

function toPad(where: string, pad: Size, text: string): BitPad {
  const value = PADS[toInt(pad)];
  if (value === undefined) throw argumentError(where, "ARGS", "BADVALUE", text);
  return value;
}

/** What integers and floats have in common. h5py: `TypeAtomicID`. */
export abstract class TypeAtomicID<T extends FixedPointType | FloatingPointType> extends TypeID<T> {
  /** One of `h5t.ORDER_…`. C: `H5Tget_order`. */
  getOrder(): number {
    return ORDERS.indexOf(this.datatype().byteOrder);
  }

  /**
   * `h5t.ORDER_LE` or `h5t.ORDER_BE`, for floats also `h5t.ORDER_VAX`.
   *
   * @throws ValueError for no order, NotImplementedError for that of another class. C: `H5Tset_order`.
   */
  setOrder(order: Size): void {
    const code = toInt(order);
    const where = "H5Tset_order";
    this.requireMutable(where);
    if (code < ORDER_LE || code > ORDER_NONE || code === 3) {
      throw argumentError(where, "ARGS", "BADVALUE", "illegal byte order");
    }
    const byteOrder = ORDERS[code];
    const type = this.datatype();
    if (byteOrder === undefined || (byteOrder === "vax" && type.class !== "floating-point")) {
      throw libraryError([
        record(where, "DATATYPE", "UNSUPPORTED", "can't set order"),
        record("H5T__set_order", "DATATYPE", "BADVALUE", "illegal byte order for type"),
      ]);
    }
    this.replace({ ...type, byteOrder });
  }

  /** Significant bits. C: `H5Tget_precision`. */
  getPrecision(): number {
    return this.datatype().bitPrecision;
  }

  /**
   * Significant bits; the size grows if they do not fit.
   *
   * @throws ValueError for 0; RuntimeError for fewer than a float's fields take. C: `H5Tset_precision`.
   */
  setPrecision(precision: Size): void {
    const bits = toSize(precision, "size_t");
    const where = "H5Tset_precision";
    this.requireMutable(where, "CANTSET");
    if (bits === 0) throw argumentError(where, "ARGS", "BADVALUE", "precision must be positive");
    const type = withPrecision(this.datatype(), bits);
    if (type.class === "floating-point" && isTooNarrow(type)) {
      throw libraryError([
        record(where, "DATATYPE", "CANTSET", "unable to set precision"),
        record("H5T__set_precision", "ARGS", "BADVALUE", "adjust sign, mantissa, and exponent fields first"),
      ]);
    }
    this.replace(type);
  }

  /** Position of the least significant bit, from that of the element. C: `H5Tget_offset`. */
  getOffset(): number {
    return this.datatype().bitOffset;
  }

  /** Position of the least significant bit; the size grows if needed. C: `H5Tset_offset`. */
  setOffset(offset: Size): void {
    const bits = toSize(offset, "size_t");
    this.requireMutable("H5Tset_offset", "CANTINIT", "data type is read-only");
    this.replace(withBitOffset(this.datatype(), bits));
  }

  /** What fills the bits below and above the significant ones: two of `h5t.PAD_…`. C: `H5Tget_pad`. */
  getPad(): [number, number] {
    const { lowPad, highPad } = this.datatype();
    return [PADS.indexOf(lowPad), PADS.indexOf(highPad)];
  }

  /**
   * What fills the bits below and above the significant ones: two of `h5t.PAD_…`.
   *
   * @throws ValueError for others. C: `H5Tset_pad`.
   */
  setPad(lsb: Size, msb: Size): void {
    this.requireMutable("H5Tset_pad", "CANTINIT", "data type is read-only");
    const lowPad = toPad("H5Tset_pad", lsb, "invalid pad type");
    const highPad = toPad("H5Tset_pad", msb, "invalid pad type");
    this.replace({ ...this.datatype(), lowPad, highPad });
  }
}

/** An integer. h5py: `TypeIntegerID`. */
export class TypeIntegerID extends TypeAtomicID<FixedPointType> {
  /** `h5t.SGN_2` for signed, `h5t.SGN_NONE` for unsigned. C: `H5Tget_sign`. */
  getSign(): number {
    return this.datatype().signed ? SGN_2 : SGN_NONE;
  }

  /** `h5t.SGN_2` for signed, `h5t.SGN_NONE` for unsigned. @throws ValueError for another. C: `H5Tset_sign`. */
  setSign(sign: Size): void {
    const code = toInt(sign);
    this.requireMutable("H5Tset_sign");
    if (code !== SGN_NONE && code !== SGN_2)
      throw argumentError("H5Tset_sign", "ARGS", "BADVALUE", "illegal sign type");
    this.replace({ ...this.datatype(), signed: code === SGN_2 });
  }
}

/** A floating-point number. h5py: `TypeFloatID`. */
export class TypeFloatID extends TypeAtomicID<FloatingPointType> {
  /** `[signPosition, exponentPosition, exponentSize, mantissaPosition, mantissaSize]` in bits. C: `H5Tget_fields`. */
  getFields(): [number, number, number, number, number] {
    const type = this.datatype();
    return [type.signLocation, type.exponentLocation, type.exponentSize, type.mantissaLocation, type.mantissaSize];
  }

  /**
   * Positions and sizes in bits, all within the precision and apart from each other.
   *
   * @throws ValueError for others. C: `H5Tset_fields`.
   */
  setFields(spos: Size, epos: Size, esize: Size, mpos: Size, msize: Size): void {
    this.requireMutable("H5Tset_fields", "CANTSET");
    const [sign, exponent, exponentSize, mantissa, mantissaSize] = [spos, epos, esize, mpos, msize].map((value) =>
      toSize(value, "size_t"),
    ) as [number, number, number, number, number];
    const exponentEnd = exponent + exponentSize;
    const mantissaEnd = mantissa + mantissaSize;
    const { bitPrecision } = this.datatype();
    const refuse = (text: string) => argumentError("H5Tset_fields", "ARGS", "BADVALUE", text);
    if (exponentEnd > bitPrecision) throw refuse("exponent bit field size/location is invalid");
    if (mantissaEnd > bitPrecision) throw refuse("mantissa bit field size/location is invalid");
    if (sign >= bitPrecision) throw refuse("sign location is not valid");
    if (sign >= exponent && sign < exponentEnd) throw refuse("sign bit appears within exponent field");
    if (sign >= mantissa && sign < mantissaEnd) throw refuse("sign bit appears within mantissa field");
    if (mantissa < exponentEnd && exponent < mantissaEnd) throw refuse("exponent and mantissa fields overlap");
    this.replace({
      ...this.datatype(),
      signLocation: sign,
      exponentLocation: exponent,
      exponentSize,
      mantissaLocation: mantissa,
      mantissaSize,
    });
  }

  /** What is added to the exponent when it is stored. C: `H5Tget_ebias`. */
  getEbias(): number {
    return this.datatype().exponentBias;
  }

  /** What is added to the exponent when it is stored. C: `H5Tset_ebias`. */
  setEbias(ebias: Size): void {
    const exponentBias = toSize(ebias, "size_t");
    this.requireMutable("H5Tset_ebias", "CANTSET");
    this.replace({ ...this.datatype(), exponentBias });
  }

  /** Whether the mantissa's top bit is implied: one of `h5t.NORM_…`. C: `H5Tget_norm`. */
  getNorm(): number {
    return NORMS.indexOf(this.datatype().mantissaNormalization);
  }

  /**
   * Whether the mantissa's top bit is implied: one of `h5t.NORM_…`.
   *
   * @throws ValueError for another. C: `H5Tset_norm`.
   */
  setNorm(norm: Size): void {
    const mantissaNormalization = NORMS[toInt(norm)];
    this.requireMutable("H5Tset_norm", "CANTSET");
    if (mantissaNormalization === undefined) {
      throw argumentError("H5Tset_norm", "ARGS", "BADVALUE", "illegal normalization");
    }
    this.replace({ ...this.datatype(), mantissaNormalization });
  }

  /** What fills unused bits between the fields: one of `h5t.PAD_…`. C: `H5Tget_inpad`. */
  getInpad(): number {
    return PADS.indexOf(this.datatype().internalPad);
  }

  /**
   * What fills unused bits between the fields: one of `h5t.PAD_…`.
   *
   * @throws ValueError for another. C: `H5Tset_inpad`.
   */
  setInpad(pad: Size): void {
    this.requireMutable("H5Tset_inpad", "CANTSET");
    const internalPad = toPad("H5Tset_inpad", pad, "illegal internal pad type");
    this.replace({ ...this.datatype(), internalPad });
  }
}

/** Bits that are no number. h5py: `TypeBitfieldID`. */
export class TypeBitfieldID extends TypeID<BitfieldType> {
  /** One of `h5t.ORDER_…`. C: `H5Tget_order`. */
  getOrder(): number {
    return ORDERS.indexOf(this.datatype().byteOrder);
  }
}

/** Times of old files, which nothing converts. */
export class TypeTimeID extends TypeID<TimeType> {}
