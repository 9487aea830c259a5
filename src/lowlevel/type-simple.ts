/** Strings, opaque data, references, sequences, arrays and complex numbers. C: `H5T`. */
import { DEFAULT_WIDTHS, UNLIMITED } from "../base/address.ts";
import { encodeUtf8 } from "../base/text.ts";
import type {
  ArrayType,
  CharacterSet,
  ComplexType,
  OpaqueType,
  ReferenceType,
  StringPad,
  StringType,
  VariableLengthType,
} from "../format/datatype.ts";
import { variableString } from "../format/predefined-datatypes.ts";
import { argumentError } from "./api-error.ts";
import { type Name, type Size, toInt, toName } from "./arguments.ts";
import { TypeID } from "./type-id.ts";

/** What follows the text of a string in its field. C: `H5T_str_t`. */
export const STR_NULLTERM = 0;
export const STR_NULLPAD = 1;
export const STR_SPACEPAD = 2;

const CHARACTER_SETS: readonly CharacterSet[] = ["ascii", "utf-8"];
const STRING_PADS: readonly StringPad[] = ["null-terminate", "null-pad", "space-pad"];
const MAX_TAG_BYTES = 256;

/** A string, of fixed or variable length. */
export class TypeStringID extends TypeID<StringType | VariableLengthType> {
  /** Whether strings have each their own length. C: `H5Tis_variable_str`. */
  isVariableStr(): boolean {
    return this.datatype().class === "variable-length";
  }

  /** `h5t.CSET_ASCII` or `h5t.CSET_UTF8`. C: `H5Tget_cset`. */
  getCset(): number {
    return CHARACTER_SETS.indexOf(this.datatype().characterSet);
  }

  /** `h5t.CSET_ASCII` or `h5t.CSET_UTF8`. @throws ValueError for another. C: `H5Tset_cset`. */
  setCset(cset: Size): void {
    const characterSet = CHARACTER_SETS[toInt(cset)];
    this.requireMutable("H5Tset_cset", "CANTINIT", "data type is read-only");
    if (characterSet === undefined) {
      throw argumentError("H5Tset_cset", "ARGS", "BADVALUE", "illegal character set type");
    }
    this.replace({ ...this.datatype(), characterSet });
  }

  /** What follows the text in its field: one of `h5t.STR_…`. C: `H5Tget_strpad`. */
  getStrpad(): number {
    return STRING_PADS.indexOf(this.datatype().padding);
  }

  /** What follows the text in its field: one of `h5t.STR_…`. @throws ValueError for another. C: `H5Tset_strpad`. */
  setStrpad(pad: Size): void {
    const padding = STRING_PADS[toInt(pad)];
    this.requireMutable("H5Tset_strpad");
    if (padding === undefined) throw argumentError("H5Tset_strpad", "ARGS", "BADVALUE", "illegal string pad type");
    this.replace({ ...this.datatype(), padding });
  }

  protected override resized(byteLength: number, where: string): StringType | VariableLengthType {
    if (byteLength !== UNLIMITED) return super.resized(byteLength, where);
    const { characterSet, padding } = this.datatype();
    return variableString(characterSet, padding, DEFAULT_WIDTHS);
  }
}

/** Bytes that HDF5 does not interpret. h5py: `TypeOpaqueID`. */
export class TypeOpaqueID extends TypeID<OpaqueType> {
  /** A text that says what the bytes are. C: `H5Tget_tag`. */
  getTag(): string {
    return this.datatype().tag;
  }

  /**
   * A text of fewer than 256 bytes that says what the bytes are.
   *
   * @throws ValueError for a longer one. C: `H5Tset_tag`.
   */
  setTag(tag: Name): void {
    const text = toName(tag);
    this.requireMutable("H5Tset_tag");
    if (encodeUtf8(text).length >= MAX_TAG_BYTES) throw argumentError("H5Tset_tag", "ARGS", "BADVALUE", "tag too long");
    this.replace({ ...this.datatype(), tag: text });
  }
}

/** References to objects and to regions of datasets. */
export class TypeReferenceID extends TypeID<ReferenceType> {}

/** Sequences of any length. */
export class TypeVlenID extends TypeID<VariableLengthType> {}

/** Arrays of fixed dims. h5py: `TypeArrayID`. */
export class TypeArrayID extends TypeID<ArrayType> {
  /** Number of dimensions. C: `H5Tget_array_ndims`. */
  getArrayNdims(): number {
    return this.datatype().dims.length;
  }

  /** Elements a dimension. C: `H5Tget_array_dims2`. */
  getArrayDims(): number[] {
    return [...this.datatype().dims];
  }
}

/** Complex numbers of HDF5 2.0. */
export class TypeComplexID extends TypeID<ComplexType> {}
