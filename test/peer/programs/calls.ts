/** Programs of calls that h5ts and h5py both know, in a form that goes to a Python process as JSON. */

export type TypeSpec =
  /** numpy's code: integers and floats of either byte order. */
  | { readonly kind: "number"; readonly code: string }
  | { readonly kind: "bool" }
  /** Stored as h5py does it, as a compound of two floats with this code. */
  | { readonly kind: "complex"; readonly part: "<f4" | "<f8" | ">f4" | ">f8" }
  | { readonly kind: "enum"; readonly base: string; readonly members: Readonly<Record<string, number>> }
  | { readonly kind: "string"; readonly length: number | null; readonly encoding: "ascii" | "utf-8" }
  | { readonly kind: "opaque"; readonly size: number }
  | { readonly kind: "compound"; readonly fields: readonly (readonly [name: string, type: TypeSpec])[] }
  | { readonly kind: "vlen"; readonly base: TypeSpec }
  | { readonly kind: "array"; readonly base: TypeSpec; readonly dims: readonly number[] }
  | { readonly kind: "reference"; readonly region: boolean };

/**
 * One element: numbers as they are or, where JSON has none, as text ("nan", "-inf", "-0", "9007199254740993"); bytes as
 * hexadecimal text; the values of a compound's members, the elements of a sequence or array, the parts of a complex number as
 * lists; a reference as what it is to.
 */
export type ElementSpec =
  | number
  | string
  | boolean
  | readonly ElementSpec[]
  | { readonly object: string; readonly selection?: SelectionSpec };

export interface ValueSpec {
  readonly type: TypeSpec;
  /** Null: `Empty`. */
  readonly shape: readonly number[] | null;
  /** Row-major. */
  readonly items: readonly ElementSpec[];
  /** Whether an array with its datatype is given, or bare values in lists. */
  readonly form: "array" | "list";
}

export type IndexSpec =
  | number
  | "..."
  | null
  | { readonly slice: readonly (number | null)[] }
  | { readonly list: readonly number[]; readonly code?: string }
  | { readonly mask: readonly boolean[] }
  | { readonly blocks: readonly [start: number, stride: number, count: number | null, block: number] }
  | { readonly field: string };

/** Arguments between the brackets; a mask of the whole dataset; a region reference to a dataset. */
export type SelectionSpec =
  | { readonly args: readonly IndexSpec[]; readonly bare?: boolean }
  | { readonly mask: readonly boolean[]; readonly shape: readonly number[] }
  | { readonly region: string; readonly of: SelectionSpec };

export interface StorageSpec {
  readonly maxshape?: number | readonly (number | null)[];
  readonly chunks?: boolean | number | readonly number[];
  readonly trackTimes?: boolean;
  /** Of files beside the program's. */
  readonly external?: readonly (readonly [name: string, offset: number, size: number])[];
  readonly compression?: string | number;
  readonly compressionOpts?: number | readonly (string | number)[];
  readonly shuffle?: boolean;
  readonly fletcher32?: boolean;
  readonly scaleoffset?: number | boolean;
  readonly trackOrder?: boolean;
  readonly fillvalue?: ValueSpec;
}

export interface CreationSpec extends StorageSpec {
  readonly shape?: number | readonly number[];
  readonly dtype?: TypeSpec;
  /** Path of a committed datatype, in place of `dtype`. */
  readonly named?: string;
  readonly data?: ValueSpec;
}

export interface MappingSpec {
  readonly target: SelectionSpec;
  /** Path of a dataset of the same file, or of another one, of which that tells the rest. */
  readonly source: string;
  readonly elsewhere?: { readonly file: string; readonly shape: readonly number[]; readonly dtype: TypeSpec };
  readonly selection: SelectionSpec;
}

export interface CopyFlags {
  readonly name?: string;
  readonly shallow?: boolean;
  readonly expandSoft?: boolean;
  readonly expandExternal?: boolean;
  readonly expandRefs?: boolean;
  readonly withoutAttrs?: boolean;
}

export type View =
  | { readonly astype: TypeSpec }
  | { readonly asstr: string | null; readonly errors?: "strict" | "ignore" | "replace" }
  | { readonly fields: string | readonly string[] };

/** How a file is opened, in h5ts's names. */
export interface FileSpec {
  readonly userblockSize?: number;
  readonly fsStrategy?: "fsm" | "page" | "aggregate" | "none";
  readonly fsPersist?: boolean;
  readonly fsThreshold?: number;
  readonly fsPageSize?: number;
  readonly rdccNbytes?: number;
  readonly alignmentThreshold?: number;
  readonly alignmentInterval?: number;
}

export type LibverSpec = "earliest" | "latest" | "v108" | "v110" | readonly [string, string];

/** What a group or its attributes do as a mapping, and calls that concern several files. */
export type ContainerCall =
  | { readonly call: "items" | "popItem" | "clear" | "relations"; readonly path: string }
  | { readonly call: "pop"; readonly path: string; readonly name: string; readonly fallback: boolean }
  | { readonly call: "update"; readonly path: string; readonly values: readonly (readonly [string, ValueSpec])[] }
  | { readonly call: "setDefault"; readonly path: string; readonly name: string; readonly value: ValueSpec }
  | { readonly call: "visitUntil"; readonly path: string; readonly count: number }
  | { readonly call: "attrItems" | "attrPopItem" | "attrClear"; readonly path: string }
  | { readonly call: "attrUpdate"; readonly path: string; readonly values: readonly (readonly [string, ValueSpec])[] }
  | { readonly call: "attrSetDefault"; readonly path: string; readonly name: string; readonly value: ValueSpec }
  | { readonly call: "anonymous"; readonly path: string; readonly options?: CreationSpec }
  | { readonly call: "scale"; readonly path: string; readonly axis: number; readonly which: string | number }
  /** Many links or attributes of one object. */
  | {
      readonly call: "burst" | "prune";
      readonly path: string;
      readonly what: "groups" | "attributes" | "datasets" | "softLinks";
      readonly count: number;
      /** Each so many is removed. */
      readonly every?: number;
    }
  /** To and from another file beside the program's. */
  | { readonly call: "copyOut" | "copyIn"; readonly path: string; readonly to: string; readonly flags: CopyFlags };

/** One step of a selection that is put together: points, or blocks combined with what was selected. */
export type SelectionStep =
  | { readonly points: readonly (readonly number[])[]; readonly op: "SET" | "APPEND" | "PREPEND" }
  | {
      readonly op: "SET" | "OR" | "AND" | "XOR" | "NOTB" | "NOTA";
      readonly start: readonly number[];
      readonly stride: readonly number[];
      readonly count: readonly number[];
      readonly block: readonly number[];
    };

/** Creation properties that the facade does not have, in the low-level API's names. */
export interface PropertySpec {
  readonly code: string;
  readonly shape: readonly number[];
  readonly maxshape?: readonly (number | null)[];
  readonly layout?: "COMPACT" | "CONTIGUOUS";
  readonly chunks?: readonly number[];
  readonly allocTime?: "EARLY" | "LATE" | "INCR";
  readonly fillTime?: "ALLOC" | "NEVER" | "IFSET";
  readonly fillvalue?: number;
  readonly filters: readonly ("shuffle" | "nbit" | "deflate" | "fletcher32")[];
  readonly attrPhaseChange?: readonly [number, number];
  /** Elements are numbered from here; nothing is written without it. */
  readonly data?: number;
}

/** Calls of the low-level API. */
export type LowLevelCall =
  | { readonly call: "storage" | "objectInfo"; readonly path: string }
  | { readonly call: "linkInfo" | "attrInfo"; readonly path: string; readonly name: string }
  | {
      readonly call: "combined";
      readonly path: string;
      readonly code: string;
      readonly steps: readonly SelectionStep[];
      readonly writes: boolean;
    }
  | { readonly call: "createWith"; readonly path: string; readonly properties: PropertySpec }
  | {
      readonly call: "createGroupWith";
      readonly path: string;
      readonly order: number;
      readonly attrPhaseChange?: readonly [number, number];
    }
  | { readonly call: "readChunk"; readonly path: string; readonly offset: readonly number[] }
  | {
      readonly call: "writeChunk";
      readonly path: string;
      readonly offset: readonly number[];
      readonly bytes: string;
      readonly filterMask: number;
    };

export type Call =
  | ContainerCall
  | LowLevelCall
  | { readonly call: "createGroup"; readonly path: string; readonly trackOrder?: boolean }
  | {
      readonly call: "requireGroup" | "keys" | "has" | "visit" | "visitItems" | "info" | "delete";
      readonly path: string;
    }
  | { readonly call: "createDataset"; readonly path: string; readonly options: CreationSpec }
  | {
      readonly call: "requireDataset";
      readonly path: string;
      readonly shape: readonly number[];
      readonly dtype: TypeSpec;
      readonly exact: boolean;
    }
  | { readonly call: "createLike"; readonly path: string; readonly other: string; readonly options: StorageSpec }
  | {
      readonly call: "createVirtual";
      readonly path: string;
      readonly shape: readonly number[];
      readonly dtype: TypeSpec;
      readonly fillvalue?: ValueSpec;
      readonly mappings: readonly MappingSpec[];
    }
  | { readonly call: "set"; readonly path: string; readonly value: ValueSpec }
  | {
      readonly call: "link";
      readonly path: string;
      readonly soft?: string;
      readonly file?: string;
      readonly hard?: string;
    }
  | { readonly call: "commit"; readonly path: string; readonly dtype: TypeSpec }
  | { readonly call: "move"; readonly path: string; readonly to: string }
  | {
      readonly call: "copy";
      readonly path: string;
      readonly to: string;
      readonly into: boolean;
      readonly flags: CopyFlags;
    }
  | {
      readonly call: "get";
      readonly path: string;
      readonly fallback: boolean;
      readonly getclass: boolean;
      readonly getlink: boolean;
    }
  | { readonly call: "attrSet" | "attrModify"; readonly path: string; readonly name: string; readonly value: ValueSpec }
  | {
      readonly call: "attrCreate";
      readonly path: string;
      /** Path of a committed datatype, in place of `dtype`. */
      readonly named?: string;
      readonly name: string;
      readonly value: ValueSpec;
      readonly shape?: readonly number[];
      readonly dtype?: TypeSpec;
    }
  | {
      readonly call: "attrGet" | "attrDelete" | "attrHas" | "attrPop" | "attrDefault";
      readonly path: string;
      readonly name: string;
    }
  | { readonly call: "attrKeys"; readonly path: string }
  | { readonly call: "read"; readonly path: string; readonly selection: SelectionSpec; readonly view?: View }
  | { readonly call: "write"; readonly path: string; readonly selection: SelectionSpec; readonly value: ValueSpec }
  | {
      readonly call: "readDirect" | "writeDirect";
      readonly path: string;
      readonly array: ValueSpec;
      readonly source?: SelectionSpec;
      readonly destination?: SelectionSpec;
    }
  | {
      readonly call: "resize";
      readonly path: string;
      readonly size: number | readonly number[];
      readonly axis?: number;
    }
  | { readonly call: "iterate" | "len" | "scales"; readonly path: string }
  | { readonly call: "iterChunks"; readonly path: string; readonly selection?: SelectionSpec }
  | { readonly call: "label"; readonly path: string; readonly axis: number; readonly text: string }
  | { readonly call: "makeScale"; readonly path: string; readonly name: string }
  | { readonly call: "attach" | "detach"; readonly path: string; readonly axis: number; readonly scale: string }
  | { readonly call: "region"; readonly path: string; readonly selection: SelectionSpec }
  | { readonly call: "reopen"; readonly mode?: "r" | "r+" | "a" | "x" };

export interface Program {
  readonly file: {
    readonly libver: LibverSpec;
    readonly options: FileSpec;
    readonly trackOrder: boolean;
    /** Whether h5ts has objects open for as long as the file. */
    readonly keepsOpen: boolean;
  };
  readonly operations: readonly Call[];
}

/** What a call gave, in a form that is the same for both libraries. */
export type Answer = { readonly ok: unknown } | { readonly error: string; readonly text: string };
