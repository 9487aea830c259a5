/**
 * Files mounted on groups of others: names that lead to such a group go on in the root group of the file mounted there, and
 * names from the root begin in the file that all others are mounted in.
 *
 * Reference implementation: H5Fmount.c, `H5G__traverse_mount`. Nothing of it is in any file.
 */
import type { Address } from "../base/address.ts";
import { HDF5Error } from "../base/errors.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";

/** By the address of the group. */
const mountsOf = new WeakMap<H5File, Map<Address, H5File>>();
const parents = new WeakMap<H5File, H5File>();

/** The file on whose group this one is mounted. */
export function mountParent(file: H5File): H5File | undefined {
  return parents.get(file);
}

/** The file that names from the root begin in. */
export function topFile(file: H5File): H5File {
  let top = file;
  for (let parent = parents.get(top); parent !== undefined; parent = parents.get(top)) top = parent;
  return top;
}

/** Files mounted on groups of this one. */
export function mountedFiles(file: H5File): readonly H5File[] {
  return [...(mountsOf.get(file)?.values() ?? [])];
}

/** Whether a file is mounted on the group at an address. */
export function isMountPoint(file: H5File, address: Address): boolean {
  return mountsOf.get(file)?.has(address) ?? false;
}

/** The object at an address or, where files are mounted on it, the root group of the last one. */
export function throughMounts(file: H5File, address: Address): EngineObject {
  let object = file.object(address);
  for (;;) {
    const mounted = mountsOf.get(object.file)?.get(object.address);
    if (mounted === undefined) return object;
    object = mounted.root();
  }
}

/** @throws HDF5Error in the C library's words when the group or the file cannot be used. */
export function mountFile(group: EngineObject, child: H5File): void {
  if (parents.has(child)) throw new HDF5Error("state", "file is already mounted");
  if (!(group instanceof GroupObject)) throw new HDF5Error("not-found", "not a group");
  for (let file: H5File | undefined = group.file; file !== undefined; file = parents.get(file)) {
    if (file === child) throw new HDF5Error("argument", "mount would introduce a cycle");
  }
  const table = mountsOf.get(group.file) ?? new Map<Address, H5File>();
  if (table.has(group.address)) throw new HDF5Error("state", "mount point is already in use");
  mountsOf.set(group.file, table.set(group.address, child));
  parents.set(child, group.file);
}

/** A file that was mounted, and the one it was mounted in. */
export interface Mount {
  readonly parent: H5File;
  readonly child: H5File;
}

/**
 * Takes the file off whose root group this is, or that is mounted on this group.
 *
 * @throws HDF5Error "not a mount point".
 */
export function unmountFile(group: EngineObject): Mount {
  const parent = parents.get(group.file);
  if (parent !== undefined && group.file.root().address === group.address) {
    takeOff(parent, group.file);
    return { parent, child: group.file };
  }
  const child = mountsOf.get(group.file)?.get(group.address);
  if (child === undefined) throw new HDF5Error("argument", "not a mount point");
  takeOff(group.file, child);
  return { parent: group.file, child };
}

function takeOff(parent: H5File, child: H5File): void {
  const table = mountsOf.get(parent) ?? new Map<Address, H5File>();
  for (const [address, file] of table) if (file === child) table.delete(address);
  parents.delete(child);
}

/** A file is closed: nothing is mounted in it any more, nor is it anywhere. */
export function unmountAll(file: H5File): void {
  for (const child of mountedFiles(file)) parents.delete(child);
  mountsOf.delete(file);
  const parent = parents.get(file);
  if (parent !== undefined) takeOff(parent, file);
}
