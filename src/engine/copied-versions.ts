/**
 * Versions of what a copy consists of: those of its source, whatever the bounds of the file it goes to.
 *
 * Reference implementation: H5Ocopy.c, `H5O__copy_header_real`, which takes the version of the header over, and the messages
 * as they are.
 */
import type { Datatype } from "../format/datatype.ts";
import { withVersion } from "../format/datatype-version.ts";
import {
  earlierVersion,
  LIBRARY_VERSIONS,
  type LibraryVersion,
  newestWith,
  type VersionBounds,
} from "../format/library-version.ts";
import type { Attribute } from "./attribute-values.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";

/**
 * The bounds under which an object becomes what its source is: of all low bounds that give none of its structures a later
 * version than the source has the newest one, as far as the file that it goes to may be new.
 */
export function boundsOfCopy(source: EngineObject, { highBound }: VersionBounds): VersionBounds {
  return { lowBound: earlierVersion(newestFor(source), highBound), highBound };
}

/** The same for datatype and dataspace of an attribute; its message follows the file that it goes to. C: `H5A__attr_copy_file`. */
export function boundsOfParts({ datatype, dataspace }: Attribute, { highBound }: VersionBounds): VersionBounds {
  const newest = earlierVersion(newestWith("dataspace", dataspace.version), newestWithType(datatype));
  return { lowBound: earlierVersion(newest, highBound), highBound };
}

function newestFor(source: EngineObject): LibraryVersion {
  const ofHeader = newestWith("objectHeader", source.header.fields.version);
  if (source instanceof GroupObject) return source.linkStorage === "symbol table" ? "earliest" : ofHeader;
  if (source instanceof DatasetObject) return [ofHeader, ...ofMessages(source)].reduce(earlierVersion);
  if (source instanceof DatatypeObject) return earlierVersion(ofHeader, newestWithType(source.datatype));
  return ofHeader;
}

function ofMessages(source: DatasetObject): LibraryVersion[] {
  const { dataspace, fillValue, layout, pipeline, committedTypeAddress } = source;
  const newest = [newestWith("dataspace", dataspace.version), newestWith("layout", layout.version)];
  if (fillValue !== undefined) newest.push(newestWith("fillValue", fillValue.version));
  if (pipeline !== undefined) newest.push(newestWith("filterPipeline", pipeline.version));
  // The version of a committed datatype is its own.
  if (committedTypeAddress === undefined) newest.push(newestWithType(source.datatype));
  return newest;
}

/** Most datatypes have the same version under every bound. */
function newestWithType(type: Datatype): LibraryVersion {
  return LIBRARY_VERSIONS.findLast((bound) => withVersion(type, bound).version <= type.version) ?? "earliest";
}
