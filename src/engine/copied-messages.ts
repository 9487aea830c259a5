/** What the header of a copy is to have room for. Reference implementation: H5Ocopy.c, `H5O__copy_header_real`. */
import { MESSAGE } from "../format/message-types.ts";
import type { CopyOptions } from "./copy-options.ts";
import type { EngineObject } from "./engine-object.ts";

/** Bytes of the messages of an object that its copy gets once it is made: attributes, links, the comment. */
export function messagesOfCopy({ header }: EngineObject, { withoutAttributes, shallow }: CopyOptions): number[] {
  const byteLengths: number[] = [];
  for (const { type, data } of header.messages()) {
    const isAttribute = type === MESSAGE.ATTRIBUTE || type === MESSAGE.ATTRIBUTE_INFO;
    const isLink = type === MESSAGE.LINK;
    const isCopied = isAttribute ? !withoutAttributes : isLink ? !shallow : type === MESSAGE.COMMENT;
    if (isCopied) byteLengths.push(data.length);
  }
  return byteLengths;
}
