/** What the header of a copy is to have room for. Reference implementation: H5Ocopy.c, `H5O__copy_header_real`. */
import { sizeOfAttribute } from "../format/attribute.ts";
import { versionOfBound } from "../format/library-version.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { messageOfNew } from "./attribute-messages.ts";
import { boundsOfParts } from "./copied-versions.ts";
import type { CopyOptions } from "./copy-options.ts";
import type { EngineObject } from "./engine-object.ts";
import type { H5File } from "./h5-file.ts";
import type { HeaderMessage } from "./header-message.ts";

/**
 * Bytes of the messages of an object that its copy gets once it is made: attributes, links, the comment.
 *
 * @param keepsVersions - Whether datatypes and dataspaces of attributes keep theirs.
 */
export function messagesOfCopy(
  source: EngineObject,
  destination: H5File,
  { withoutAttributes, shallow }: CopyOptions,
  keepsVersions: boolean,
): number[] {
  const messages = [...source.header.messages()];
  const isOtherwise = !withoutAttributes && messages.some((message) => changesVersion(message, destination));
  const byteLengths: number[] = isOtherwise ? attributesOfCopy(source, destination, keepsVersions) : [];
  for (const { type, data } of messages) {
    const isAttribute = type === MESSAGE.ATTRIBUTE_INFO || (type === MESSAGE.ATTRIBUTE && !isOtherwise);
    const isLink = type === MESSAGE.LINK;
    const isCopied = isAttribute ? !withoutAttributes : isLink ? !shallow : type === MESSAGE.COMMENT;
    if (isCopied) byteLengths.push(data.length);
  }
  return byteLengths;
}

/** Whether a message is an attribute of another version than the copy gets. */
function changesVersion({ type, flags, data }: HeaderMessage, { lowBound }: H5File): boolean {
  if (type !== MESSAGE.ATTRIBUTE || (flags & MESSAGE_FLAG.SHARED) !== 0) return false;
  return data[0] !== versionOfBound("attribute", lowBound);
}

/** Bytes of the messages of all attributes, in the versions that they get. */
function attributesOfCopy(source: EngineObject, destination: H5File, keepsVersions: boolean): number[] {
  return source.attributes().map((attribute) => {
    const partBounds = keepsVersions ? boundsOfParts(attribute, destination) : undefined;
    const spec = { ...attribute, partBounds };
    return sizeOfAttribute(messageOfNew(destination, spec), destination.storage.widths);
  });
}
