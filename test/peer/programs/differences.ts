/** Where h5ts answers otherwise than h5py by choice. */
import { h5s } from "../../../src/index.ts";
import type { Answer, Call, Program } from "./calls.ts";

/** What h5py refuses, and h5ts does. */
const MORE_HERE = [
  // Of opaque elements, and of booleans in arrays.
  "no appropriate function for conversion path",
  // Single elements too are repeated over lists of indexes and masks.
  "Broadcasting is not supported for complex selections",
  "Broadcasting is not supported for point-wise selections",
  // A copy whose path goes over a soft link.
  "Unable to copy object (address undefined)",
  // A mask of the first dimension alone, which h5py takes for some datatypes, and for reading.
  "Boolean indexing array has incompatible shape",
  // Soft links that lead in a circle are links that lead nowhere.
  "Special link traversal failed (too many links)",
  // Text for a member of fixed length.
  "'ascii' codec can't encode",
  // Sequences of records or complex numbers without elements.
  "Cannot create cython.array from NULL pointer",
  // Attributes in order of creation, many of them, of which one was renamed.
  "record is not in B-tree",
  // A dataset without elements has no chunks to go over.
  "Invalid selection - selection region must be within dataset space",
  // Blocks beside a list.
  "src and dest dataspaces have different number of elements selected",
  // An attribute without elements of an array datatype; committing what the C library has ready.
  "'NoneType' object is not subscriptable",
  "datatype is immutable",
  // Datasets of other datasets; sequences of one member of a compound.
  "Only chunked datasets can be resized",
  "Cannot change data-type for object array",
  "Not a datatype (not a datatype)",
  "'Empty' object is not subscriptable",
  "'NoneType' object is not iterable",
  // Dimensions of a dataset without elements, which h5py cannot count.
  "object of type 'NoneType' has no len()",
  // Points of virtual datasets.
  "point selections not currently supported",
  "When changing to a larger dtype, its size must be a divisor",
  // Datatypes with sequences, of which h5py makes others.
  "Datatypes do not exactly match (existing {",
];

/** What h5ts refuses, and h5py does. */
const LESS_HERE = [
  // numpy takes numbers for text and all for bytes, and asks for no names of members.
  "Datatypes cannot be safely cast",
  // Names of members beside an array datatype, which h5py does not look at.
  "Illegal slicing argument (not a compound dataset)",
  // Numbers that numpy wraps round.
  "out of bounds for",
  // Nothing, written to a single element: h5py writes what it finds in memory.
  "Can't broadcast (0,) -> ()",
  // A value for all members of a compound.
  "expected an object with the members of a compound",
  // Bytes, of which nobody says that they are opaque.
  "has no native HDF5 equivalent",
  // Nothing, written to a file open for reading.
  "(no write intent on file)",
  // What is no number or text, written to nothing.
  "(expected a number, got an array)",
  "(expected a number, got object)",
  "(expected a string, got number)",
  // A dataset for a datatype.
  "' not understood",
  "(enumeration has no member",
];

/** Words and classes of the same refusal, ours before theirs. */
const OTHER_WORDS: readonly (readonly [RegExp, RegExp])[] = [
  // What Python says of a method that is not there.
  [/^/, /^AttributeError/],
  // The words of version 2.0 of the C library.
  [/unable to open file, file name/, /unable to open external file, external link file name/],
  // Both have something to complain of, and begin at another end.
  [/indexing arguments for|Only one ellipsis/, /^(TypeError|IndexError|ValueError)/],
  // What is no index is taken for the name of a member.
  [/Field names only allowed for compound types/, /Simple selection can't process|Empty datasets cannot be sliced/],
  // A number that does not fit, and a shape that does not.
  [/^OverflowError/, /Can't broadcast|Shape of data is incompatible/],
  // Masks are two things in h5py, and come before or after the value.
  [
    /boolean index did not match|Boolean indexing array has incompatible|Broadcasting is not/,
    /oolean index|last N dimensions/,
  ],
  // A mask beside an ellipsis selects points, or elements one by one.
  [/Broadcasting is not supported for/, /Broadcasting is not supported for/],
  // h5py compares shapes before it asks the library, or after.
  [/selection \+ offset not within extent/, /Broadcasting is not supported for/],
  [/^/, /src and dest dataspaces have different number of elements selected/],
  // A single sequence is one element there, and several here.
  [/Can't broadcast/, /no appropriate function for conversion path/],
  // Numbers for what is none.
  [/no appropriate function for conversion path/, /Operation not defined for data type class/],
  [/Empty datasets don't support/, /'NoneType' object is not iterable/],
  // Indexes that are none of the virtual dataset, before and after it is made.
  [/selection \+ offset not within extent/, /virtual dataset dimensions not large enough/],
  // A mask of the first dimension, of which h5ts goes on to ask where its elements are.
  [/write requested to unmapped portion/, /Boolean indexing array has incompatible shape/],
  // numpy cannot look at what is to be written.
  [/^/, /Cannot change data-type for object array/],
  [/empty string/, /expected bytes, str found/],
  [/scalar dataspace|Empty datasets/, /truth value of an array|Boolean indexing array/],
  [/must match dataset rank/, /Only chunked datasets can be resized/],
  // h5py has no words for that.
  [/the group is empty/, /^KeyError: $/],
  // A dimension without scales.
  [/^(IndexError|KeyError)/, /H5DSiterate_scales/],
  // Names of members and arguments, taken apart in another order.
  [/Field names only allowed for compound types/, /does not appear in this type/],
  // A soft link that leads back to itself.
  [/^/, /Special link traversal failed \(too many links\)/],
  // What the high-level C library does not say.
  [/^RuntimeError: Error in h5ds/, /^RuntimeError: Unspecified error in H5DS/],
  // An attribute that is not there, among many.
  [/can't locate attribute/, /in name index|record is not in B-tree/],
  // Of a file open for reading the first thing said here is that.
  [/no write intent on file/, /^/],
  [/Unknown compression filter number/, /scale\/?offset/],
  [/' not understood/, /^/],
  // A soft link to a link to what another file does not have.
  [/component not found/, /object 'out\d+' doesn't exist/],
  [/doesn't exist/, /message type not found/],
  [/destination object already exists/, /doesn't exist|name already exists/],
  [/layout version out of bounds/, /point selections not currently supported/],
  // Text is never parsed as a number.
  [
    /Can't convert value to datatype/,
    /no appropriate function for conversion path|invalid literal for int|could not convert string to/,
  ],
  [
    /Can't convert value to datatype/,
    /Not a datatype|Shape of data is incompatible|Can't broadcast|Boolean indexing|last N dimensions have to/,
  ],
  [/Can't convert value to datatype/, /Can't (implicitly )?convert/],
  [/not a dataset/, /has incorrect type|is required when specifying a source/],
  [/Unable to set dataset extent/, /Only chunked datasets can be resized|invalid datatype size/],
  [/scalar dataspace|Empty datasets/, /indexing arguments for 0 dimensions/],
  [/not a compound dataset/, /Simple selection can't process|out of range/],
  [/does not appear in this type|Size must be positive/, /Field|Empty datasets/],
  // A path that goes over a soft link, and further.
  [/^RuntimeError: Unable to copy object/, /Unable to copy object \(address undefined\)/],
  [/a source has a name, and elements/, /NoneType/],
  // A soft link that leads nowhere has the name.
  [/name already exists/, /component not found|unable to open external file/],
  [/No such field for indexing/, /Illegal slicing argument/],
  // With offsets in memory of the C library.
  [/Datatypes (do not exactly match|cannot be safely cast)/, /Datatypes .*'offsets'/],
  // Dimensions of a dataset without any.
  [/^/, /object of type 'NoneType' has no len/],
  [/^/, /not all arguments converted during string formatting/],
];

/** Options of one dataset that do not go with those of another. */
const LIKE_OTHERS = /compression|SZIP|not all arguments converted/i;

function refusalOf(answer: Answer): string {
  return "error" in answer ? `${answer.error}: ${answer.text}` : "";
}

function isSameRefusal(call: Call, ours: string, theirs: string): boolean {
  if (call.call === "createLike" && LIKE_OTHERS.test(theirs)) return true;
  return OTHER_WORDS.some(([here, there]) => here.test(ours) && there.test(theirs));
}

/** What a program has that explains what h5py does. */
interface Traits {
  readonly hasVirtual: boolean;
  readonly expandsSoft: boolean;
}

export function traitsOf({ operations }: Program): Traits {
  return {
    hasVirtual: operations.some(({ call }) => call === "createVirtual"),
    expandsSoft: operations.some((call) => "flags" in call && call.flags.expandSoft === true),
  };
}

/** Whether the two answers to a call may differ so; `"stop"` when what follows cannot be compared any more. */
export function isChosen(call: Call, ours: Answer, theirs: Answer, traits: Traits): boolean | "stop" {
  const { hasVirtual, expandsSoft } = traits;
  const [here, there] = [refusalOf(ours), refusalOf(theirs)];
  if (here !== "" && there !== "") return there.startsWith("ZeroDivisionError") || isSameRefusal(call, here, there);
  // The element behind the last one, which the C library takes for one of the extent.
  if (call.call === "combined" && isBeyond(ours) && "ok" in theirs) return "stop";
  // Unions of hyperslabs whose blocks hold fewer elements than it counts; HDF5 2.0 gives what we do.
  if (call.call === "combined" && "ok" in theirs && lacksElements(theirs.ok)) return "stop";
  // The extent itself, which the C library takes for an offset within: it stores a chunk outside of the dataset.
  if (call.call === "writeChunk" && here.includes("offset exceeds dimensions of dataset")) return "stop";
  // Chunks without elements, or that end before they begin.
  if (call.call === "iterChunks" && "ok" in ours && "ok" in theirs) return hasBackwardPart(theirs.ok);
  if (there === "") {
    // Elements that a source of a virtual dataset has lost, which the C library reads and writes somewhere in its memory.
    // What is repeated over a virtual dataset the C library puts to where it first went.
    if (hasVirtual && here.includes("unmapped portion of virtual dataset")) return "stop";
    // A reference to the element behind the last one nobody looks at.
    const isBeyond = (hasVirtual || call.call === "region") && here.includes("(selection + offset not within extent)");
    return here !== "" && (isBeyond || LESS_HERE.some((text) => here.includes(text))) && "stop";
  }
  // Of a group with a soft link to itself the C library makes a copy without sense when such links are expanded.
  if (expandsSoft && there.includes("address of object past end of allocation")) return "stop";
  // Of blocks added to a selection without elements the C library makes chunks twice.
  if (call.call === "combined" && there.includes("can't insert duplicate key")) return "stop";
  // h5py's own slip, of arrays without elements.
  if (there.startsWith("ZeroDivisionError")) return true;
  // Another compression with the options of the old one.
  if (call.call === "createLike" && LIKE_OTHERS.test(there)) return "stop";
  // Blocks that something is repeated over.
  if (there.includes("selection + offset not within extent") && JSON.stringify(call).includes('"blocks"'))
    return "stop";
  return MORE_HERE.some((text) => there.includes(text)) && "stop";
}

/** Whether points of a selection are not within the extent. */
function isBeyond(ours: Answer): boolean {
  return (
    "ok" in ours &&
    (ours.ok as readonly unknown[])[1] === h5s.SEL_POINTS &&
    (ours.ok as readonly unknown[])[2] === false
  );
}

/** Whether the blocks of a hyperslab hold fewer elements than its count, the first of the facts, says. */
function lacksElements(answer: unknown): boolean {
  const facts = answer as readonly unknown[];
  // With the elements beside them, when some were read.
  const [count, , , , blocks] = (Array.isArray(facts[0]) ? facts[0] : facts) as readonly unknown[];
  if (!Array.isArray(blocks)) return false;
  const sizes = (blocks as readonly (readonly [readonly number[], readonly number[]])[]).map(([start, end]) =>
    start.reduce((product, first, d) => product * ((end[d] as number) - first + 1), 1),
  );
  return sizes.reduce((sum, size) => sum + size, 0) < Number(count);
}

function hasBackwardPart(parts: unknown): boolean {
  return (parts as readonly (readonly (readonly number[])[])[]).some((part) =>
    part.some(([start = 0, stop = 0]) => stop <= start),
  );
}
