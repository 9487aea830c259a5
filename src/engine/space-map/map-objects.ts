/** What the objects of a file own: headers, links, attributes, raw data. */
import { type Address, isDefined } from "../../base/address.ts";
import { decodeAttributeInfo } from "../../format/attribute-info.ts";
import { decodeExternalFiles } from "../../format/external-files.ts";
import { decodeGlobalHeapSize, globalHeapHeaderBytes } from "../../format/global-heap.ts";
import { decodeLinkInfo } from "../../format/link-info.ts";
import { MESSAGE, messageName } from "../../format/message-types.ts";
import { decodeContinuationBlock, decodeObjectHeader } from "../../format/object-header.ts";
import { messageHeaderBytes } from "../../format/object-header-message.ts";
import { DatasetObject } from "../dataset-object.ts";
import type { EngineObject } from "../engine-object.ts";
import { GroupObject } from "../group-object.ts";
import type { H5File } from "../h5-file.ts";
import { forEachHeapId, forEachHeapIdOf } from "../heap-ids.ts";
import type { ObjectHeader } from "../object-header.ts";

import { claimChunks } from "./map-chunks.ts";
import { claimFractalHeap, claimLocalHeap } from "./map-heaps.ts";
import { claimGroupTree, claimTreeV2, decodeAt } from "./map-trees.ts";
import type { SpaceClaims, SpacePart } from "./space-claims.ts";
import type { SpaceKind } from "./space-kinds.ts";

const HEADER = "Object header";
const COLLECTION = "Global heap collection";

/** Objects are walked over one after the other, however deep groups are nested. */
interface Pending {
  readonly address: Address;
  readonly path: string;
}

export class ObjectWalk {
  private readonly claims: SpaceClaims;
  private readonly file: H5File;
  private readonly pending: Pending[] = [];
  private readonly seen = new Set<Address>();
  private readonly collections = new Set<Address>();

  constructor(claims: SpaceClaims, file: H5File) {
    this.claims = claims;
    this.file = file;
  }

  /** Walks over the object at an address and all that can be reached from it, unless that was done before. */
  from(address: Address, path: string): void {
    this.pending.push({ address, path });
    for (let next = this.pending.pop(); next !== undefined; next = this.pending.pop()) {
      const { address: at, path: owner } = next;
      if (this.seen.has(at)) continue;
      this.seen.add(at);
      this.claims.of(owner, () => claimHeader(this.claims, this.file, at, "object-header"));
      this.claims.of(owner, () => this.object(this.file.object(at), owner));
    }
  }

  private object(object: EngineObject, path: string): void {
    this.claims.of(path, () => this.attributes(object, path));
    if (object instanceof GroupObject) this.group(object, path);
    else if (object instanceof DatasetObject) this.dataset(object, path);
  }

  /** A committed datatype may have no link of its own. */
  private committed(address: Address | undefined, path: string): void {
    if (address !== undefined) this.pending.unshift({ address, path: `datatype of ${path}` });
  }

  private group(group: GroupObject, path: string): void {
    const { claims, file } = this;
    const { storage } = file;
    const prefix = path === "/" ? path : `${path}/`;
    const links = group.links();
    for (let i = links.length - 1; i >= 0; i--) {
      const { name, target } = links[i] as (typeof links)[number];
      if (target.kind === "hard") {
        this.pending.push({ address: target.objectHeaderAddress, path: prefix + name });
      }
    }
    const table = group.symbolTableMessage;
    if (table !== undefined) {
      claims.of(path, () => claimGroupTree(claims, storage, file.groupRanks, table.bTreeAddress));
      claims.of(path, () => claimLocalHeap(claims, storage, table.localHeapAddress, "link names"));
    }
    const message = group.header.first(MESSAGE.LINK_INFO);
    if (message === undefined) return;
    const info = decodeLinkInfo(storage.cursor(message.data, "Link info message", group.address));
    this.dense(info.fractalHeapAddress, "links", [
      [info.nameIndexAddress, "index of link names"],
      [info.creationOrderIndexAddress, "index of the creation order of links"],
    ]);
  }

  private attributes(object: EngineObject, path: string): void {
    const { storage } = this.file;
    const message = object.header.first(MESSAGE.ATTRIBUTE_INFO);
    if (message !== undefined) {
      const info = decodeAttributeInfo(storage.cursor(message.data, "Attribute info message", object.address));
      this.dense(info.fractalHeapAddress, "attributes", [
        [info.nameIndexAddress, "index of attribute names"],
        [info.creationOrderIndexAddress, "index of the creation order of attributes"],
      ]);
    }
    for (const { name, datatype, bytes, committedTypeAddress } of object.attributes()) {
      this.committed(committedTypeAddress, `attribute ${name} of ${path}`);
      forEachHeapId(this.file, datatype, bytes, (address) => this.collection(address));
    }
  }

  private dense(
    heap: Address,
    what: string,
    indexes: readonly (readonly [address: Address | undefined, what: string])[],
  ): void {
    const { claims } = this;
    const { storage } = this.file;
    if (isDefined(heap)) claims.of(claims.owner, () => claimFractalHeap(claims, storage, heap, what));
    for (const [address, name] of indexes) {
      if (address === undefined || !isDefined(address)) continue;
      claims.of(claims.owner, () => claimTreeV2(claims, storage, address, name));
    }
  }

  private dataset(dataset: DatasetObject, path: string): void {
    const { claims } = this;
    const { layout, fillValue, datatype } = dataset;
    this.committed(dataset.committedTypeAddress, path);
    if (fillValue?.value !== undefined) {
      forEachHeapId(this.file, datatype, fillValue.value, (address) => this.collection(address));
    }
    const message = dataset.header.first(MESSAGE.EXTERNAL_FILES);
    if (message !== undefined) {
      const { storage } = this.file;
      const cursor = storage.cursor(message.data, "External data files message", dataset.address);
      const { localHeapAddress } = decodeExternalFiles(cursor);
      claims.of(path, () => claimLocalHeap(claims, storage, localHeapAddress, "names of external files"));
      return;
    }
    if (layout.kind === "virtual") {
      if (isDefined(layout.heapAddress) && layout.heapIndex > 0) this.collection(layout.heapAddress);
      return;
    }
    if (layout.kind === "contiguous" && isDefined(layout.address)) {
      claims.add("contiguous", layout.address, dataset.storageSize(), "Contiguous raw data");
    }
    if (layout.kind === "chunked") claims.of(path, () => claimChunks(claims, dataset, layout));
    forEachHeapIdOf(dataset, (address) => this.collection(address));
  }

  private collection(address: Address): void {
    if (this.collections.has(address)) return;
    this.collections.add(address);
    const { storage } = this.file;
    const byteLength = decodeAt(
      storage,
      address,
      globalHeapHeaderBytes(storage.widths),
      COLLECTION,
      decodeGlobalHeapSize,
    );
    this.claims.add("global-heap", address, byteLength, COLLECTION);
  }
}

/** The blocks of an object header, each with its messages as parts. */
export function claimHeader(
  claims: SpaceClaims,
  file: H5File,
  address: Address,
  kind: Extract<SpaceKind, "object-header" | "superblock-extension">,
): void {
  const { storage } = file;
  const header = file.header(address);
  const { fields, extents } = header;
  extents.forEach(({ address: at, byteLength }, i) => {
    const what = i === 0 ? `${HEADER}, version ${fields.version}` : `Continuation block ${i} of the object header`;
    claims.add(kind, at, byteLength, what, headerParts(storage, header, i));
  });
}

function headerParts(storage: H5File["storage"], header: ObjectHeader, i: number): SpacePart[] {
  const { fields, extents } = header;
  const { address, byteLength } = extents[i] as (typeof extents)[number];
  const block = decodeAt(storage, address, byteLength, HEADER, (cursor) =>
    i === 0 ? decodeObjectHeader(cursor) : decodeContinuationBlock(cursor, fields),
  );
  const messageHeader = messageHeaderBytes(fields);
  const parts: SpacePart[] = [];
  let end = 0;
  for (const { type, offset, data } of block.messages) {
    const start = offset - messageHeader;
    if (start > end) parts.push({ name: "Prefix", byteLength: start - end });
    end = offset + data.length;
    parts.push({ name: type === MESSAGE.NIL ? "Free" : messageName(type), byteLength: end - start });
  }
  if (block.gap > 0) parts.push({ name: "Free", byteLength: block.gap });
  end += block.gap;
  if (byteLength > end) parts.push({ name: "Checksum", byteLength: byteLength - end });
  return parts;
}
