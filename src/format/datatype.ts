/**
 * Datatype values: what a datatype message means, for all classes.
 *
 * Specification: IV.A.2.d, "The Datatype Message". This file holds the types; `datatype-message.ts` decodes and encodes.
 */

/** Version of the datatype message encoding. It does not take part in equality. */
export type DatatypeVersion = 1 | 2 | 3 | 4 | 5;

export type ByteOrder = "little-endian" | "big-endian";
/** What fills the bits outside the precision. C: `H5T_pad_t`. */
export type BitPad = "zero" | "one" | "background";
export type StringPad = "null-terminate" | "null-pad" | "space-pad";
export type CharacterSet = "ascii" | "utf-8";

interface DatatypeCommon {
  readonly version: DatatypeVersion;
  /** Bytes of one element. */
  readonly size: number;
}

/** Class 0. */
export interface FixedPointType extends DatatypeCommon {
  readonly class: "fixed-point";
  readonly byteOrder: ByteOrder;
  readonly lowPad: BitPad;
  readonly highPad: BitPad;
  readonly signed: boolean;
  readonly bitOffset: number;
  readonly bitPrecision: number;
}

/** Class 1. */
export interface FloatingPointType extends DatatypeCommon {
  readonly class: "floating-point";
  readonly byteOrder: ByteOrder | "vax";
  readonly lowPad: BitPad;
  readonly highPad: BitPad;
  readonly internalPad: BitPad;
  readonly mantissaNormalization: "none" | "msb-set" | "implied";
  readonly signLocation: number;
  readonly bitOffset: number;
  readonly bitPrecision: number;
  readonly exponentLocation: number;
  readonly exponentSize: number;
  readonly mantissaLocation: number;
  readonly mantissaSize: number;
  readonly exponentBias: number;
}

/** Class 2. */
export interface TimeType extends DatatypeCommon {
  readonly class: "time";
  readonly byteOrder: ByteOrder;
  readonly bitPrecision: number;
}

/** Class 3. */
export interface StringType extends DatatypeCommon {
  readonly class: "string";
  readonly padding: StringPad;
  readonly characterSet: CharacterSet;
}

/** Class 4. */
export interface BitfieldType extends DatatypeCommon {
  readonly class: "bitfield";
  readonly byteOrder: ByteOrder;
  readonly lowPad: BitPad;
  readonly highPad: BitPad;
  readonly bitOffset: number;
  readonly bitPrecision: number;
}

/** Class 5. */
export interface OpaqueType extends DatatypeCommon {
  readonly class: "opaque";
  readonly tag: string;
}

export interface CompoundMember {
  readonly name: string;
  readonly byteOffset: number;
  readonly type: Datatype;
}

/** Class 6. Members in file order, which need not be the order of offsets. */
export interface CompoundType extends DatatypeCommon {
  readonly class: "compound";
  readonly members: readonly CompoundMember[];
}

/** Class 7. `kind` "object" and "region" are the classic ones (version < 4); the others are `H5R_ref_t`. */
export interface ReferenceType extends DatatypeCommon {
  readonly class: "reference";
  readonly kind: "object" | "region" | "standard-object" | "standard-region" | "standard-attribute";
}

export interface EnumMember {
  readonly name: string;
  /** The value's bytes in the base type's own size and byte order. */
  readonly value: Uint8Array;
}

/** Class 8. */
export interface EnumType extends DatatypeCommon {
  readonly class: "enum";
  readonly base: Datatype;
  readonly members: readonly EnumMember[];
}

/** Class 9. A string keeps its padding and character set here; its base is one byte of character data. */
export interface VariableLengthType extends DatatypeCommon {
  readonly class: "variable-length";
  readonly kind: "sequence" | "string";
  readonly padding: StringPad;
  readonly characterSet: CharacterSet;
  readonly base: Datatype;
}

/** Class 10. */
export interface ArrayType extends DatatypeCommon {
  readonly class: "array";
  readonly dims: readonly number[];
  readonly base: Datatype;
}

/** Class 11 (HDF5 2.0). */
export interface ComplexType extends DatatypeCommon {
  readonly class: "complex";
  readonly homogeneous: boolean;
  readonly form: "rectangular" | "polar" | "exponential";
  readonly base: Datatype;
}

export type Datatype =
  | FixedPointType
  | FloatingPointType
  | TimeType
  | StringType
  | BitfieldType
  | OpaqueType
  | CompoundType
  | ReferenceType
  | EnumType
  | VariableLengthType
  | ArrayType
  | ComplexType;

export type DatatypeClass = Datatype["class"];
