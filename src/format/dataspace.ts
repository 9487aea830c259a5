/**
 * Dataspace message (0x0001).
 *
 * Specification: IV.A.2.b, "The Dataspace Message". Reference implementation: H5Osdspace.c.
 *
 * | field               | version 1                     | version 2                         |
 * | ------------------- | ----------------------------- | --------------------------------- |
 * | Version             | 1                             | 1                                 |
 * | Dimensionality      | 1                             | 1                                 |
 * | Flags               | 1: bit 0 maxima, bit 1 perm.  | 1: bit 0 maxima                   |
 * | Type                |                               | 1: 0 scalar, 1 simple, 2 null     |
 * | Reserved            | 5                             |                                   |
 * | Dimension Sizes     | Size of Lengths each          | Size of Lengths each              |
 * | Maximum Sizes       | Size of Lengths each, if told | Size of Lengths each, if told     |
 * | Permutation Indices | Size of Lengths each, if told |                                   |
 */
import { type FileWidths, UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { type UnsupportedError, unsupportedError } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import { encodeLength, isHugeLength } from "./huge-length.ts";
import { chosenVersion, type VersionBounds } from "./library-version.ts";

/** How many elements there are, and may be. Specification: IV.A.2.b, "The Dataspace Message". */
export interface Dataspace {
  readonly kind: "scalar" | "simple" | "null";
  /** Elements a dimension, slowest first; empty for scalar and null. */
  readonly dims: readonly number[];
  /** Greatest dims, `UNLIMITED` where unlimited; equal to `dims` when the file stores none. */
  readonly maxDims: readonly number[];
  /** Of greatest dims above 2^53 - 1, for which `maxDims` has the nearest number: what the file has. */
  readonly exactMaxDims?: readonly (bigint | undefined)[];
  /** Whether the file stores maxDims (they may be stored and equal). */
  readonly maxDimsStored: boolean;
  readonly version: 1 | 2;
}

/** C: `H5S_MAX_RANK`. */
export const MAX_RANK = 32;

const MAX_DIMS_PRESENT = 0x01;
const KINDS = ["scalar", "simple", "null"] as const;

/** `space` as a file of these bounds has it: version 1 knows no null dataspace. */
export function dataspaceWithin(space: Dataspace, bounds: VersionBounds): Dataspace {
  return { ...space, version: chosenVersion("dataspace", space.kind === "null" ? 2 : 1, bounds) as 1 | 2 };
}

/** Bytes of the message, without padding. */
export function sizeOfDataspace(space: Dataspace, widths: FileWidths): number {
  const stored = space.maxDimsStored ? 2 * space.dims.length : space.dims.length;
  return (space.version === 1 ? 8 : 4) + stored * widths.sizeOfLengths;
}

export function decodeDataspace(cursor: Cursor): Dataspace {
  const version = cursor.version([1, 2]) as 1 | 2;
  const rank = cursor.within(0, MAX_RANK, "Dimensionality");
  const flags = cursor.u8("Flags");
  const kind = version === 1 ? (rank === 0 ? "scalar" : "simple") : decodeKind(cursor, rank);
  if (version === 1) cursor.skip(5, "Reserved");

  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    if (isHugeLength(cursor)) throw hugeDimension(cursor);
    const dim = cursor.lengthValue("Dimension Size");
    if (dim === UNLIMITED) throw cursor.error("a current dimension is unlimited", "Dimension Size");
    dims.push(dim);
  }
  // A rank of 0 stores no maxima even where the flag says so: the flag then means nothing.
  const maxDimsStored = rank > 0 && (flags & MAX_DIMS_PRESENT) !== 0;
  if (!maxDimsStored) return { kind, dims, maxDims: dims, maxDimsStored, version };
  const maxDims: number[] = [];
  let exact: (bigint | undefined)[] | undefined;
  for (let i = 0; i < rank; i++) {
    if (isHugeLength(cursor)) {
      exact ??= new Array(rank).fill(undefined);
      const value = cursor.u64big("Dimension Maximum Size");
      exact[i] = value;
      maxDims.push(Number(value));
    } else {
      maxDims.push(cursor.lengthValue("Dimension Maximum Size"));
    }
  }
  return { kind, dims, maxDims, ...(exact && { exactMaxDims: exact }), maxDimsStored, version };
}

/** Extents are numbers here, and coordinates of elements with them. */
function hugeDimension(cursor: Cursor): UnsupportedError {
  return unsupportedError(`${cursor.u64big()} elements, more than 2^53 - 1`, cursor.place("Dimension Size"));
}

/** The greatest dims as text, exact ones too; `unlimited` for those without a limit. */
export function maxDimTexts({ maxDims, exactMaxDims }: Dataspace, unlimited: string): string[] {
  return maxDims.map((dim, i) => (dim === UNLIMITED ? unlimited : String(exactMaxDims?.[i] ?? dim)));
}

function decodeKind(cursor: Cursor, rank: number): Dataspace["kind"] {
  const kind = cursor.oneOf(KINDS, "Type");
  // Old code wrote simple spaces of rank 0; they hold one element.
  if (kind === "simple") return rank === 0 ? "scalar" : kind;
  if (rank !== 0) throw cursor.error(`a ${kind} dataspace with ${rank} dimensions`, "Dimensionality");
  return kind;
}

/** @throws RangeError for a null dataspace of version 1, which has no way to say so, or a rank above 32. */
export function encodeDataspace(writer: Writer, space: Dataspace): void {
  const { version, kind, dims, maxDims, maxDimsStored } = space;
  if (dims.length > MAX_RANK) throw new RangeError(`${dims.length} dimensions, the format allows ${MAX_RANK}`);
  if (kind === "null" && version === 1) throw new RangeError("a null dataspace needs version 2 of its message");
  writer
    .u8(version)
    .u8(dims.length)
    .u8(maxDimsStored ? MAX_DIMS_PRESENT : 0);
  if (version === 1) writer.zeros(5);
  else writer.u8(KINDS.indexOf(kind));
  for (const dim of dims) {
    if (dim === UNLIMITED) throw new RangeError("a current dimension cannot be unlimited");
    writer.lengthValue(dim);
  }
  if (!maxDimsStored) return;
  maxDims.forEach((dim, i) => {
    encodeLength(writer, dim, space.exactMaxDims?.[i]);
  });
}
