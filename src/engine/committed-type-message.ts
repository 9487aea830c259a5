/** The datatype message of an object whose datatype is a committed one. Specification: IV.A.2 "Shared Messages". */
import type { Address } from "../base/address.ts";
import { encodeSharedMessage } from "../format/shared-message.ts";
import type { FileStorage } from "./file-storage.ts";
import { encodeBody } from "./header-values.ts";

export function committedTypeBody(storage: FileStorage, objectHeaderAddress: Address): Uint8Array {
  return encodeBody(storage, { kind: "committed", version: 2, objectHeaderAddress }, encodeSharedMessage);
}
