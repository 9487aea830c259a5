/**
 * Which objects of the global heap elements hold, and which nothing holds any more.
 *
 * What an element of variable length owns goes with it. An object of a region reference stays when all references to it are
 * gone, as in the C library: copies of a reference share it, and nobody counts them.
 */
import type { Address } from "../../src/base/address.ts";
import { isDefined } from "../../src/base/address.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import { GroupObject } from "../../src/engine/group-object.ts";
import type { H5File } from "../../src/engine/h5-file.ts";
import { forEachHeapId, forEachHeapIdOf, type HeapIdVisitor } from "../../src/engine/heap-ids.ts";
import { lostStructureAt } from "../../src/engine/space-map/lost-structures.ts";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import {
  decodeGlobalHeapCollection,
  decodeGlobalHeapSize,
  globalHeapHeaderBytes,
} from "../../src/format/global-heap.ts";
import type { AllocationAccount } from "./allocations.ts";
import type { ByteSpan } from "./space-check.ts";

/** Address of a collection and index in it. */
export type HeapObjectName = `${number}:${number}`;

export function heapObjectName(collectionAddress: Address, objectIndex: number): HeapObjectName {
  return `${collectionAddress}:${objectIndex}`;
}

interface Collection {
  readonly address: Address;
  readonly byteLength: number;
  readonly objects: readonly HeapObjectName[];
}

/** The objects of a file, each visited once. */
function forEachObject(file: H5File, visit: (object: EngineObject) => void): void {
  const seen = new Set<Address>();
  const pending: EngineObject[] = [file.root(), ...file.openObjects()];
  for (let object = pending.pop(); object !== undefined; object = pending.pop()) {
    if (seen.has(object.address)) continue;
    seen.add(object.address);
    visit(object);
    const types = object.attributes().map(({ committedTypeAddress }) => committedTypeAddress);
    if (object instanceof DatasetObject) types.push(object.committedTypeAddress);
    for (const address of types) if (address !== undefined) pending.push(file.object(address));
    if (!(object instanceof GroupObject)) continue;
    for (const { target } of object.links()) {
      if (target.kind === "hard") pending.push(file.object(target.objectHeaderAddress));
    }
  }
}

/** Visits the heap IDs in attributes, fill values, elements and mappings. */
function forEachHeld(file: H5File, visit: HeapIdVisitor): void {
  forEachObject(file, (object) => {
    for (const { datatype, bytes } of object.attributes()) forEachHeapId(file, datatype, bytes, visit);
    if (!(object instanceof DatasetObject)) return;
    const { fillValue, datatype, layout } = object;
    if (fillValue?.value !== undefined) forEachHeapId(file, datatype, fillValue.value, visit);
    if (layout.kind !== "virtual") forEachHeapIdOf(object, visit);
    else if (isDefined(layout.heapAddress) && layout.heapIndex > 0) visit(layout.heapAddress, layout.heapIndex, true);
  });
}

function collectionAt({ storage }: H5File, address: Address): Collection {
  const structure = "Global heap collection";
  const start = storage.readMetadata(address, globalHeapHeaderBytes(storage.widths), structure);
  const byteLength = decodeGlobalHeapSize(storage.cursor(start, structure, address));
  const bytes = storage.readMetadata(address, byteLength, structure);
  const { objects } = decodeGlobalHeapCollection(storage.cursor(bytes, structure, address));
  return { address, byteLength, objects: objects.map(({ index }) => heapObjectName(address, index)) };
}

/** Those that elements lead to, and those that were never given back although nothing does. */
function collectionsOf(file: H5File, allocations?: AllocationAccount): Collection[] {
  const { storage, superblock } = file;
  return spaceMap(file).regions.flatMap(({ kind, offset, byteLength }) => {
    const found: Collection[] = [];
    if (kind !== "global-heap" && kind !== "unaccounted") return found;
    const end = offset + byteLength;
    const next = (from: number) =>
      kind === "global-heap" ? from : (allocations?.firstInUse({ from, to: end }) ?? end);
    // Several may lie one behind the other, or behind bytes that were given back.
    for (let at = next(offset); at < end; ) {
      const address = at - superblock.baseAddress;
      if (lostStructureAt(storage, address, end - at) !== "global heap collection") break;
      const collection = collectionAt(file, address);
      found.push(collection);
      at = next(at + collection.byteLength);
    }
    return found;
  });
}

export interface HeapCheck {
  readonly problems: readonly string[];
  /** Objects that nothing holds. */
  readonly abandoned: readonly HeapObjectName[];
  /** Collections of nothing but such objects. */
  readonly lost: readonly ByteSpan[];
}

/** Objects of the heap that may stay behind in a file as it is now: region references', and those that nothing holds already. */
export function mayStay(file: H5File): Set<HeapObjectName> {
  const names = new Set<HeapObjectName>();
  const owned = new Set<HeapObjectName>();
  forEachHeld(file, (address, index, isOwned) => {
    (isOwned ? owned : names).add(heapObjectName(address, index));
  });
  for (const { objects } of collectionsOf(file)) {
    for (const name of objects) if (!owned.has(name)) names.add(name);
  }
  return names;
}

/**
 * What is wrong with the global heap of a file, after a flush.
 *
 * @param made - The objects of all region references that were ever made in the file: each of them is there, and what nothing
 *   holds is one of them.
 */
export function checkHeap(file: H5File, made: ReadonlySet<HeapObjectName>, allocations: AllocationAccount): HeapCheck {
  const held = new Set<HeapObjectName>();
  forEachHeld(file, (address, index) => held.add(heapObjectName(address, index)));
  const collections = collectionsOf(file, allocations);
  const stored = new Set(collections.flatMap(({ objects }) => objects));
  const abandoned = [...stored].filter((name) => !held.has(name));
  const problems = [
    ...[...held].filter((name) => !stored.has(name)).map((name) => `heap object ${name} is held, but not there`),
    ...abandoned.filter((name) => !made.has(name)).map((name) => `nothing holds heap object ${name}`),
    ...[...made].filter((name) => !stored.has(name)).map((name) => `heap object ${name} of a reference is gone`),
  ];
  const { baseAddress } = file.superblock;
  const lost = collections
    .filter(({ objects }) => objects.every((name) => !held.has(name)))
    .map(({ address, byteLength }) => ({ from: baseAddress + address, to: baseAddress + address + byteLength }));
  return { problems, abandoned, lost };
}

/** Objects in collections that elements lead to: of all, and of those that nothing holds. */
export function heapObjectCounts(file: H5File): readonly [stored: number, abandoned: number] {
  const held = new Set<HeapObjectName>();
  forEachHeld(file, (address, index) => held.add(heapObjectName(address, index)));
  const stored = collectionsOf(file).flatMap(({ objects }) => objects);
  return [stored.length, stored.filter((name) => !held.has(name)).length];
}
