/**
 * What is done to a file, as data: h5ts, h5py and a model in memory each carry out the same operations.
 *
 * Elements are written as text: the hexadecimal bytes of what has a fixed size, `v` and the hexadecimal bytes of what has
 * none (text, or packed elements of a sequence), `{` and the members joined by `;` for a compound with variable-length
 * members, `>` and a path for an object reference, `#` and a region (`regions.ts`) for a region reference, `>` or `#` alone
 * for null references.
 */

export type TypeSpec =
  | { readonly t: "i"; readonly s: number; readonly u: boolean; readonly be: boolean }
  | { readonly t: "f"; readonly s: 2 | 4 | 8; readonly be: boolean }
  /** Padding as in `H5T_str_t`, character set as in `H5T_cset_t`. */
  | { readonly t: "s"; readonly s: number; readonly p: 0 | 1 | 2; readonly c: 0 | 1 }
  | { readonly t: "o"; readonly s: number; readonly g: string }
  | { readonly t: "b"; readonly s: number; readonly be: boolean }
  | { readonly t: "e"; readonly b: TypeSpec; readonly m: readonly (readonly [name: string, value: number])[] }
  | {
      readonly t: "c";
      readonly s: number;
      readonly m: readonly (readonly [name: string, offset: number, type: TypeSpec])[];
    }
  | { readonly t: "a"; readonly d: readonly number[]; readonly b: TypeSpec }
  | { readonly t: "vs"; readonly c: 0 | 1 }
  | { readonly t: "vl"; readonly b: TypeSpec }
  /** References: to an object, to elements of a dataset. */
  | { readonly t: "r" }
  | { readonly t: "rr" };

/** One element; see above. */
export type Element = string;

/** Null dataspace, scalar (no dims) or simple. */
export type Dims = readonly number[] | null;

/** A box of a virtual dataset that comes from a box of another dataset of the file, of the same type and rank. */
export interface VirtualPart {
  readonly path: string;
  readonly from: readonly number[];
  readonly count: readonly number[];
  readonly at: readonly number[];
}

export interface DatasetSpec {
  readonly type: TypeSpec;
  /** Path of a committed datatype that is used, equal to `type`. */
  readonly committed?: string;
  readonly dims: Dims;
  /** -1 for unlimited; absent for the dims. */
  readonly maxDims?: readonly number[];
  readonly layout: "compact" | "contiguous" | "chunked" | "virtual";
  readonly parts?: readonly VirtualPart[];
  /** Raw data files of a contiguous dataset, in the folder of the file. */
  readonly external?: readonly (readonly [name: string, byteLength: number])[];
  readonly chunk?: readonly number[];
  /** Number and client data, as for `H5Pset_filter`; 4 (szip), 5 and 6 with what their own functions take. */
  readonly filters?: readonly { readonly id: number; readonly values: readonly number[] }[];
  readonly fill?: Element;
  /** As in `H5D_alloc_time_t`; 0 for the default. */
  readonly alloc?: 0 | 1 | 2 | 3;
  /** As in `H5D_fill_time_t`. */
  readonly fillTime?: 0 | 2;
  readonly attrOrder?: boolean;
  /** How many attributes are still compact, how many still dense. */
  readonly attrPhase?: readonly [number, number];
  /** As in `H5Pset_chunk_opts`: 2 leaves partial edge chunks without filters. */
  readonly chunkOptions?: number;
}

export type Operation =
  | {
      readonly op: "group";
      readonly path: string;
      readonly linkOrder?: boolean;
      readonly attrOrder?: boolean;
      readonly phase?: readonly [number, number];
      readonly attrPhase?: readonly [number, number];
      /** Order of creation is kept, but no index of it. */
      readonly onlyTracked?: boolean;
      /** As in `H5Pset_est_link_info`. */
      readonly estimate?: readonly [number, number];
      readonly heapHint?: number;
    }
  | { readonly op: "dataset"; readonly path: string; readonly spec: DatasetSpec }
  | { readonly op: "commit"; readonly path: string; readonly type: TypeSpec }
  | { readonly op: "hard"; readonly path: string; readonly target: string }
  | { readonly op: "soft"; readonly path: string; readonly to: string }
  | { readonly op: "external"; readonly path: string; readonly file: string; readonly to: string }
  /** A user-defined link, its data in hexadecimal. */
  | { readonly op: "user"; readonly path: string; readonly data: string }
  | { readonly op: "unlink"; readonly path: string }
  | { readonly op: "move"; readonly path: string; readonly to: string }
  | { readonly op: "copy"; readonly path: string; readonly to: string }
  | {
      readonly op: "write";
      readonly path: string;
      readonly start: readonly number[];
      readonly count: readonly number[];
      readonly stride: readonly number[];
      readonly data: readonly Element[];
    }
  | { readonly op: "resize"; readonly path: string; readonly dims: readonly number[] }
  | {
      readonly op: "attr";
      readonly path: string;
      readonly name: string;
      readonly type: TypeSpec;
      readonly committed?: string;
      readonly dims: Dims;
      readonly data: readonly Element[];
    }
  | { readonly op: "attrWrite"; readonly path: string; readonly name: string; readonly data: readonly Element[] }
  | { readonly op: "attrDelete"; readonly path: string; readonly name: string }
  | { readonly op: "attrRename"; readonly path: string; readonly name: string; readonly to: string }
  | { readonly op: "comment"; readonly path: string; readonly text: string }
  /** Everything reaches the file, and is compared. */
  | { readonly op: "flush" }
  /** As `flush`, and the file is closed and opened again. */
  | { readonly op: "reopen" };

export type FileOperation = Exclude<Operation, { readonly op: "flush" | "reopen" }>;

/** How a file is made. */
export interface FileSpec {
  /** `H5F_libver_t` of the low bound, as far as HDF5 1.10 knows it, or a later one by name. */
  readonly low: "earliest" | "v108" | "v110" | "v112" | "v114" | "v200";
  readonly userBlock: number;
  /** `H5F_fspace_strategy_t`, whether free space is kept, page size. */
  readonly strategy?: readonly [number, boolean, number];
  /** Indexes of shared messages, each with flags of message types and the least size; and when a list is a tree. */
  readonly shared?: {
    readonly indexes: readonly (readonly [flags: number, minimumSize: number])[];
    readonly phase: readonly [listMax: number, treeMin: number];
  };
  readonly linkOrder: boolean;
  readonly attrOrder: boolean;
  /** The newest version that may be used. */
  readonly high?: "v108" | "v110";
  /** Of offsets and of lengths. */
  readonly sizes?: readonly [number, number];
  /** Of internal nodes and of leaves. */
  readonly symK?: readonly [number, number];
  readonly istoreK?: number;
  readonly threshold?: number;
  /** Of the root group, as in `group`. */
  readonly phase?: readonly [number, number];
  readonly attrPhase?: readonly [number, number];
  readonly estimate?: readonly [number, number];
  readonly heapHint?: number;
  readonly access?: AccessSpec;
}

/** Settings of an access list. */
export interface AccessSpec {
  readonly metaBlock?: number;
  readonly smallData?: number;
  readonly alignment?: readonly [threshold: number, alignment: number];
  readonly chunkCache?: readonly [slots: number, byteLength: number, w0: number];
  readonly sieve?: number;
}

export interface Tree {
  readonly file: FileSpec;
  readonly operations: readonly Operation[];
}

/** Bytes of an element on disk; of variable-length ones with addresses of 8 bytes. */
export function sizeOfType(type: TypeSpec): number {
  switch (type.t) {
    case "e":
      return sizeOfType(type.b);
    case "a":
      return type.d.reduce((size, dim) => size * dim, sizeOfType(type.b));
    case "vs":
    case "vl":
      return 16;
    case "r":
      return 8;
    case "rr":
      return 12;
    default:
      return type.s;
  }
}

/** Whether elements are their bytes alone. */
export function isPlain(type: TypeSpec): boolean {
  switch (type.t) {
    case "vs":
    case "vl":
    case "r":
    case "rr":
      return false;
    case "c":
      return type.m.every(([, , member]) => isPlain(member));
    case "a":
      return isPlain(type.b);
    default:
      return true;
  }
}

/** Whether elements are references, or have some among their members. */
export function hasReferences(type: TypeSpec): boolean {
  return type.t === "r" || type.t === "rr" || (type.t === "c" && type.m.some(([, , member]) => hasReferences(member)));
}

export function countOf(dims: Dims): number {
  return dims === null ? 0 : dims.reduce((count, size) => count * size, 1);
}

/** Whether the text can be an element of the type: an operation may come to another object than it was made for. */
export function isElementOf(type: TypeSpec, element: Element): boolean {
  if (isPlain(type)) return /^[0-9a-f]*$/.test(element) && element.length === 2 * sizeOfType(type);
  switch (type.t) {
    case "c": {
      const parts = element.slice(1).split(";");
      return (
        element.startsWith("{") &&
        parts.length === type.m.length &&
        type.m.every(([, , member], k) => isElementOf(member, parts[k] as Element))
      );
    }
    case "vl":
      return element.startsWith("v") && (element.length - 1) % (2 * sizeOfType(type.b)) === 0;
    case "vs":
      // Text ends with the first byte that is zero.
      return element.startsWith("v") && !/^v(..)*00/.test(element);
    case "rr":
      return element.startsWith("#");
    default:
      return element.startsWith(">");
  }
}

/** An element of zeros. */
export function zeroElement(type: TypeSpec): Element {
  if (isPlain(type)) return "00".repeat(sizeOfType(type));
  if (type.t === "c") return `{${type.m.map(([, , member]) => zeroElement(member)).join(";")}`;
  if (type.t === "rr") return "#";
  return type.t === "r" ? ">" : "v";
}

/** The C library tells offsets in compounds with variable-length members as they are in its memory: they are left out. */
export function comparableType(type: TypeSpec): TypeSpec {
  if (type.t !== "c" || isPlain(type)) return type;
  return { t: "c", s: 0, m: type.m.map(([name, , member]) => [name, 0, comparableType(member)]) };
}
