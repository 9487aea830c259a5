/**
 * Whether datasets or attributes can be compared.
 *
 * Reference implementation: h5diff_dset.c, `diff_can_type`.
 */
import { UNLIMITED } from "../../base/address.ts";
import type { Dataspace } from "../../format/dataspace.ts";
import type { Datatype } from "../../format/datatype.ts";
import { datatypesEqual, isVariableString } from "../../format/datatype-questions.ts";
import { PREDEFINED } from "../../format/predefined-datatypes.ts";
import type { DiffState } from "./state.ts";

/** A dataset or an attribute, as far as comparing needs to know. */
export interface Comparable {
  readonly name: string;
  readonly datatype: Datatype;
  readonly dataspace: Dataspace;
}

const CLASSES: Readonly<Record<Datatype["class"], string>> = {
  "fixed-point": "H5T_INTEGER",
  "floating-point": "H5T_FLOAT",
  time: "H5T_TIME",
  string: "H5T_STRING",
  bitfield: "H5T_BITFIELD",
  opaque: "H5T_OPAQUE",
  compound: "H5T_COMPOUND",
  reference: "H5T_REFERENCE",
  enum: "H5T_ENUM",
  "variable-length": "H5T_VLEN",
  array: "H5T_ARRAY",
  complex: "H5T_COMPLEX",
};

function className(type: Datatype): string {
  return isVariableString(type) ? "H5T_STRING" : CLASSES[type.class];
}

function dimensions(dims: readonly number[]): string {
  if (dims.length === 0) return "H5S_SCALAR";
  // The C tools print an unlimited dimension as the greatest number there is.
  return `[${dims.map((size) => (size === UNLIMITED ? "18446744073709551615" : String(size))).join("x")}]`;
}

/** The text of an extent in the heading of differences. */
export const dimensionsText = dimensions;

/** Tells, if wanted, what is in the way. */
export function canCompare(one: Comparable, two: Comparable, state: DiffState, inCompound = false): boolean {
  const refuse = (text: string): false => {
    state.obstacle(text);
    return false;
  };
  const [class1, class2] = [className(one.datatype), className(two.datatype)];
  if (class1 !== class2) {
    const is = inCompound ? "has a class" : "is of class";
    return refuse(`Not comparable: <${one.name}> ${is} ${class1} and <${two.name}> ${is} ${class2}\n`);
  }
  if (class1 === "H5T_TIME") return refuse(`Not comparable: <${one.name}> and <${two.name}> are of class ${class2}\n`);
  if (state.options.verbose) warnOfStorage(one, two, state);
  if (!sameExtent(one, two)) return refuse(extents(one, two));
  if (state.options.verbose) warnOfMaximum(one, two, state);
  if (class1 === "H5T_STRING" && isVariableString(one.datatype) !== isVariableString(two.datatype)) {
    return refuse(`Not comparable: <${one.name}> or <${two.name}> is of mixed string type\n`);
  }
  return canCompareMembers(one, two, state, refuse);
}

function canCompareMembers(
  one: Comparable,
  two: Comparable,
  state: DiffState,
  refuse: (text: string) => false,
): boolean {
  const [first, second] = [one.datatype, two.datatype];
  if (first.class !== "compound" || second.class !== "compound") return true;
  const [count1, count2] = [first.members.length, second.members.length];
  if (count1 !== count2) {
    return refuse(`Not comparable: <${one.name}> has ${count1} members <${two.name}> has ${count2} members \n`);
  }
  return first.members.every(({ type }, i) => {
    const other = second.members[i] as (typeof second.members)[number];
    return canCompare({ ...one, datatype: type }, { ...two, datatype: other.type }, state, true);
  });
}

function sameExtent({ dataspace: a }: Comparable, { dataspace: b }: Comparable): boolean {
  return a.dims.length === b.dims.length && a.dims.every((size, d) => size === b.dims[d]);
}

function extents(one: Comparable, two: Comparable): string {
  const extent = ({ name, dataspace: { dims, maxDims } }: Comparable) =>
    `<${name}> has rank ${dims.length}, dimensions ${dimensions(dims)}, max dimensions ${dimensions(maxDims)}\n`;
  return `Not comparable: ${extent(one)}and ${extent(two)}`;
}

function warnOfStorage(one: Comparable, two: Comparable, state: DiffState): void {
  if (datatypesEqual(one.datatype, two.datatype)) return;
  state.write("Warning: different storage datatype\n");
  if (one.datatype.class !== "fixed-point" && one.datatype.class !== "floating-point") return;
  for (const { name, datatype } of [one, two]) state.write(`<${name}> has file datatype ${typeName(datatype)}\n`);
}

function warnOfMaximum(one: Comparable, two: Comparable, state: DiffState): void {
  const [max1, max2] = [one.dataspace.maxDims, two.dataspace.maxDims];
  if (max1.every((size, d) => size === max2[d])) return;
  state.write("Warning: different maximum dimensions\n");
  for (const [{ name }, dims] of [[one, max1] as const, [two, max2] as const]) {
    state.write(`<${name}> has max dimensions ${dimensions(dims)}\n`);
  }
}

function typeName(type: Datatype): string {
  for (const [name, known] of Object.entries(PREDEFINED)) {
    if (datatypesEqual(known, type)) return name.startsWith("H5T_") ? name : `H5T_${name}`;
  }
  return type.class === "fixed-point" ? "undefined integer" : "undefined float";
}

/** Whether integers of a datatype may be negative, in the words of the reference. */
export function signName(type: Datatype): string {
  const bottom = "base" in type && type.class === "enum" ? type.base : type;
  if (bottom.class !== "fixed-point") return "H5T_SGN_ERROR";
  return bottom.signed ? "H5T_SGN_2" : "H5T_SGN_NONE";
}
