/**
 * The links of a new-style group: messages of its header or, when there are many or one is too long for a message, in dense
 * storage.
 *
 * Specification: IV.A.2.c, IV.A.2.g, IV.A.2.k. Reference implementation: H5Gobj.c, H5Gcompact.c.
 */
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import { decodeFilterPipeline, type FilterPipeline } from "../format/filter-pipeline.ts";
import { DEFAULT_LINK_PHASE_CHANGE, decodeGroupInfo, type GroupInfo } from "../format/group-info.ts";
import { decodeLink, encodeLink, type Link, type LinkTarget, sizeOfLink, sizeOfLinkTarget } from "../format/link.ts";
import { decodeLinkInfo, encodeLinkInfo, type LinkInfo } from "../format/link-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import { DenseLinks } from "./dense-links.ts";
import { type DenseAddresses, DenseStorage } from "./dense-storage.ts";
import type { FileStorage } from "./file-storage.ts";
import { FreedBlocks } from "./freed-blocks.ts";
import { type HeaderMessage, MAX_MESSAGE_BYTES } from "./header-message.ts";
import { encodeBody } from "./header-values.ts";
import type { ObjectHeader } from "./object-header.ts";

/** What the link info message says, and the dense links it leads to. */
interface LinkState {
  readonly info: LinkInfo;
  readonly dense: DenseLinks | undefined;
}

type LinkPhaseChange = NonNullable<GroupInfo["linkPhaseChange"]>;

export class NewStyleLinks {
  private readonly storage: FileStorage;
  private readonly header: ObjectHeader;

  constructor(storage: FileStorage, header: ObjectHeader) {
    this.storage = storage;
    this.header = header;
  }

  /** Kept with the message, so that all who open the group share it. */
  private get state(): LinkState | undefined {
    const message = this.header.first(MESSAGE.LINK_INFO);
    if (message === undefined) return undefined;
    if (message.decoded === undefined) {
      const info = decodeLinkInfo(this.storage.cursor(message.data, "Link info message", this.header.address));
      const dense = DenseLinks.isDense(info) ? new DenseLinks(this.storage, info) : undefined;
      message.decoded = { info, dense } satisfies LinkState;
    }
    return message.decoded as LinkState;
  }

  get info(): LinkInfo | undefined {
    return this.state?.info;
  }

  /** Undefined while links are messages. */
  get dense(): DenseLinks | undefined {
    return this.state?.dense;
  }

  get count(): number {
    return this.dense?.count ?? this.messages().length;
  }

  /** In the order of storage. */
  all(): Link[] {
    return this.dense?.all() ?? this.messages().map((message) => this.decode(message));
  }

  find(name: string): Link | undefined {
    const { dense } = this;
    if (dense !== undefined) return dense.find(name);
    const message = this.messageOf(name);
    return message === undefined ? undefined : this.decode(message);
  }

  private messages(): HeaderMessage[] {
    return this.header.all(MESSAGE.LINK);
  }

  private messageOf(name: string): HeaderMessage | undefined {
    return this.header.firstOf(MESSAGE.LINK, (message) => this.decode(message).name === name);
  }

  private decode(message: HeaderMessage): Link {
    if (message.decoded === undefined) {
      message.decoded = decodeLink(this.storage.cursor(message.data, "Link message", this.header.address));
    }
    return message.decoded as Link;
  }

  /** What the group was made with; undefined without the message. */
  get groupInfo(): GroupInfo | undefined {
    const message = this.header.first(MESSAGE.GROUP_INFO);
    if (message === undefined) return undefined;
    message.decoded ??= decodeGroupInfo(this.storage.cursor(message.data, "Group info message", this.header.address));
    return message.decoded as GroupInfo;
  }

  private get phaseChange(): LinkPhaseChange {
    return this.groupInfo?.linkPhaseChange ?? DEFAULT_LINK_PHASE_CHANGE;
  }

  private get pipeline(): FilterPipeline | undefined {
    const message = this.header.first(MESSAGE.FILTER_PIPELINE);
    if (message === undefined) return undefined;
    return decodeFilterPipeline(this.storage.cursor(message.data, "Filter pipeline message", this.header.address));
  }

  private fits(link: Link): boolean {
    return this.header.holds(sizeOfLink(link, this.storage.widths));
  }

  /**
   * The value of a soft, external or user-defined link has at most 65535 bytes in any link message.
   *
   * @throws HDF5Error "state" ("object header message is too large").
   */
  private requireStorable(link: Link): void {
    const valueBytes = sizeOfLinkTarget(link.target, this.storage.widths) - 2;
    if (link.target.kind === "hard" || valueBytes <= MAX_MESSAGE_BYTES) return;
    throw new HDF5Error("state", "object header message is too large", { address: this.header.address });
  }

  /** Adds a link whose name is not taken; it gets the next place in the order of creation. C: `H5G_obj_insert`. */
  insert(unordered: Omit<Link, "creationOrder">): void {
    const { info, dense } = this;
    const creationOrder = info?.maximumCreationIndex;
    const link: Link = { ...unordered, creationOrder };
    const next = creationOrder === undefined ? undefined : creationOrder + 1;
    this.requireStorable(link);
    if (dense !== undefined) {
      dense.insert(link);
      if (next !== undefined) this.changeInfo({ maximumCreationIndex: next });
    } else if (this.messages().length < this.phaseChange.maximumCompact && this.fits(link)) {
      this.header.add({ type: MESSAGE.LINK, data: encodeBody(this.storage, link, encodeLink) });
      if (next !== undefined) this.changeInfo({ maximumCreationIndex: next });
    } else {
      this.becomeDense([link], { maximumCreationIndex: next });
    }
  }

  /** Links leave the header for dense storage, with new ones; they stay there while there are not too few of them. */
  becomeDense(more: readonly Link[] = [], change: Partial<LinkInfo> = {}): void {
    const addresses = this.makeDense([...this.all(), ...more], this.info?.creationOrderIndexAddress !== undefined);
    for (const message of this.messages()) this.header.remove(message);
    this.changeInfo({ ...addresses, ...change });
  }

  /** The next link gets that number in the order of creation, where it is tracked. */
  continueAt(creationOrder: number): void {
    const next = this.info?.maximumCreationIndex;
    if (next !== undefined && next < creationOrder) this.changeInfo({ maximumCreationIndex: creationOrder });
  }

  private makeDense(links: readonly Link[], isOrderIndexed: boolean): DenseAddresses {
    const made = DenseLinks.create(this.storage, links, isOrderIndexed, this.pipeline);
    for (const address of made.links.addresses) this.storage.writeBefore(address, this.header.address);
    return made.addresses;
  }

  /** The same when a link that had it was taken back. */
  goBackTo(creationOrder: number): void {
    this.changeInfo({ maximumCreationIndex: creationOrder });
  }

  private changeInfo(change: Partial<LinkInfo>): void {
    const message = this.header.first(MESSAGE.LINK_INFO);
    const { state } = this;
    if (message === undefined || state === undefined) return;
    const info = { ...state.info, ...change };
    this.header.replace(message, encodeBody(this.storage, info, encodeLinkInfo));
    // The dense links stay those that all share, unless they are others now.
    if (info.fractalHeapAddress === state.info.fractalHeapAddress) {
      message.decoded = { info, dense: state.dense } satisfies LinkState;
    }
  }

  /** Whether a link can get another target as long as its own. */
  canReplace(name: string): boolean {
    return this.dense?.canReplace(name) ?? true;
  }

  /** Gives a link that is there another target as long as its own. */
  replaceTarget(name: string, target: LinkTarget): void {
    if (this.dense !== undefined) {
      this.dense.replaceTarget(name, target);
      return;
    }
    const message = this.messageOf(name);
    if (message === undefined) return;
    const link: Link = { ...this.decode(message), target };
    this.header.replace(message, encodeBody(this.storage, link, encodeLink), link);
  }

  /** Takes a link out that is there. C: `H5G_obj_remove`. */
  remove(link: Link): void {
    const { dense } = this;
    if (dense === undefined) {
      const message = this.messageOf(link.name);
      if (message !== undefined) this.header.remove(message);
    } else {
      this.removeDense(dense, link);
    }
    if (this.count === 0 && this.info?.maximumCreationIndex !== undefined) this.changeInfo({ maximumCreationIndex: 0 });
  }

  /** Few links go back to the header, if it holds them. C: `H5G__obj_remove_update_linfo`. */
  private removeDense(dense: DenseLinks, link: Link): void {
    const left = dense.count - 1;
    const kept = left < this.phaseChange.minimumDense || left === 0 ? dense.all() : undefined;
    const compact = kept?.filter(({ name }) => name !== link.name);
    if (compact?.every((other) => this.fits(other)) && this.becomeCompact(dense, compact)) return;
    dense.remove(link);
  }

  /** @returns False when the file has no room left for it. */
  private becomeCompact(dense: DenseLinks, links: readonly Link[]): boolean {
    const freed = new FreedBlocks(this.storage);
    dense.deleteAll(freed);
    freed.check();
    if (!this.addMessages(links)) return false;
    freed.commit();
    this.changeInfo(DenseStorage.none(this.info?.creationOrderIndexAddress !== undefined));
    return true;
  }

  /** All or, when the file has no room left, none. */
  private addMessages(links: readonly Link[]): boolean {
    const added: HeaderMessage[] = [];
    try {
      for (const link of links) {
        added.push(this.header.add({ type: MESSAGE.LINK, data: encodeBody(this.storage, link, encodeLink) }));
      }
    } catch (cause) {
      for (const message of added) this.header.remove(message);
      if (isHdf5Error(cause, "state")) return false;
      throw cause;
    }
    return true;
  }

  /**
   * Messages for a group that is to keep these links: link info, group info and, if there are few, the links themselves.
   *
   * For a group whose symbol table cannot hold what it is to get; what needs space is made before anything changes.
   */
  static convert(storage: FileStorage, header: ObjectHeader, links: readonly Link[], dropTable: () => void): void {
    const group = new NewStyleLinks(storage, header);
    for (const link of links) group.requireStorable(link);
    const isCompact =
      links.length <= DEFAULT_LINK_PHASE_CHANGE.maximumCompact && links.every((link) => group.fits(link));
    const addresses = isCompact ? DenseStorage.none(false) : group.makeDense(links, false);
    dropTable();
    const info: LinkInfo = { maximumCreationIndex: undefined, ...addresses };
    header.add({ type: MESSAGE.LINK_INFO, data: encodeBody(storage, info, encodeLinkInfo) });
    header.add({ type: MESSAGE.GROUP_INFO, flags: 1, data: Uint8Array.of(0, 0) });
    if (!isCompact) return;
    for (const link of links) header.add({ type: MESSAGE.LINK, data: encodeBody(storage, link, encodeLink) });
  }
}
