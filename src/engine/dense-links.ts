/**
 * Links of a group in dense storage: link messages in a fractal heap, found through B-trees version 2.
 *
 * Specification: IV.A.2.c, "The Link Info Message". Reference implementation: H5Gdense.c.
 */
import { isDefined } from "../base/address.ts";
import { lookup3 } from "../base/checksum.ts";
import { encodeUtf8 } from "../base/text.ts";
import { LINK_HEAP_ID_OFFSET, LINK_NAME_RECORDS, type LinkNameRecord } from "../format/b-tree-v2-records.ts";
import { decodeLink, decodeLinkHead, type Link } from "../format/link.ts";
import type { LinkInfo } from "../format/link-info.ts";
import { BTreeV2 } from "./b-tree-v2.ts";
import type { FileStorage } from "./file-storage.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { FractalHeapReader } from "./fractal-heap-reader.ts";
import { NameList } from "./name-list.ts";
import { compareNames } from "./names.ts";

const LINK = "Link message";

/** The hash of a name in the indexes of dense links and attributes. */
export function nameHash(name: string): number {
  return lookup3(encodeUtf8(name));
}

export class DenseLinks {
  private readonly storage: FileStorage;
  private readonly heap: FractalHeap;
  private readonly byName: BTreeV2<LinkNameRecord>;

  constructor(storage: FileStorage, info: LinkInfo) {
    this.storage = storage;
    this.heap = new FractalHeap(storage, info.fractalHeapAddress);
    this.byName = new BTreeV2(storage, info.nameIndexAddress, LINK_NAME_RECORDS);
  }

  static isDense(info: LinkInfo | undefined): info is LinkInfo {
    return info !== undefined && isDefined(info.fractalHeapAddress);
  }

  get count(): number {
    return this.byName.count;
  }

  private decode(heapId: Uint8Array): Link {
    return decodeLink(this.storage.cursor(this.heap.read(heapId), LINK, this.heap.address));
  }

  /** In the order of the index, which is that of hashes. */
  all(): Link[] {
    const links: Link[] = [];
    this.byName.forEach((record) => {
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
    this.byName.forEachEncoded((record, recordStart) => {
      const cursor = reader.find(record, recordStart + LINK_HEAP_ID_OFFSET);
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
    const hash = nameHash(name);
    let found: Link | undefined;
    const record = this.byName.find(({ hash: other, heapId }) => {
      if (other !== hash) return other - hash;
      found = this.decode(heapId);
      return compareNames(found.name, name);
    });
    return record === undefined ? undefined : found;
  }
}
