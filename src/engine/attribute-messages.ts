/**
 * What the message of an attribute says: its version, and its parts as the file stores them.
 *
 * Specification: IV.A.2.m. Reference implementation: H5Aint.c (`H5A__create`, `H5A__set_version`).
 */
import { isAscii } from "../base/text.ts";
import type { AttributeMessage } from "../format/attribute.ts";
import { dataspaceWithin, encodeDataspace } from "../format/dataspace.ts";
import type { CharacterSet, Datatype } from "../format/datatype.ts";
import { encodeDatatype } from "../format/datatype-message.ts";
import { withinBounds } from "../format/datatype-version.ts";
import { chosenVersion } from "../format/library-version.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { MaybeShared } from "../format/shared-message.ts";
import { sharedPart } from "./attribute-sharing.ts";
import type { AttributeSpec } from "./attribute-values.ts";
import type { H5File } from "./h5-file.ts";

/** The message of a new attribute, whose datatype may be a committed one. */
export function messageOfNew(file: H5File, spec: AttributeSpec): AttributeMessage {
  const characterSet = spec.characterSet ?? characterSetOf(spec.name);
  const shared = spec.committedTypeAddress !== undefined;
  const partBounds = spec.partBounds ?? file;
  const datatype: MaybeShared<Datatype> =
    spec.committedTypeAddress === undefined
      ? { shared: false, value: withinBounds(spec.datatype, partBounds) }
      : { shared: true, location: { kind: "committed", version: 2, objectHeaderAddress: spec.committedTypeAddress } };
  return {
    version: versionOf(file, characterSet, shared),
    name: spec.name,
    characterSet,
    datatype,
    dataspace: { shared: false, value: dataspaceWithin(spec.dataspace, partBounds) },
    data: spec.bytes,
  };
}

/** The message under another name. */
export function renamed(file: H5File, old: AttributeMessage, name: string): AttributeMessage {
  const characterSet = characterSetOf(name);
  const version = versionOf(file, characterSet, old.datatype.shared || old.dataspace.shared);
  return { ...old, name, characterSet, version };
}

/** Datatype and dataspace in the heap, where the file shares such. */
export function withSharedParts(file: H5File, message: AttributeMessage): AttributeMessage {
  const datatype = message.datatype.shared
    ? message.datatype
    : sharedPart(file, MESSAGE.DATATYPE, message.datatype.value, encodeDatatype);
  const dataspace = message.dataspace.shared
    ? message.dataspace
    : sharedPart(file, MESSAGE.DATASPACE, message.dataspace.value, encodeDataspace);
  const shared = datatype.shared || dataspace.shared;
  const version = shared && message.version === 1 ? 2 : message.version;
  return { ...message, version, datatype, dataspace };
}

const characterSetOf = (name: string): CharacterSet => (isAscii(name) ? "ascii" : "utf-8");

/** 3 for a name that is not ASCII, 2 for parts that are shared, 1 for others; or what the low bound is worth. */
function versionOf(file: H5File, characterSet: CharacterSet, sharedParts: boolean): AttributeMessage["version"] {
  const needed = characterSet === "utf-8" ? 3 : sharedParts ? 2 : 1;
  return chosenVersion("attribute", needed, file) as AttributeMessage["version"];
}
