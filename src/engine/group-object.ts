/**
 * A group: its links, in whichever form the object header keeps them.
 *
 * Old-style groups have a symbol table message (B-tree, symbol table nodes, local heap); new-style groups a link info
 * message with link messages beside it. Specification: IV.A.2.r, IV.A.2.c, IV.A.2.g.
 */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { isAscii } from "../base/text.ts";
import type { CharacterSet } from "../format/datatype.ts";
import type { GroupInfo } from "../format/group-info.ts";
import type { Link, LinkTarget } from "../format/link.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { SymbolTableEntry } from "../format/symbol-table-entry.ts";
import {
  decodeSymbolTableMessage,
  encodeSymbolTableMessage,
  type SymbolTableMessage,
} from "../format/symbol-table-message.ts";
import type { Deletion } from "./deletion.ts";
import { EngineObject } from "./engine-object.ts";
import { FreedBlocks } from "./freed-blocks.ts";
import { encodeBody } from "./header-values.ts";
import { LivingLocalHeap } from "./local-heap.ts";
import { compareNames } from "./names.ts";
import { NewStyleLinks } from "./new-style-links.ts";
import type { ObjectHeader } from "./object-header.ts";
import { SymbolTable } from "./symbol-table.ts";

export class GroupObject extends EngineObject {
  private newStyleLinks: NewStyleLinks | undefined;

  get kind(): "group" {
    return "group";
  }

  /** The message of an old-style group, undefined for a new-style one. */
  get symbolTableMessage(): SymbolTableMessage | undefined {
    const message = this.header.first(MESSAGE.SYMBOL_TABLE);
    if (message === undefined) return undefined;
    return decodeSymbolTableMessage(this.file.storage.cursor(message.data, "Symbol table message", this.address));
  }

  /** All who open the group share one living table, kept with the message that leads to it. */
  private get symbolTable(): SymbolTable | undefined {
    const message = this.header.first(MESSAGE.SYMBOL_TABLE);
    if (message === undefined) return undefined;
    if (message.decoded === undefined) {
      const { storage } = this.file;
      const { bTreeAddress, localHeapAddress } = decodeSymbolTableMessage(
        storage.cursor(message.data, "Symbol table message", this.address),
      );
      message.decoded = new SymbolTable(
        storage,
        this.file.groupRanks,
        bTreeAddress,
        LivingLocalHeap.open(storage, localHeapAddress),
      );
    }
    return message.decoded as SymbolTable;
  }

  /** Links of a new-style group. */
  private get newStyle(): NewStyleLinks {
    this.newStyleLinks ??= new NewStyleLinks(this.file.storage, this.header);
    return this.newStyleLinks;
  }

  protected override startAnew(header: ObjectHeader): void {
    super.startAnew(header);
    this.newStyleLinks = undefined;
  }

  /** Phase change and estimates of a new-style group; undefined where it holds none. */
  get groupInfo(): GroupInfo | undefined {
    return this.newStyle.groupInfo;
  }

  /** Whether links carry their order of creation. C: `H5P_CRT_ORDER_TRACKED`. */
  get tracksCreationOrder(): boolean {
    return this.newStyle.info?.maximumCreationIndex !== undefined;
  }

  /** The creation order that the next link gets, where it is tracked. */
  get nextCreationOrder(): number | undefined {
    return this.newStyle.info?.maximumCreationIndex;
  }

  /** Leaves numbers out, as a group does that lost links: the next one gets that one at least, where order is tracked. */
  continueAt(creationOrder: number): void {
    this.newStyle.continueAt(creationOrder);
  }

  /** How links are stored. C: `H5G_storage_type_t`. */
  get linkStorage(): "symbol table" | "messages" | "dense" {
    if (this.header.first(MESSAGE.SYMBOL_TABLE) !== undefined) return "symbol table";
    return this.newStyle.dense === undefined ? "messages" : "dense";
  }

  /** Links of a new-style group go into dense storage, however few there are. */
  makeLinksDense(): void {
    this.newStyle.becomeDense();
  }

  /** Whether dense links are found in their order of creation. C: `H5P_CRT_ORDER_INDEXED`. */
  get indexesCreationOrder(): boolean {
    return this.newStyle.info?.creationOrderIndexAddress !== undefined;
  }

  /** Every link by name, in byte order. */
  links(): readonly Link[] {
    const links = this.storedLinks();
    return this.symbolTable === undefined ? links.sort((a, b) => compareNames(a.name, b.name)) : links;
  }

  /** The same as the file keeps them, in a symbol table by name. C: in the order `H5_ITER_NATIVE`. */
  storedLinks(): Link[] {
    const table = this.symbolTable;
    if (table === undefined) return this.newStyle.all();
    const links: Link[] = [];
    table.forEach((name, entry) => {
      links.push(this.linkOf(table, name, entry));
    });
    return links;
  }

  /**
   * Names of all links, at less cost than {@link links}: in byte order, or in the order of creation.
   *
   * @throws HDF5Error "argument" when creation is to count and is not tracked.
   */
  linkNames(order: "name" | "creation"): string[] {
    const byCreation = order === "creation";
    if (byCreation && !this.tracksCreationOrder) {
      throw new HDF5Error("argument", "creation order not tracked for links in group");
    }
    const table = this.symbolTable;
    if (table !== undefined) return table.names();
    const { dense } = this.newStyle;
    if (dense !== undefined) return dense.names(byCreation);
    const links = [...this.links()];
    if (byCreation) links.sort((a, b) => (a.creationOrder ?? 0) - (b.creationOrder ?? 0));
    return links.map(({ name }) => name);
  }

  link(name: string): Link | undefined {
    const table = this.symbolTable;
    if (table !== undefined) {
      const entry = table.find(name);
      return entry === undefined ? undefined : this.linkOf(table, name, entry);
    }
    return this.newStyle.find(name);
  }

  get linkTotal(): number {
    const table = this.symbolTable;
    if (table === undefined) return this.newStyle.count;
    let count = 0;
    table.forEach(() => {
      count++;
    });
    return count;
  }

  /** Whether there are more links than that, or thousands in a symbol table: little is read for it. */
  hasMoreLinksThan(count: number): boolean {
    const table = this.symbolTable;
    return table === undefined ? this.newStyle.count > count : table.height > 1;
  }

  private linkOf(table: SymbolTable, name: string, entry: SymbolTableEntry): Link {
    const target: LinkTarget =
      entry.cacheType === 2
        ? { kind: "soft", path: table.heap.name(entry.linkValueOffset) }
        : { kind: "hard", objectHeaderAddress: entry.objectHeaderAddress };
    return { name, characterSet: "ascii", creationOrder: undefined, target };
  }

  /**
   * Adds a link; a hard link counts as one more of its object.
   *
   * @param characterSet - What the link is to say of its name. Default: what the name has.
   * @throws HDF5Error "exists" when the name is taken.
   */
  insertLink(name: string, target: LinkTarget, characterSet?: CharacterSet): void {
    checkName(name);
    if (this.link(name) !== undefined) throw new HDF5Error("exists", "name already exists", { path: name });
    const child = target.kind === "hard" ? this.file.object(target.objectHeaderAddress) : undefined;
    this.addLink({ name, characterSet: characterSet ?? characterSetOf(name), target }, child);
  }

  /** A hard link to an object of this file, under a name that is known to be free. */
  insertFreeLink(name: string, child: EngineObject, characterSet = characterSetOf(name)): void {
    checkName(name);
    this.addLink({ name, characterSet, target: { kind: "hard", objectHeaderAddress: child.address } }, child);
  }

  private addLink(link: NewLink, child: EngineObject | undefined): void {
    const table = this.symbolTable;
    if (table === undefined) this.newStyle.insert(link);
    else this.insertEntry(table, link, child);
    if (child !== undefined) {
      this.file.addReference(child.address, child.header);
      this.file.storage.writeBefore(child.address, this.address);
    }
    this.touch();
  }

  private insertEntry(table: SymbolTable, link: NewLink, child: EngineObject | undefined): void {
    const { name, characterSet, target } = link;
    // Symbol tables do not say that a name is UTF-8.
    if (characterSet === "utf-8") {
      this.convertToLinkMessages(table);
      this.newStyle.insert(link);
      return;
    }
    switch (target.kind) {
      case "hard": {
        const cached = child instanceof GroupObject && child.linkCount <= 1 ? child.symbolTableMessage : undefined;
        table.insert(name, (linkNameOffset) =>
          cached === undefined
            ? { linkNameOffset, objectHeaderAddress: target.objectHeaderAddress, cacheType: 0 }
            : {
                linkNameOffset,
                objectHeaderAddress: target.objectHeaderAddress,
                cacheType: 1,
                bTreeAddress: cached.bTreeAddress,
                nameHeapAddress: cached.localHeapAddress,
              },
        );
        break;
      }
      case "soft": {
        const linkValueOffset = table.heap.insert(target.path);
        table.insert(name, (linkNameOffset) => ({
          linkNameOffset,
          objectHeaderAddress: UNDEFINED_ADDRESS,
          cacheType: 2,
          linkValueOffset,
        }));
        break;
      }
      default:
        this.convertToLinkMessages(table);
        this.newStyle.insert(link);
        return;
    }
    table.writeBefore(this.address);
  }

  /**
   * Symbol tables hold hard and soft links only, with names that are ASCII and say so: for any other the group becomes one of link messages,
   * as the C library does it.
   */
  private convertToLinkMessages(table: SymbolTable): void {
    const { storage } = this.file;
    const freed = new FreedBlocks(storage);
    table.delete(freed);
    freed.check();
    NewStyleLinks.convert(storage, this.header, this.links(), () => {
      const message = this.header.first(MESSAGE.SYMBOL_TABLE);
      if (message !== undefined) this.header.remove(message);
    });
    freed.commit();
    this.file.groupChanged(this);
  }

  /**
   * Takes a link out. The object of a hard link that was its last is deleted, once nobody has it open.
   *
   * @throws NotFoundError when there is no such link.
   */
  removeLink(name: string): void {
    const link = this.link(name);
    if (link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
    const { target } = link;
    if (target.kind === "hard") this.removeHardLink(link, target.objectHeaderAddress);
    else this.detachLink(link);
    this.touch();
  }

  private removeHardLink(link: Link, objectHeaderAddress: Address): void {
    const { file } = this;
    // A way that leads back here past hundreds of objects must find this header, and not read another.
    const held = file.acquire<GroupObject>(this);
    try {
      file.delete(
        (deletion) => deletion.dropReference(objectHeaderAddress),
        () => this.detachLink(link),
      );
    } finally {
      file.release(held);
    }
  }

  private detachLink(link: Link): void {
    const table = this.symbolTable;
    if (table !== undefined) {
      const entry = table.remove(link.name);
      if (entry.cacheType === 2) table.heap.remove(entry.linkValueOffset);
      table.writeBefore(this.address);
      return;
    }
    this.newStyle.remove(link);
  }

  /** Whether {@link repointLink} can do it without space of its own. */
  canRepoint(name: string): boolean {
    return this.symbolTable !== undefined || this.newStyle.canReplace(name);
  }

  /** Has a hard link lead to its object's new address. */
  repointLink(name: string, objectHeaderAddress: Address): void {
    const table = this.symbolTable;
    if (table !== undefined) table.replace(name, (entry) => ({ ...entry, objectHeaderAddress }));
    else this.newStyle.replaceTarget(name, { kind: "hard", objectHeaderAddress });
  }

  /** Has the header of an old-style group lead to another address where it leads to `from`. @returns Where it leads now. */
  repointTable(from: Address, to: Address): SymbolTableMessage | undefined {
    const message = this.header.first(MESSAGE.SYMBOL_TABLE);
    const table = this.symbolTableMessage;
    if (message === undefined || table === undefined) return undefined;
    const moved = (address: Address): Address => (address === from ? to : address);
    const now = { bTreeAddress: moved(table.bTreeAddress), localHeapAddress: moved(table.localHeapAddress) };
    this.header.replace(message, encodeBody(this.file.storage, now, encodeSymbolTableMessage));
    this.file.storage.writeBefore(to, this.header.address);
    return now;
  }

  /** The entry of a group's link says where its table is, if it said so before. */
  repeatTable(name: string, table: SymbolTableMessage | undefined): void {
    if (table === undefined) return;
    const { bTreeAddress, localHeapAddress: nameHeapAddress } = table;
    this.symbolTable?.replace(name, (entry) =>
      entry.cacheType === 1 ? { ...entry, bTreeAddress, nameHeapAddress } : entry,
    );
  }

  /** Moves a link to another name or group; the object is not touched. C: `H5Lmove`. */
  moveLink(name: string, destination: GroupObject, newName: string): void {
    checkName(newName);
    const link = this.link(name);
    if (link === undefined) throw new NotFoundError("name doesn't exist", { path: name });
    if (destination.link(newName) !== undefined)
      throw new HDF5Error("exists", "an object with that name already exists", { path: newName });
    // The new link first: the object is never without one.
    const { nextCreationOrder } = destination;
    destination.insertLink(newName, link.target);
    try {
      this.removeLink(name);
    } catch (cause) {
      destination.removeLink(newName);
      if (nextCreationOrder !== undefined) destination.newStyle.goBackTo(nextCreationOrder);
      throw cause;
    }
  }

  override deleteStorage(deletion: Deletion): void {
    for (const { target } of this.links()) {
      if (target.kind === "hard") deletion.dropReference(target.objectHeaderAddress);
    }
    this.symbolTable?.delete(deletion);
    this.newStyle.dense?.deleteAll(deletion);
    super.deleteStorage(deletion);
  }
}

type NewLink = Omit<Link, "creationOrder">;

function characterSetOf(name: string): CharacterSet {
  return isAscii(name) ? "ascii" : "utf-8";
}

function checkName(name: string): void {
  if (name === "" || name === "." || name.includes("/")) throw new HDF5Error("argument", "no name", { path: name });
  if (name.includes("\0")) throw new HDF5Error("argument", "embedded null byte", { path: name });
}

/** Addresses of a group that a superblock entry may repeat. */
export interface CachedGroupAddresses {
  readonly bTreeAddress: Address;
  readonly localHeapAddress: Address;
}
