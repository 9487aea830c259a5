/**
 * What the facade asks of an open object and of the file it is in: identifiers are such objects, and so are the handles of
 * `h5ts/read`, which nobody counts or numbers and which end with their file.
 */
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { DatatypeObject } from "../engine/datatype-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Selection } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import type { ByteSource } from "../io/source.ts";
import type { FileAccess } from "./file-access.ts";
import type { DatasetAccess, PropDAID } from "./prop-dapl.ts";
import type { SpaceID } from "./space-id.ts";

/** Where an object is. */
export interface ObjectPlace<O extends EngineObject = EngineObject, F extends PlaceFile = PlaceFile> {
  readonly file: F;
  readonly object: O;
  /** The path the object was opened by, from the root; null where none is known, or it was unlinked. */
  path: string | null;
}

/** How a dataset is to be accessed. */
export interface DatasetAccessRequest {
  /** Values to start from. */
  readonly dapl?: PropDAID | undefined;
  /** Values in place of those, or of the file's. */
  readonly changes?: Partial<DatasetAccess> | undefined;
}

/** One opening of a file. */
export interface PlaceFile {
  readonly engine: H5File;
  readonly source: ByteSource;
  /** The name it was opened by; "" for bytes. */
  readonly name: string;
  /** `h5f.ACC_…` bits it is open with, as `FileID.getIntent` has them. */
  readonly intent: number;
  /** How it is accessed. */
  readonly access: Pick<
    FileAccess,
    "driver" | "metaBlockSize" | "libverHigh" | "chunkCacheSlots" | "chunkCacheBytes" | "chunkCacheW0"
  >;
  /** Closes files that names led into, and whose objects nobody kept. */
  closeUnused?(): void;
  /** The same of a file that a name or a reference leads into, which stays open for as long as its objects are. */
  another(engine: H5File): PlaceFile;
  /** A handle of the file itself. */
  root(): OpenRoot;
  /** A handle of an object of the file. */
  handleOf(place: ObjectPlace): OpenObject;
  datasetHandle(place: ObjectPlace<DatasetObject>, request: DatasetAccessRequest): OpenObject<DatasetObject>;
  spaceOf(extent: Dataspace, selection: Selection): SpaceQuestions;
}

/** What can be asked of a dataspace and its selection. */
export type SpaceQuestions = Pick<
  SpaceID,
  "shape" | "getSelectType" | "getSelectNpoints" | "getSelectBounds" | "isRegularHyperslab" | "getRegularHyperslab"
>;

export type ObjectKind = "group" | "dataset" | "datatype";

export interface OpenObject<O extends EngineObject = EngineObject> {
  /** Undefined for what is no object, such as an attribute. */
  readonly objectKind: ObjectKind | undefined;
  readonly valid: boolean;
  /** Whether it is in a file; datatypes may be in none. */
  readonly isPlaced: boolean;
  /** Where names start. @throws ValueError when closed, or in no file. */
  location(): ObjectPlace<O>;
  /** The object that all who ask for it share, with what it keeps in memory. */
  shared(): O;
  pathInFile(): string | null;
  equals(other: unknown): boolean;
  hash(): string;
}

interface HasDatatype {
  datatype(): Datatype;
}

export interface OpenDatatype extends OpenObject<DatatypeObject>, HasDatatype {}

interface Closable {
  /** Closes the file with all objects that were opened from it. */
  closeWithObjects(): void;
}

/** An open file, which is its root group too. */
export interface OpenRoot extends OpenObject<GroupObject>, Closable {}

/** What an object is; undefined for anything else. */
function kindOf(handle: unknown): ObjectKind | undefined {
  return (handle as OpenObject | null | undefined)?.objectKind;
}

export function isDatasetHandle(handle: unknown): handle is OpenObject<DatasetObject> {
  return kindOf(handle) === "dataset";
}

export function isGroupHandle(handle: unknown): handle is OpenObject<GroupObject> {
  return kindOf(handle) === "group";
}

export function isTypeHandle(handle: unknown): handle is OpenDatatype {
  return kindOf(handle) === "datatype";
}
