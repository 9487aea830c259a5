/**
 * The hard links that lead to new objects, for who moves the headers of those, and what an old-style group's header leads to: entries
 * of symbol tables repeat that.
 */
import type { Address } from "../base/address.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { Link } from "../format/link.ts";
import type { DenseHolder } from "./dense-holders.ts";
import type { GroupObject } from "./group-object.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import type { ObjectHeader } from "./object-header.ts";

/** So many links are looked through: in files of more, what a header takes is nothing. */
const MOST_LINKS = 4096;

interface HardLink {
  readonly group: GroupObject;
  readonly name: string;
}

/** A header that may move, with every link to it. */
interface LinkedHeader {
  readonly header: ObjectHeader;
  /** Of a group. */
  readonly group: GroupObject | undefined;
  readonly links: HardLink[];
}

export class HardLinks {
  private readonly found: readonly LinkedHeader[];

  /**
   * @param headers - The headers that may move; those stay to which there are more links, or users of a committed datatype, than
   *   are found.
   * @param groups - In which to look.
   */
  constructor(headers: Iterable<ObjectHeader>, groups: readonly GroupObject[]) {
    const byAddress = new Map<Address, LinkedHeader>();
    const groupOf = new Map(groups.map((group) => [group.header, group]));
    for (const header of headers) byAddress.set(header.address, { header, group: groupOf.get(header), links: [] });
    const isWhole = byAddress.size > 0 && addLinks(byAddress, groups);
    this.found = isWhole ? [...byAddress.values()].filter(isKnownWhole) : [];
  }

  /** The first blocks of the headers; their links go with them. */
  movableBlocks(): MovableBlock[] {
    return this.found.map(({ header, links }) => {
      const first = header.movableFirst();
      const repoint = (to: Address): void => {
        first.repoint(to);
        // What has moved is written before what leads to it: its place is new.
        for (const { group, name } of links) group.repointLink(name, to);
      };
      return { ...first, repoint };
    });
  }

  /** What leads to the B-trees and heaps of old-style groups among them. */
  tableHolders(): ReadonlyMap<Address, DenseHolder> {
    const holders = new Map<Address, DenseHolder>();
    for (const { group, links } of this.found) {
      const table = group?.symbolTableMessage;
      if (group === undefined || table === undefined) continue;
      const holder: DenseHolder = (from, to) => {
        const moved = group.repointTable(from, to);
        for (const link of links) link.group.repeatTable(link.name, moved);
      };
      holders.set(table.bTreeAddress, holder).set(table.localHeapAddress, holder);
    }
    return holders;
  }
}

/** @returns Whether all groups were looked through. */
function addLinks(byAddress: ReadonlyMap<Address, LinkedHeader>, groups: Iterable<GroupObject>): boolean {
  let left = MOST_LINKS;
  for (const group of groups) {
    const links = readableLinks(group, left);
    if (links === undefined || links.length > left) return false;
    left -= links.length;
    for (const { name, target } of links) {
      if (target.kind === "hard") byAddress.get(target.objectHeaderAddress)?.links.push({ group, name });
    }
  }
  return true;
}

/** Those of a damaged group are not known, so that what they lead to stays. @returns Undefined for far more than `most`. */
function readableLinks(group: GroupObject, most: number): readonly Link[] | undefined {
  try {
    return group.hasMoreLinksThan(most) ? undefined : group.storedLinks();
  } catch (cause) {
    if (!isHdf5Error(cause)) throw cause;
    return [];
  }
}

function isKnownWhole({ header, links }: LinkedHeader): boolean {
  return (
    links.length > 0 && header.linkCount === links.length && links.every(({ group, name }) => group.canRepoint(name))
  );
}
