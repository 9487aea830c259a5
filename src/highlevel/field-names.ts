/** Members of a compound datatype named among the arguments of reading and writing. h5py: `dset["field"]`. */
import type { IndexArgument, IndexArguments } from "../engine/selection/index-arguments.ts";
import { parseIndexText } from "../engine/selection/index-text.ts";
import type { CompoundMember, CompoundType, Datatype } from "../format/datatype.ts";
import { compound, packedCompound } from "../format/predefined-datatypes.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { requireArray } from "./argument-checks.ts";
import { isReferenceValue } from "./infer-type.ts";
import { Selection, type SelectionArguments } from "./selections.ts";

const NO_NAMES: readonly string[] = [];

/** As {@link splitFieldNames}; selections and references name no members. */
export function splitArguments(
  type: Datatype,
  args: SelectionArguments,
  unknown?: (name: string) => string,
): { readonly names: readonly string[]; readonly rest: SelectionArguments } {
  if (args instanceof Selection || isReferenceValue(args)) return { names: NO_NAMES, rest: args };
  return splitFieldNames(type, args, unknown);
}

export interface SplitArguments {
  /** In the order given; empty when whole elements are meant. */
  readonly names: readonly string[];
  readonly rest: IndexArguments;
}

/** Takes the names of members out of the arguments; only compound datatypes have any. */
export function splitFieldNames(type: Datatype, args: IndexArguments, unknown = noSuchMember): SplitArguments {
  if (type.class !== "compound") return { names: NO_NAMES, rest: args };
  const isField = (arg: unknown): arg is string => {
    return typeof arg === "string" && (hasMember(type.members, arg) || !isIndexText(arg));
  };
  if (isField(args)) return { names: [checkedName(type.members, args, unknown)], rest: undefined };
  if (!Array.isArray(args)) return { names: [], rest: args };
  const list = args as readonly IndexArgument[];
  const names = list.filter(isField).map((name) => checkedName(type.members, name, unknown));
  return { names, rest: names.length === 0 ? args : list.filter((arg) => !isField(arg)) };
}

/** Checks that nothing is named where there are no members. @throws TypeError in h5py's words for writing. */
export function requireNoNames(args: SelectionArguments): void {
  const list: readonly unknown[] = Array.isArray(args) ? args : [args];
  if (list.some((arg) => typeof arg === "string" && !isIndexText(arg))) {
    throw plainError("TypeError", "Illegal slicing argument (not a compound dataset)");
  }
}

function noSuchMember(name: string): string {
  return `Field ${name} does not appear in this type.`;
}

function hasMember(members: readonly CompoundMember[], name: string): boolean {
  return members.some((member) => member.name === name);
}

function isIndexText(text: string): boolean {
  try {
    parseIndexText(text);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ValueError") return false;
    throw error;
  }
}

function checkedName(members: readonly CompoundMember[], name: string, unknown: (name: string) => string): string {
  if (!hasMember(members, name)) throw plainError("ValueError", unknown(String(name)));
  return name;
}

/** @throws ValueError for a datatype without members, or without one of those; TypeError for names that are no list. */
export function requireMembers(type: Datatype, names: readonly string[]): void {
  if (type.class !== "compound") throw plainError("ValueError", "Field names only allowed for compound types");
  requireArray(names);
  for (const name of names) checkedName(type.members, name, noSuchMember);
}

/** Some members of a compound datatype, or one. */
export interface FieldSelection {
  /** What values are of: the member's own datatype if it is one, a compound of the members otherwise. */
  readonly datatype: Datatype;
  /** The compound that stands for memory of `memoryType`, a datatype that `datatype` converts to. */
  inMemory(memoryType: Datatype): Datatype;
}

/** What is read or written when `names` are given; all of the datatype without any. `asRecords`: even of a single one. */
export function selectFields(type: Datatype, names: readonly string[], asRecords = false): FieldSelection {
  if (names.length === 0 || type.class !== "compound") {
    return { datatype: type, inMemory: (memoryType) => memoryType };
  }
  const members = names.map((name) => type.members.find((member) => member.name === name) as CompoundMember);
  const [only] = members;
  if (members.length === 1 && only !== undefined && !asRecords) {
    const inMemory = (memoryType: Datatype) => compound([{ name: only.name, byteOffset: 0, type: memoryType }]);
    return { datatype: only.type, inMemory };
  }
  return { datatype: packedCompound(members), inMemory: (memoryType) => memoryType };
}

/** A packed compound of some members. @throws ValueError for a name that is none. */
export function compoundOf(type: CompoundType, names?: readonly string[]): CompoundType {
  if (names === undefined) return packedCompound(type.members);
  requireMembers(type, names);
  return packedCompound(names.map((name) => type.members.find((member) => member.name === name) as CompoundMember));
}
