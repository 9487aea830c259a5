/**
 * Link message (0x0006), also the object of a dense group's fractal heap.
 *
 * Specification: IV.A.2.g, "The Link Message".
 */
import type { Address } from "../base/address.ts";
import type { CharacterSet } from "./datatype.ts";

export type LinkTarget =
  | { readonly kind: "hard"; readonly objectHeaderAddress: Address }
  | { readonly kind: "soft"; readonly path: string }
  | { readonly kind: "external"; readonly file: string; readonly path: string }
  /** `linkType` 65 to 255. */
  | { readonly kind: "user"; readonly linkType: number; readonly data: Uint8Array };

export interface Link {
  readonly name: string;
  readonly characterSet: CharacterSet;
  /** Present when the group tracks creation order. */
  readonly creationOrder: number | undefined;
  readonly target: LinkTarget;
}
