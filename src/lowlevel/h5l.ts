/** Links. C: `H5L`. h5py: `h5py.h5l`; the functions are methods of `GroupID.links`. */
import { HDF5Error } from "../base/errors.ts";
import { decodeUtf8 } from "../base/text.ts";
import type { GroupObject } from "../engine/group-object.ts";
import {
  FIRST_USER_LINK_TYPE,
  isLinkClassRegistered,
  LAST_LINK_TYPE,
  registerLinkClass,
  unregisterLinkClass,
} from "../engine/link-classes.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { expectInstance, type Size, toInt } from "./arguments.ts";
import { GroupID } from "./group-id.ts";
import { IDENTIFIERS } from "./id-maker.ts";
import { TYPE_EXTERNAL, TYPE_UD_MIN } from "./link-operations.ts";
import { LocationID } from "./location-id.ts";
import { CLOSE_WEAK, OpenFile } from "./open-file.ts";
import { sharedFileOf } from "./shared-file.ts";

export {
  type LinkInfo,
  TYPE_EXTERNAL,
  TYPE_HARD,
  TYPE_MAX,
  TYPE_SOFT,
  TYPE_UD_MIN,
} from "./link-operations.ts";
export { type LinkIteration, LinkProxy, type LinkVisitor } from "./link-proxy.ts";

/** A class of user-defined links. C: `H5L_class_t`, of which only what follows a link is used. */
export interface LinkClass {
  /** 65 to 255. */
  readonly id: Size;
  /**
   * Opens what a link leads to, in whichever file.
   *
   * @param group - The group of the link; closed when the function returns.
   * @param data - What was given to `createUserDefined`.
   */
  readonly traverse: (name: string, group: GroupID, data: Uint8Array) => LocationID;
}

function checkType(where: string, linkType: Size, least: number, text: string): number {
  const type = toInt(linkType);
  if (type < least || type > LAST_LINK_TYPE) throw argumentError(where, "ARGS", "BADVALUE", text);
  return type;
}

/** An identifier for the time of a callback. */
function groupIdOf(group: GroupObject): GroupID {
  const shared = sharedFileOf(group.file);
  return new GroupID({ file: new OpenFile(shared, shared.name, CLOSE_WEAK, IDENTIFIERS), object: group, path: null });
}

/**
 * Makes a class of links known to the process, in place of any of that number: its links can be followed and made.
 *
 * C: `H5Lregister`.
 */
export function register(linkClass: LinkClass): void {
  const type = checkType("H5Lregister", linkClass.id, FIRST_USER_LINK_TYPE, "invalid link identification number");
  const { traverse } = linkClass;
  registerLinkClass(type, ({ name, group, data }) => {
    const id = groupIdOf(group);
    try {
      const found = traverse(name, id, data.slice());
      if (found instanceof LocationID) return found.location().object;
      throw new HDF5Error("argument", "traversal callback returned invalid ID", { path: name });
    } finally {
      id.close();
    }
  });
}

/** Forgets a class. @throws KeyError for one that is not registered. C: `H5Lunregister`. */
export function unregister(linkType: Size): void {
  const type = checkType("H5Lunregister", linkType, TYPE_UD_MIN, "invalid link type");
  guarded(record("H5Lunregister", "LINK", "NOTFOUND", "unable to unregister link type"), () => {
    unregisterLinkClass(type);
  });
}

/**
 * Whether links of a class can be followed.
 *
 * @throws ValueError for a number that is none of a class: 64 to 255. C: `H5Lis_registered`.
 */
export function isRegistered(linkType: Size): boolean {
  const type = checkType("H5Lis_registered", linkType, TYPE_UD_MIN, "invalid link type id number");
  return type === TYPE_EXTERNAL || isLinkClassRegistered(type);
}

/** What an external link holds. */
export interface ExternalLinkValue {
  /** None are defined: 0. */
  readonly flags: number;
  /** The name of the file, as it was stored. */
  readonly file: string;
  /** Path of the object in that file. */
  readonly path: string;
}

/**
 * Takes apart the bytes of an external link, as `LinkProxy.getUserData` gives them.
 *
 * @throws ValueError for bytes that are none, RuntimeError for versions and flags that do not exist. C: `H5Lunpack_elink_val`.
 */
export function unpackElinkVal(value: Uint8Array): ExternalLinkValue {
  expectInstance(value, Uint8Array, "value");
  const where = "H5Lunpack_elink_val";
  const [first] = value;
  if (first === undefined) throw argumentError(where, "ARGS", "BADVALUE", "not an external link linkval buffer");
  if (first >> 4 !== 0) throw argumentError(where, "LINK", "CANTDECODE", "bad version number for external link");
  if ((first & 0x0f) !== 0) throw argumentError(where, "LINK", "CANTDECODE", "bad flags for external link");
  if (value.length < 2 || value.at(-1) !== 0) {
    throw argumentError(where, "ARGS", "BADVALUE", "linkval buffer is not NULL-terminated");
  }
  const end = value.indexOf(0, 1);
  if (end + 1 >= value.length) {
    throw argumentError(where, "ARGS", "BADVALUE", "linkval buffer doesn't contain an object path");
  }
  const file = decodeUtf8(value.subarray(1, end));
  return { flags: first & 0x0f, file, path: decodeUtf8(value.subarray(end + 1, value.indexOf(0, end + 1))) };
}
