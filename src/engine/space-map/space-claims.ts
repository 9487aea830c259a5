/** What the walk over a file finds: who owns which bytes. */
import { type Address, isDefined } from "../../base/address.ts";
import { isHdf5Error } from "../../base/errors.ts";
import type { SpaceKind } from "./space-kinds.ts";

/** A piece of a structure, such as a message of an object header. */
export interface SpacePart {
  readonly name: string;
  readonly byteLength: number;
}

/** Bytes of one owner. */
export interface SpaceClaim {
  readonly kind: SpaceKind;
  /** Relative to the base address. */
  readonly address: Address;
  readonly byteLength: number;
  /** Path of the object that the bytes serve; empty for those of the file as a whole. */
  readonly owner: string;
  /** Which structure it is, such as "Chunk (0, 4)". */
  readonly what: string;
  /** In the order of the bytes, all of them; where it is worth telling. */
  readonly parts?: readonly SpacePart[];
}

/** Collects claims; problems of one structure do not end the walk. */
export class SpaceClaims {
  readonly claims: SpaceClaim[] = [];
  /** What could not be read, and claims that reach out of the file. */
  readonly problems: string[] = [];
  private readonly taken = new Map<Address, SpaceKind>();

  /** Path of the object whose structures are being walked over. */
  owner = "";

  /**
   * Bytes of the present owner; nothing for an undefined address or no bytes.
   *
   * @returns false for what was claimed before in the same way: walking on would go in a circle.
   */
  add(kind: SpaceKind, address: Address, byteLength: number, what: string, parts?: readonly SpacePart[]): boolean {
    if (!isDefined(address) || byteLength <= 0) return false;
    const { owner } = this;
    this.claims.push({ kind, address, byteLength, owner, what, ...(parts && { parts }) });
    if (this.taken.get(address) === kind) return false;
    this.taken.set(address, kind);
    return true;
  }

  /** Does `walk` on behalf of `owner`; what cannot be read becomes a problem. */
  of(owner: string, walk: () => void): void {
    const before = this.owner;
    this.owner = owner;
    try {
      walk();
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.problems.push(owner === "" ? error.message : `${owner}: ${error.message}`);
    } finally {
      this.owner = before;
    }
  }
}
