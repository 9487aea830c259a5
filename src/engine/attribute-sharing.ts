/**
 * What an attribute shares with others: its datatype, its dataspace, and all of it.
 *
 * An attribute that is shared as a whole counts once as a user of its parts, however many objects have it. Reference
 * implementation: H5Oattribute.c, `H5O__attr_create`, `H5O__attr_update_shared`; H5Oattr.c, `H5O__attr_delete`.
 */
import { type AttributeMessage, decodeAttribute } from "../format/attribute.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import type { MaybeShared, SharedMessage } from "../format/shared-message.ts";
import type { Deletion } from "./deletion.ts";
import type { H5File } from "./h5-file.ts";
import type { HeaderMessage, NewMessage } from "./header-message.ts";
import { encodeBody } from "./header-values.ts";

/** Flags and bytes of an attribute message as an object has it. */
export type StoredAttributeMessage = Pick<HeaderMessage, "flags" | "data">;

/** A part of a new attribute: shared through the heap where the file shares such. The heap counts a user more. */
export function sharedPart<T>(
  file: H5File,
  type: number,
  value: T,
  encode: Parameters<typeof encodeBody<T>>[2],
): MaybeShared<T> {
  if (file.sharedMessages.indexes.length === 0) return { shared: false, value };
  const found = file.sharedMessages.share(type, encodeBody(file.storage, value, encode));
  if (found === undefined) return { shared: false, value };
  return { shared: true, location: { kind: "heap", version: 3, heapId: found.heapId.slice() } };
}

/** Whether the datatype or the dataspace is shared: an attribute that is alone need not be parsed to know that it has nothing. */
function sharesParts(data: Uint8Array): boolean {
  const [version, flags] = data;
  return version !== 1 && flags !== 0;
}

function parse(file: H5File, data: Uint8Array): AttributeMessage {
  return decodeAttribute(file.storage.cursor(data, "Attribute message", 0));
}

function locations({ datatype, dataspace }: AttributeMessage): { type: number; location: SharedMessage }[] {
  const found: { type: number; location: SharedMessage }[] = [];
  if (datatype.shared) found.push({ type: MESSAGE.DATATYPE, location: datatype.location });
  if (dataspace.shared) found.push({ type: MESSAGE.DATASPACE, location: dataspace.location });
  return found;
}

/** One user more of the parts that an attribute shares. */
function addUser(file: H5File, data: Uint8Array): void {
  if (!sharesParts(data)) return;
  for (const { type, location } of locations(parse(file, data))) {
    if (location.kind === "heap") file.sharedMessages.addReference(type, location.heapId);
    else file.addReference(location.objectHeaderAddress);
  }
}

/** One user less of the parts that an attribute shares. */
function dropUser(file: H5File, deletion: Deletion, data: Uint8Array): void {
  if (!sharesParts(data)) return;
  for (const { type, location } of locations(parse(file, data))) {
    if (location.kind === "heap") deletion.releaseHeapId(type, location.heapId);
    else deletion.dropReference(location.objectHeaderAddress);
  }
}

/**
 * A new attribute as its object is to have it: its bytes, or where they are shared.
 *
 * @param data - The bytes; the attribute is counted as a user of its parts already.
 */
export function storedForm(file: H5File, data: Uint8Array): NewMessage {
  const found = file.sharedMessages.share(MESSAGE.ATTRIBUTE, data);
  if (found === undefined) return { type: MESSAGE.ATTRIBUTE, data };
  if (!found.isNew) file.delete((deletion) => dropUser(file, deletion, data));
  return { type: MESSAGE.ATTRIBUTE, flags: MESSAGE_FLAG.SHARED, data: file.sharedMessages.heapForm(found.heapId) };
}

/**
 * Changes the name or value of an attribute, whose parts stay the same.
 *
 * @param put - Gives the object the new form; what stood before is there until it returns.
 */
export function changeForm(
  file: H5File,
  before: StoredAttributeMessage,
  data: Uint8Array,
  put: (form: StoredAttributeMessage) => void,
): void {
  if ((before.flags & MESSAGE_FLAG.SHARED) === 0) {
    put({ flags: before.flags, data });
    return;
  }
  if (isSame(file.sharedMessages.bytesOf(MESSAGE.ATTRIBUTE, before), data)) return;
  // The new form first, so that its parts are not for a moment without a user.
  const form = sharedForm(file, before.flags, data);
  try {
    file.delete(
      (deletion) => release(file, deletion, before),
      () => put(form),
    );
  } catch (cause) {
    file.delete((deletion) => release(file, deletion, form));
    throw cause;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A changed attribute that was shared, counted as a user of its parts where it has some of its own. */
function sharedForm(file: H5File, flags: number, data: Uint8Array): StoredAttributeMessage {
  const found = file.sharedMessages.share(MESSAGE.ATTRIBUTE, data);
  // One that became too small to be shared has parts of its own, too.
  if (found === undefined || found.isNew) addUser(file, data);
  if (found === undefined) return { flags: flags & ~MESSAGE_FLAG.SHARED, data };
  return { flags, data: file.sharedMessages.heapForm(found.heapId) };
}

/** An object has the attribute no more. */
export function release(file: H5File, deletion: Deletion, { flags, data }: StoredAttributeMessage): void {
  if ((flags & MESSAGE_FLAG.SHARED) === 0) {
    dropUser(file, deletion, data);
    return;
  }
  const gone = deletion.releaseMessage(MESSAGE.ATTRIBUTE, { flags, data }, undefined);
  if (gone !== undefined) dropUser(file, deletion, gone);
}
