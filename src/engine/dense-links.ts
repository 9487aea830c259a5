/**
 * Links of a group in dense storage: link messages in a fractal heap, found through B-trees version 2.
 *
 * Specification: IV.A.2.c, "The Link Info Message". Reference implementation: H5Gdense.c.
 */
import { isDefined } from "../base/address.ts";
import {
  LINK_HASH_OFFSET,
  LINK_HEAP_ID_OFFSET,
  LINK_NAME_RECORDS,
  LINK_ORDER_RECORDS,
  type LinkNameRecord,
  type LinkOrderRecord,
} from "../format/b-tree-v2-records.ts";
import type { FilterPipeline } from "../format/filter-pipeline.ts";
import {
  decodeLink,
  decodeLinkHead,
  encodeLink,
  type Link,
  type LinkTarget,
  plainLinkHeadBytes,
} from "../format/link.ts";
import type { LinkInfo } from "../format/link-info.ts";
import { type DenseAddresses, type DenseKind, type DenseRecords, DenseStorage, nameHash } from "./dense-storage.ts";
import type { FileStorage } from "./file-storage.ts";
import { type FractalHeap, LINK_HEAP } from "./fractal-heap.ts";
import { FractalHeapReader } from "./fractal-heap-reader.ts";
import { type FreedBlocks, freeAll } from "./freed-blocks.ts";
import { encodeBody } from "./header-values.ts";
import { NameList } from "./name-list.ts";

const LINK = "Link message";

const KIND: DenseKind<LinkNameRecord, LinkOrderRecord> = {
  heap: LINK_HEAP,
  nameRecords: LINK_NAME_RECORDS,
  orderRecords: LINK_ORDER_RECORDS,
  hashOffset: LINK_HASH_OFFSET,
};

function recordsOf(link: Link, heapId: Uint8Array): DenseRecords<LinkNameRecord, LinkOrderRecord> {
  return {
    byName: { hash: nameHash(link.name), heapId },
    byOrder: { creationOrder: link.creationOrder ?? 0, heapId },
  };
}

export class DenseLinks {
  private readonly storage: FileStorage;
  private readonly dense: DenseStorage<LinkNameRecord, LinkOrderRecord>;
  /** The link whose name was looked at last: of the record that a search met, mostly. */
  private compared: { readonly record: LinkNameRecord; readonly link: Link } | undefined;

  constructor(storage: FileStorage, addresses: DenseAddresses) {
    this.storage = storage;
    this.dense = new DenseStorage(storage, KIND, addresses, (record) => {
      const link = this.decode(record.heapId);
      this.compared = { record, link };
      return link.name;
    });
  }

  static isDense(info: LinkInfo | undefined): info is LinkInfo {
    return info !== undefined && isDefined(info.fractalHeapAddress);
  }

  /**
   * New dense storage that holds the given links.
   *
   * @param isOrderIndexed - Whether their order of creation is to be indexed.
   * @param pipeline - Filters of the heap.
   * @throws What an allocation throws; nothing is left of the storage then.
   */
  static create(
    storage: FileStorage,
    links: readonly Link[],
    isOrderIndexed: boolean,
    pipeline: FilterPipeline | undefined,
  ): { readonly addresses: DenseAddresses; readonly links: DenseLinks } {
    const addresses = DenseStorage.create(storage, KIND, isOrderIndexed, pipeline);
    const dense = new DenseLinks(storage, addresses);
    try {
      for (const link of links) dense.insert(link);
    } catch (cause) {
      freeAll(storage, (freed) => dense.deleteAll(freed));
      throw cause;
    }
    return { addresses, links: dense };
  }

  get count(): number {
    return this.dense.count;
  }

  get addresses(): DenseStorage<LinkNameRecord, LinkOrderRecord>["addresses"] {
    return this.dense.addresses;
  }

  private get heap(): FractalHeap {
    return this.dense.heap;
  }

  private decode(heapId: Uint8Array): Link {
    return decodeLink(this.storage.cursor(this.heap.read(heapId), LINK, this.heap.address));
  }

  /** In the order of the index, which is that of hashes. */
  all(): Link[] {
    const links: Link[] = [];
    this.dense.byName.forEach((record) => {
      links.push(this.decode(record.heapId));
    });
    return links;
  }

  /**
   * Names without the rest of the links: in byte order or, with `byCreation`, in the order of creation.
   *
   * @throws FormatError when creation is to count and a link does not say its place.
   */
  names(byCreation: boolean): string[] {
    const names = new NameList();
    const orders: number[] = [];
    const reader = new FractalHeapReader(this.storage, this.heap, LINK);
    this.dense.byName.forEachEncoded((record, recordStart) => {
      const cursor = reader.find(record, recordStart + LINK_HEAP_ID_OFFSET);
      const { bytes, position } = cursor;
      const headBytes = byCreation ? 0 : plainLinkHeadBytes(bytes, position, reader.end);
      if (headBytes > 0) {
        const nameStart = position + headBytes + 1;
        names.add(bytes, nameStart, nameStart + (bytes[nameStart - 1] as number));
        return;
      }
      const { creationOrder, nameLength } = decodeLinkHead(cursor);
      const start = cursor.position;
      if (start + nameLength > reader.end) throw cursor.error(`needs ${nameLength} bytes`, "Link Name");
      if (byCreation) {
        if (creationOrder === undefined) throw cursor.error("is missing", "Creation Order");
        orders.push(creationOrder);
      }
      names.add(cursor.bytes, start, start + nameLength);
    });
    return byCreation ? names.sortedBy(orders) : names.sorted();
  }

  find(name: string): Link | undefined {
    const record = this.dense.find(name);
    if (record === undefined) return undefined;
    return this.compared?.record === record ? this.compared.link : this.decode(record.heapId);
  }

  /** Adds a link whose name is not taken. C: `H5G__dense_insert`. */
  insert(link: Link): void {
    const data = encodeBody(this.storage, link, encodeLink);
    this.dense.insert(link.name, data, (heapId) => recordsOf(link, heapId));
  }

  /** Whether a link can get another target as long as its own where it lies. */
  canReplace(name: string): boolean {
    const record = this.dense.find(name);
    return record !== undefined && this.heap.keepsPlace(record.heapId);
  }

  /** Gives a link that is there another target as long as its own. */
  replaceTarget(name: string, target: LinkTarget): void {
    const record = this.dense.find(name);
    if (record === undefined) return;
    const link: Link = { ...this.decode(record.heapId), target };
    this.compared = undefined;
    this.heap.overwrite(record.heapId, encodeBody(this.storage, link, encodeLink));
  }

  /** Takes a link out that is there. C: `H5G__dense_remove`. */
  remove(link: Link): void {
    const record = this.dense.find(link.name);
    if (record === undefined) return;
    this.dense.remove(link.name, link.creationOrder, record.heapId);
  }

  /** C: `H5G__dense_delete`. */
  deleteAll(freed: FreedBlocks): void {
    this.dense.deleteAll(freed);
  }
}
