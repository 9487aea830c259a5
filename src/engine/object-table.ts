/**
 * The objects of an open file by address: those that somebody holds, those that wait for a link, and their decoded headers.
 *
 * All who open an address share one object. One whose last link goes while somebody holds it lives until it is let go of;
 * a new one that nothing links to goes with its last holder.
 *
 * Reference implementation: H5FO.c.
 */
import type { Address } from "../base/address.ts";
import { formatError, isDamage } from "../base/errors.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import { Deletion, type DeletionHost } from "./deletion.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { HeaderCache } from "./header-cache.ts";
import { isDatasetHeader, isDatatypeHeader, isGroupHeader } from "./header-kinds.ts";
import type { HeapJournal } from "./heap-journal.ts";
import { ObjectHeader } from "./object-header.ts";

/** Most new objects get a link before the next one is made: the newest stands beside the set. */
class UnlinkedObjects {
  private newest: Address | undefined;
  private readonly older = new Set<Address>();

  add(address: Address): void {
    if (this.newest !== undefined) this.older.add(this.newest);
    this.newest = address;
  }

  has(address: Address): boolean {
    return address === this.newest || this.older.has(address);
  }

  delete(address: Address): boolean {
    if (address !== this.newest) return this.older.delete(address);
    this.newest = undefined;
    return true;
  }

  all(): Address[] {
    return this.newest === undefined ? [...this.older] : [...this.older, this.newest];
  }

  clear(): void {
    this.newest = undefined;
    this.older.clear();
  }
}

export class ObjectTable implements DeletionHost {
  private readonly file: H5File;
  private readonly evictsOnClose: boolean;
  private readonly headers = new HeaderCache();
  private readonly held = new Map<Address, EngineObject>();
  /** Made, but not yet linked from a group: gone when nobody holds them any more. */
  private readonly unlinked = new UnlinkedObjects();
  private readonly doomed = new Set<Address>();
  /** Heap objects that were stored for elements of new objects that were given up. */
  private readonly strayed: HeapJournal[] = [];
  /** Objects that hold back changes although nobody acquired them. */
  private readonly unflushed = new Map<Address, EngineObject>();

  /** @param evictsOnClose - Whether metadata leaves memory with an object that was closed. */
  constructor(file: H5File, evictsOnClose: boolean) {
    this.file = file;
    this.evictsOnClose = evictsOnClose;
  }

  header(address: Address): ObjectHeader {
    this.file.requireOpen();
    return this.headers.get(address) ?? this.held.get(address)?.header ?? this.waitingHeader(address);
  }

  /** As {@link H5File.tellAddress}. A header that is not in memory is nothing new any more. */
  tellAddress(address: Address): void {
    const known = this.headers.get(address) ?? this.held.get(address)?.header;
    (known ?? ObjectHeader.waiting(this.file.storage, address))?.tellAddress();
  }

  private waitingHeader(address: Address): ObjectHeader {
    const header = ObjectHeader.waiting(this.file.storage, address);
    if (header === undefined) return this.readHeader(address);
    this.keepHeader(header);
    return header;
  }

  /** Reads the header at an address, whatever is known of it, and keeps it. */
  readHeader(address: Address): ObjectHeader {
    const { storage } = this.file;
    const header = storage.attempt("Object header", address, () => ObjectHeader.read(storage, address));
    this.keepHeader(header);
    return header;
  }

  keepHeader(header: ObjectHeader): void {
    this.headers.set(header.address, header);
  }

  /** Headers in memory that were in use lately. */
  knownHeaders(): readonly ObjectHeader[] {
    return this.headers.all();
  }

  /** The same, and those of objects that somebody holds. */
  headersInMemory(): ReadonlySet<ObjectHeader> {
    const headers = new Set(this.headers.all());
    for (const { header } of this.held.values()) headers.add(header);
    return headers;
  }

  /** Headers that no open object has are read again. */
  forgetHeaders(): void {
    this.headers.clear();
  }

  object(address: Address): EngineObject {
    const held = this.held.get(address) ?? this.unflushed.get(address);
    return held ?? this.objectOf(this.header(address));
  }

  private objectOf(header: ObjectHeader): EngineObject {
    if (isDatasetHeader(header)) return new DatasetObject(this.file, header);
    if (isGroupHeader(header)) return new GroupObject(this.file, header);
    if (isDatatypeHeader(header)) return new DatatypeObject(this.file, header);
    throw formatError("unable to determine object type", { structure: "Object header", address: header.address });
  }

  /** @returns The object in the table, which another of the same address may have come to before. */
  acquire<T extends EngineObject>(object: T): T {
    const held = this.held.get(object.address);
    if (held === undefined) {
      object.holders = 1;
      this.held.set(object.address, object);
      return object;
    }
    held.holders++;
    return held as T;
  }

  isHeld(object: EngineObject): boolean {
    return this.held.get(object.address) === object;
  }

  isOpenAt(address: Address): boolean {
    return this.held.has(address);
  }

  release(object: EngineObject): void {
    const held = this.held.get(object.address);
    if (held === undefined || --held.holders > 0) return;
    this.held.delete(object.address);
    this.unflushed.delete(object.address);
    if (this.file.writable && this.isGoing(object)) this.destroy(object.address, held);
    else {
      this.letGo(held);
      // Its further blocks may move before the file is closed.
      if (this.file.writable && held.header.hasFurtherBlocks) this.keepHeader(held.header);
    }
    this.evictClosed(object);
  }

  /** Whether the last holder of an object was all that kept it in the file. */
  private isGoing({ address }: EngineObject): boolean {
    return this.doomed.delete(address) || this.unlinked.delete(address);
  }

  evictClosed({ address }: EngineObject): void {
    if (!this.evictsOnClose) return;
    if (this.headers.get(address)?.dirty === false) this.headers.delete(address);
    this.file.storage.dropClean();
  }

  /** What an object could not write when its last holder let go waits for the next flush: nothing of it is lost. */
  private letGo(object: EngineObject): void {
    try {
      object.closed();
    } catch (cause) {
      this.unflushed.set(object.address, object);
      throw cause;
    }
  }

  openObjects(): readonly EngineObject[] {
    return [...this.held.values()];
  }

  holdsBack(object: EngineObject): void {
    if (!this.held.has(object.address)) this.unflushed.set(object.address, object);
  }

  addUnlinked(object: EngineObject): void {
    this.unlinked.add(object.address);
  }

  /** As {@link H5File.abandon}. */
  abandon(addresses: readonly Address[], journal: HeapJournal | undefined): void {
    for (const address of addresses) if (this.unlinked.delete(address)) this.doomed.add(address);
    if (journal !== undefined) this.strayed.push(journal);
    this.destroyDoomed();
  }

  addReference(header: ObjectHeader): void {
    const { address } = header;
    header.setLinkCount(this.unlinked.delete(address) ? 1 : header.linkCount + 1);
  }

  /** As {@link H5File.delete}. */
  delete(collect: (deletion: Deletion) => void, change?: () => void): void {
    const { storage } = this.file;
    const deletion = new Deletion(this.file, this);
    collect(deletion);
    storage.holding(() => {
      deletion.prepare();
      change?.();
      deletion.commit();
    });
  }

  doom(address: Address): void {
    this.doomed.add(address);
  }

  gone(address: Address): void {
    this.headers.get(address)?.deleted();
    this.headers.delete(address);
    this.unflushed.delete(address);
  }

  headerInUse(header: ObjectHeader): ObjectHeader {
    const { address } = header;
    const known = this.headers.get(address) ?? this.held.get(address)?.header;
    if (known === undefined) this.keepHeader(header);
    return known ?? header;
  }

  /**
   * When the device fails, the next flush tries again: nobody can ask for it any more. What is damaged would fail each time, and
   * with it all that is to be written: its space is left to nobody.
   */
  private destroy(address: Address, object: EngineObject | undefined = undefined): void {
    this.doomed.add(address);
    try {
      this.delete((deletion) => deletion.destroy(object ?? this.object(address)));
    } catch (error) {
      if (isDamage(error)) this.doomed.delete(address);
      throw error;
    }
    this.doomed.delete(address);
  }

  private destroyOrLeave(address: Address): void {
    try {
      this.destroy(address);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }

  /** What was to go before, and could not: all of it or, again, nothing. */
  private destroyDoomed(): void {
    const { strayed, doomed } = this;
    const going = doomed.size === 0 ? [] : [...doomed].filter((address) => !this.held.has(address));
    if (going.length === 0 && strayed.length === 0) return;
    try {
      this.delete((deletion) => {
        for (const address of going) deletion.destroy(this.object(address));
        for (const journal of strayed) deletion.addJournal(journal);
      });
    } catch (error) {
      if (!isDamage(error)) throw error;
      for (const address of going) this.destroyOrLeave(address);
    }
    for (const address of going) doomed.delete(address);
    strayed.length = 0;
  }

  /** Has all objects write what they hold back. */
  flush(): void {
    this.destroyDoomed();
    this.held.forEach((object) => {
      if (!object.holdsNothing) object.flush();
    });
    for (const object of this.unflushed.values()) object.flush();
  }

  /** The same, but changed chunks of those that somebody holds stay in their caches. */
  flushStructures(): void {
    this.destroyDoomed();
    for (const object of this.held.values()) if (!object.holdsNothing) object.flushStructures();
    for (const object of this.unflushed.values()) object.flush();
  }

  /** Nothing waits to be written any more. */
  flushed(): void {
    this.unflushed.clear();
  }

  /** Before the last flush: all holders let go, and what nothing links to goes. */
  closeAll(): void {
    this.held.forEach((object) => {
      if (!object.holdsNothing && !this.doomed.has(object.address) && !this.unlinked.has(object.address))
        object.closed();
    });
    for (const address of this.unlinked.all()) {
      this.unlinked.delete(address);
      this.destroyOrLeave(address);
    }
    // An object may have been the last user of a committed datatype that is held, too: it is gone through as it is added.
    for (const address of this.doomed) {
      this.held.delete(address);
      this.destroyOrLeave(address);
    }
  }

  /** The file is closed. */
  clear(): void {
    this.held.clear();
    this.headers.clear();
  }
}
