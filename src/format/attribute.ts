/**
 * Attribute message (0x000C), also the object of a dense attribute heap.
 *
 * Specification: IV.A.2.m, "The Attribute Message".
 */
import type { Dataspace } from "./dataspace.ts";
import type { Datatype } from "./datatype.ts";
import type { CharacterSet } from "./datatype.ts";
import type { MaybeShared } from "./shared-message.ts";

export interface AttributeMessage {
  readonly version: 1 | 2 | 3;
  readonly name: string;
  readonly characterSet: CharacterSet;
  /** The type itself, or where it is shared (a committed datatype or the shared message heap). */
  readonly datatype: MaybeShared<Datatype>;
  readonly dataspace: MaybeShared<Dataspace>;
  /**
   * The raw bytes of the value in the file's datatype. Decoding cannot know its length when the type is shared, so it
   * is all that is left of the message; padding may follow.
   */
  readonly data: Uint8Array;
}
