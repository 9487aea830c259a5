/** Generated datatypes: every class, nested, in every version that can hold them. */
import fc from "fast-check";
import { product } from "../../src/base/bits.ts";
import type { BitPad, CompoundMember, Datatype, DatatypeVersion, FixedPointType } from "../../src/format/datatype.ts";
import {
  float,
  floatLayout,
  PREDEFINED,
  reference,
  variableLengthSize,
} from "../../src/format/predefined-datatypes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };
const anyVersion = fc.constantFrom<DatatypeVersion>(1, 2, 3, 4, 5);
const anyOrder = fc.constantFrom("little-endian" as const, "big-endian" as const);
const anyPad = fc.constantFrom<BitPad>("zero", "one");
const anyStringPad = fc.constantFrom("null-terminate" as const, "null-pad" as const, "space-pad" as const);
const anyCharacterSet = fc.constantFrom("ascii" as const, "utf-8" as const);

const anyBits = fc
  .tuple(
    fc.integer({ min: 1, max: 16 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([size, offset, precision]) => {
    const bitOffset = Math.floor(offset * (size * 8 - 1));
    return { size, bitOffset, bitPrecision: 1 + Math.floor(precision * (size * 8 - 1 - bitOffset)) };
  });

export const anyInteger: fc.Arbitrary<FixedPointType> = fc
  .tuple(anyVersion, anyOrder, anyPad, anyPad, fc.boolean(), anyBits)
  .map(([version, byteOrder, lowPad, highPad, signed, bits]) => ({
    class: "fixed-point",
    version,
    byteOrder,
    lowPad,
    highPad,
    signed,
    ...bits,
  }));

const anyFloat: fc.Arbitrary<Datatype> = fc
  .tuple(
    fc.constantFrom(
      float(2),
      float(4),
      float(8),
      float(16),
      floatLayout(8, 7),
      floatLayout(5, 2),
      PREDEFINED.NATIVE_LDOUBLE,
    ),
    anyVersion,
    fc.constantFrom("little-endian" as const, "big-endian" as const, "vax" as const),
    fc.tuple(anyPad, anyPad, anyPad),
    fc.constantFrom("none" as const, "msb-set" as const, "implied" as const),
  )
  .map(([layout, version, byteOrder, [lowPad, highPad, internalPad], mantissaNormalization]) => ({
    ...layout,
    version: byteOrder === "vax" && version < 3 ? 3 : version,
    byteOrder,
    lowPad,
    highPad,
    internalPad,
    mantissaNormalization,
  }));

const anyAtomic: fc.Arbitrary<Datatype> = fc.oneof(
  anyInteger,
  anyFloat,
  fc.tuple(anyVersion, anyOrder, anyPad, anyPad, anyBits).map(
    ([version, byteOrder, lowPad, highPad, bits]): Datatype => ({
      class: "bitfield",
      version,
      byteOrder,
      lowPad,
      highPad,
      ...bits,
    }),
  ),
  fc
    .tuple(anyVersion, anyOrder, fc.integer({ min: 1, max: 8 }))
    .map(
      ([version, byteOrder, size]): Datatype => ({ class: "time", version, size, byteOrder, bitPrecision: size * 8 }),
    ),
  fc
    .tuple(anyVersion, fc.integer({ min: 1, max: 0xffff_ffff }), anyStringPad, anyCharacterSet)
    .map(
      ([version, size, padding, characterSet]): Datatype => ({ class: "string", version, size, padding, characterSet }),
    ),
  fc
    .tuple(anyVersion, fc.integer({ min: 1, max: 1000 }), fc.stringMatching(/^[ -~]{0,30}$/))
    .map(([version, size, tag]): Datatype => ({ class: "opaque", version, size, tag })),
  fc
    .tuple(anyVersion, fc.constantFrom("object" as const, "region" as const, "standard-object" as const))
    .map(([version, kind]): Datatype => {
      return { ...reference(kind), version };
    }),
  anyInteger.chain((base) =>
    fc
      .tuple(
        anyVersion,
        fc.uniqueArray(fc.stringMatching(/^[A-Za-z]{1,17}$/), { maxLength: 6 }),
        fc.uint8Array({ minLength: 6 * base.size, maxLength: 6 * base.size }),
      )
      .map(
        ([version, names, values]): Datatype => ({
          class: "enum",
          version,
          size: base.size,
          base,
          members: names.map((name, i) => ({ name, value: values.slice(i * base.size, (i + 1) * base.size) })),
        }),
      ),
  ),
  fc.tuple(anyFloat, fc.boolean()).map(
    ([base, homogeneous]): Datatype => ({
      class: "complex",
      version: 5,
      size: base.size * 2,
      homogeneous,
      form: "rectangular",
      base,
    }),
  ),
);

const anyName = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.includes("\0"));

function compoundOf(
  version: DatatypeVersion,
  members: readonly (readonly [string, Datatype])[],
  gap: number,
): Datatype | undefined {
  let byteOffset = 0;
  const placed: CompoundMember[] = members.map(([name, type]) => {
    const member = { name, byteOffset, type };
    byteOffset += type.size + gap;
    return member;
  });
  return byteOffset > 0xffff_ffff ? undefined : { class: "compound", version, size: byteOffset, members: placed };
}

/** Any datatype, up to three levels deep. */
export const anyDatatype: fc.Arbitrary<Datatype> = fc.letrec<{ type: Datatype; nested: Datatype }>((tie) => ({
  type: fc.oneof({ maxDepth: 3, withCrossShrink: true }, anyAtomic, tie("nested")),
  nested: fc.oneof(
    fc
      .tuple(anyVersion, tie("type"), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }))
      .filter(([, base, dims]) => base.size * product(dims) <= 0xffff_ffff)
      .map(
        ([version, base, dims]): Datatype => ({
          class: "array",
          version,
          size: base.size * product(dims),
          dims,
          base,
        }),
      ),
    fc
      .tuple(
        anyVersion,
        fc.constantFrom("sequence" as const, "string" as const),
        anyStringPad,
        anyCharacterSet,
        tie("type"),
      )
      .map(
        ([version, kind, padding, characterSet, base]): Datatype => ({
          class: "variable-length",
          version,
          size: variableLengthSize(WIDTHS),
          kind,
          padding: kind === "string" ? padding : "null-terminate",
          characterSet: kind === "string" ? characterSet : "ascii",
          base,
        }),
      ),
    fc
      .tuple(
        anyVersion,
        fc.uniqueArray(fc.tuple(anyName, tie("type")), { minLength: 1, maxLength: 4, selector: ([name]) => name }),
        fc.integer({ min: 0, max: 300 }),
      )
      .map(([version, members, gap]) => compoundOf(version, members, gap))
      .filter((type) => type !== undefined),
  ),
})).type;
