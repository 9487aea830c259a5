/**
 * A deletion: what goes with an object, a link or an attribute, collected before anything changes.
 *
 * What is freed, which objects lose a link or a user, which heap objects and which users of shared messages go: all of that is
 * read first. So a deletion that meets what cannot be read has not happened, and can be tried again. C: `H5O__delete`, which
 * frees as it goes.
 */
import type { Address } from "../base/address.ts";
import { isDamage } from "../base/errors.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { EngineObject } from "./engine-object.ts";
import { FreedBlocks } from "./freed-blocks.ts";
import type { H5File } from "./h5-file.ts";
import type { HeapJournal } from "./heap-journal.ts";
import type { ObjectHeader } from "./object-header.ts";
import type { OwnedHeapObjects } from "./owned-heap-objects.ts";
import type { StoredMessage } from "./shared-messages.ts";
import { SharedReleases } from "./shared-releases.ts";

/** What the table of open objects does for a deletion. */
export interface DeletionHost {
  object(address: Address): EngineObject;
  isOpenAt(address: Address): boolean;
  /** An object that somebody holds goes with its last holder. */
  doom(address: Address): void;
  /** An object is no more. */
  gone(address: Address): void;
  /** The header that others have of the same object, or this one. */
  headerInUse(header: ObjectHeader): ObjectHeader;
}

/** An object that stays, or goes with its last holder. */
interface Remaining {
  readonly header: ObjectHeader;
  /** How many links and users it loses; what happens with it may give it new ones meanwhile. */
  readonly dropped: number;
}

// Most deletions are of one small object: what it does not need is not made.
export class Deletion extends FreedBlocks {
  private readonly file: H5File;
  private readonly host: DeletionHost;
  private ownReleases: SharedReleases | undefined;
  private ownHeapObjects: Map<Address, Set<number>> | undefined;
  /** By address; undefined for those that go. */
  private readonly objects = new Map<Address, Remaining | undefined>();

  constructor(file: H5File, host: DeletionHost) {
    super(file.storage);
    this.file = file;
    this.host = host;
  }

  private get shared(): SharedReleases {
    this.ownReleases ??= new SharedReleases(this.file.sharedMessages);
    return this.ownReleases;
  }

  private get heapObjects(): Map<Address, Set<number>> {
    this.ownHeapObjects ??= new Map();
    return this.ownHeapObjects;
  }

  /** One hard link less, or one user less of a committed datatype; the object goes with the last, unless somebody has it open. */
  dropReference(address: Address): void {
    const known = this.objects.get(address);
    if (known === undefined && this.objects.has(address)) return;
    const object = this.host.object(address);
    const dropped = (known?.dropped ?? 0) + 1;
    if (object.linkCount > dropped || this.host.isOpenAt(address)) {
      this.objects.set(address, { header: object.header, dropped });
    } else {
      this.destroy(object);
    }
  }

  /** An object that nothing leads to, and nobody holds. */
  destroy(object: EngineObject): void {
    this.objects.set(object.address, undefined);
    object.deleteStorage(this);
  }

  /** Elements that own these are no more. Those of several elements may be told one after the other. */
  addHeapObjects(owned: OwnedHeapObjects): void {
    owned.forEachCollection((address, indexes) => {
      const known = this.heapObjects.get(address);
      if (known === undefined) this.heapObjects.set(address, new Set(indexes));
      else for (const index of indexes) known.add(index);
    });
  }

  /** Those that were stored, as far as they are still there. */
  addJournal(journal: HeapJournal): void {
    journal.forEach((address, index) => {
      this.addHeapObject(address, index);
    });
  }

  /** A heap object that something else than elements points to. */
  addHeapObject(address: Address, index: number): void {
    const known = this.heapObjects.get(address);
    if (known === undefined) this.heapObjects.set(address, new Set([index]));
    else known.add(index);
  }

  /**
   * One user less of a shared or shareable message; others are left alone.
   *
   * @param holder - Address of the header that has it.
   * @returns The bytes of a message that goes with its last user.
   */
  releaseMessage(type: number, message: StoredMessage, holder: Address | undefined): Uint8Array | undefined {
    return this.shared.release(type, message, holder);
  }

  /** The same for the message with that heap ID. */
  releaseHeapId(type: number, heapId: Uint8Array): void {
    this.shared.releaseHeapId(type, heapId);
  }

  /** All messages of a header but attributes, and its blocks. */
  addHeader(header: ObjectHeader): void {
    if (this.file.sharedMessages.isUsed) {
      for (const message of header.messages()) {
        if (message.type !== MESSAGE.ATTRIBUTE) this.releaseMessage(message.type, message, header.address);
      }
    }
    for (const { address, byteLength } of header.blocks) this.add("object-header", address, byteLength);
  }

  /** Reads what {@link commit} needs beside what was collected: to be called, as that, while storage is held. */
  prepare(): void {
    this.ownReleases?.prepare();
    if (this.ownHeapObjects !== undefined) {
      for (const [address, indexes] of this.ownHeapObjects) this.prepareHeap(address, indexes);
    }
    this.check();
  }

  /** Of a damaged collection nothing is freed. */
  private prepareHeap(address: Address, indexes: ReadonlySet<number>): void {
    try {
      this.file.globalHeap.prepareRemoval(address, indexes, this);
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }

  override commit(): void {
    const { host, objects } = this;
    // Messages that are not in a heap are found in headers, as long as those are there.
    this.ownReleases?.commit();
    for (const remaining of objects.values()) {
      if (remaining === undefined) continue;
      const header = host.headerInUse(remaining.header);
      const count = Math.max(0, header.linkCount - remaining.dropped);
      header.setLinkCount(count);
      if (count === 0) host.doom(header.address);
    }
    super.commit();
    for (const [address, remaining] of objects) if (remaining === undefined) host.gone(address);
  }
}
