/** What asynchronous objects have in common, and the ones that have little else. */
import { AsyncView, withMembers } from "./async-members.ts";
import type { HLObject } from "./hl-object.ts";
import { Datatype } from "./named-type.ts";
import { RegionProxy } from "./region-proxy.ts";

/** Members that all objects have. */
export const OBJECT_MEMBERS = [
  "attrs",
  "equals",
  "file",
  "hash",
  "parent",
  "ref",
  "regionref",
] as const satisfies readonly (keyof HLObject)[];

/** What needs no bytes: it is known since the object was opened. */
export class AsyncObject<T extends HLObject> extends AsyncView<T> {
  /** The path the object was opened by. */
  get name(): string | null {
    return this.isOpen ? this.target.handle.pathInFile() : null;
  }

  get isOpen(): boolean {
    return this.target.isOpen;
  }

  override toString(): string {
    return `<Asynchronous HDF5 object ${this.isOpen ? `"${this.name ?? "(anonymous)"}"` : "(closed)"}>`;
  }
}

/** A datatype that is an object of the file. */
export class AsyncNamedType extends withMembers(AsyncObject<Datatype>, Datatype, [
  ...OBJECT_MEMBERS,
  "datatype",
  "dtype",
]) {}

/** Makes region references to an object, and reads those to others of its file. */
export class AsyncRegionProxy extends withMembers(AsyncView<RegionProxy>, RegionProxy, ["get", "selection", "shape"]) {
  override toString(): string {
    return "<Asynchronous region references of HDF5 object>";
  }
}
