/** What asynchronous objects have in common, and the ones that have little else. */
import type { Reference } from "../lowlevel/reference.ts";
import { referenceTo } from "../lowlevel/reference-reading.ts";
import { AsyncView, withMembers } from "./async-members.ts";
import { opened } from "./closed-error.ts";
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
] as const satisfies readonly (keyof HLObject)[];

/**
 * What needs no bytes, because it is known since the object was opened, and references: members by name are those that every
 * reader has, while only programs with late bytes carry what is made here.
 */
export class AsyncObject<T extends HLObject> extends AsyncView<T> {
  /** The path the object was opened by. */
  get name(): string | null {
    return this.isOpen ? this.target.handle.pathInFile() : null;
  }

  /** Whether the object can be used: neither it nor its file was closed. Known at once. */
  get isOpen(): boolean {
    return this.target.isOpen;
  }

  /** As `HLObject.ref`. */
  get ref(): Promise<Reference> {
    return this.perform(({ handle }) => referenceTo(opened(handle), "."));
  }

  /** As `HLObject.regionref`. */
  get regionref(): Promise<AsyncRegionProxy> {
    return this.wrapped(({ handle }) => new RegionProxy(opened(handle))) as Promise<AsyncRegionProxy>;
  }

  override toString(): string {
    return `<Asynchronous HDF5 object ${this.isOpen ? `"${this.name ?? "(anonymous)"}"` : "(closed)"}>`;
  }
}

/** A datatype that is an object of the file. */
export class AsyncNamedType extends /* @__PURE__ */ withMembers(AsyncObject<Datatype>, Datatype, OBJECT_MEMBERS, [
  "datatype",
  "dtype",
]) {}

/** Makes region references to an object, and reads those to others of its file. */
export class AsyncRegionProxy extends /* @__PURE__ */ withMembers(AsyncView<RegionProxy>, RegionProxy, [
  "get",
  "selection",
  "shape",
]) {
  override toString(): string {
    return "<Asynchronous region references of HDF5 object>";
  }
}
