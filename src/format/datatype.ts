/**
 * Datatype values: what a datatype message means, for all classes.
 *
 * Specification: IV.A.2.d, "The Datatype Message". This file holds the types; `datatype-message.ts` decodes and encodes.
 */

/** Version of the datatype message encoding. It does not take part in equality. */
export type DatatypeVersion = 1 | 2 | 3 | 4 | 5;

/** Which byte of an element comes first: the least significant (little-endian) or the most significant one. */
export type ByteOrder = "little-endian" | "big-endian";
/** What fills the bits outside the precision. C: `H5T_pad_t`. */
export type BitPad = "zero" | "one" | "background";
/** What follows the text of a string in its field: a NUL, NULs or spaces. */
export type StringPad = "null-terminate" | "null-pad" | "space-pad";
/** How the characters of text are written. */
export type CharacterSet = "ascii" | "utf-8";

interface DatatypeCommon {
  readonly version: DatatypeVersion;
  /** Bytes of one element. */
  readonly size: number;
}

/** Class 0. */
export interface FixedPointType extends DatatypeCommon {
  readonly class: "fixed-point";
  /** Which byte comes first. */
  readonly byteOrder: ByteOrder;
  /** What the bits below the significant ones are. */
  readonly lowPad: BitPad;
  /** What the bits above the significant ones are. */
  readonly highPad: BitPad;
  /** Whether values are in two's complement. */
  readonly signed: boolean;
  /** Position of the least significant bit. */
  readonly bitOffset: number;
  /** Number of significant bits. */
  readonly bitPrecision: number;
}

/** Class 1. */
export interface FloatingPointType extends DatatypeCommon {
  readonly class: "floating-point";
  /** Which byte comes first; VAX order has 16-bit words, the most significant first. */
  readonly byteOrder: ByteOrder | "vax";
  /** What the bits below the significant ones are. */
  readonly lowPad: BitPad;
  /** What the bits above the significant ones are. */
  readonly highPad: BitPad;
  /** What bits between the fields are. */
  readonly internalPad: BitPad;
  /** Whether the mantissa's top bit is stored. */
  readonly mantissaNormalization: "none" | "msb-set" | "implied";
  /** Position of the sign bit. */
  readonly signLocation: number;
  /** Position of the least significant bit. */
  readonly bitOffset: number;
  /** Number of significant bits. */
  readonly bitPrecision: number;
  /** Position of the exponent's lowest bit. */
  readonly exponentLocation: number;
  /** Bits of the exponent. */
  readonly exponentSize: number;
  /** Position of the mantissa's lowest bit. */
  readonly mantissaLocation: number;
  /** Bits of the mantissa. */
  readonly mantissaSize: number;
  /** What is added to the exponent when it is stored. */
  readonly exponentBias: number;
}

/** Class 2. */
export interface TimeType extends DatatypeCommon {
  readonly class: "time";
  /** Which byte comes first. */
  readonly byteOrder: ByteOrder;
  /** Number of significant bits. */
  readonly bitPrecision: number;
}

/** Class 3. */
export interface StringType extends DatatypeCommon {
  readonly class: "string";
  /** What follows the text. */
  readonly padding: StringPad;
  /** How characters are written. */
  readonly characterSet: CharacterSet;
}

/** Class 4. */
export interface BitfieldType extends DatatypeCommon {
  readonly class: "bitfield";
  /** Which byte comes first. */
  readonly byteOrder: ByteOrder;
  /** What the bits below the significant ones are. */
  readonly lowPad: BitPad;
  /** What the bits above the significant ones are. */
  readonly highPad: BitPad;
  /** Position of the least significant bit. */
  readonly bitOffset: number;
  /** Number of significant bits. */
  readonly bitPrecision: number;
}

/** Class 5. */
export interface OpaqueType extends DatatypeCommon {
  readonly class: "opaque";
  /** What the bytes are, in words of whoever made them; fewer than 256 bytes. */
  readonly tag: string;
}

/** A member of a compound. */
export interface CompoundMember {
  /** Its name, without the NUL. */
  readonly name: string;
  /** Bytes from the start of an element to the member. */
  readonly byteOffset: number;
  /** The member's datatype. */
  readonly type: Datatype;
}

/** Class 6. Members in file order, which need not be the order of offsets. */
export interface CompoundType extends DatatypeCommon {
  readonly class: "compound";
  /** In the order of the message, which need not be that of their offsets. */
  readonly members: readonly CompoundMember[];
}

/** Class 7. `kind` "object" and "region" are the classic ones (version < 4); the others are `H5R_ref_t`. */
export interface ReferenceType extends DatatypeCommon {
  readonly class: "reference";
  readonly kind: "object" | "region" | "standard-object" | "standard-region" | "standard-attribute";
}

/** A name for a value. */
export interface EnumMember {
  /** Its name, without the NUL. */
  readonly name: string;
  /** The value's bytes in the base type's own size and byte order. */
  readonly value: Uint8Array;
}

/** Class 8. */
export interface EnumType extends DatatypeCommon {
  readonly class: "enum";
  /** The datatype of the values: an integer. */
  readonly base: Datatype;
  /** In the order of the message. */
  readonly members: readonly EnumMember[];
}

/** Class 9. A string keeps its padding and character set here; its base is one byte of character data. */
export interface VariableLengthType extends DatatypeCommon {
  readonly class: "variable-length";
  readonly kind: "sequence" | "string";
  /** Of strings: what follows the text. */
  readonly padding: StringPad;
  /** Of strings: how characters are written. */
  readonly characterSet: CharacterSet;
  /** What sequences are of; of strings, characters of one byte. */
  readonly base: Datatype;
}

/** Class 10. */
export interface ArrayType extends DatatypeCommon {
  readonly class: "array";
  /** Elements of the base a dimension. */
  readonly dims: readonly number[];
  /** The datatype of what the array holds. */
  readonly base: Datatype;
}

/** Class 11 (HDF5 2.0). */
export interface ComplexType extends DatatypeCommon {
  readonly class: "complex";
  /** Whether both parts are of one datatype, as they all are. */
  readonly homogeneous: boolean;
  /** How the two parts are to be read; rectangular, real and imaginary part, is all there is. */
  readonly form: "rectangular" | "polar" | "exponential";
  /** The datatype of a part. */
  readonly base: Datatype;
}

/** What elements are. Values never change. Specification: IV.A.2.d, "The Datatype Message". */
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

/** Names of the classes of datatypes. */
export type DatatypeClass = Datatype["class"];
