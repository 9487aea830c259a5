/**
 * Continuation blocks that an object header can do without, once messages have gone.
 *
 * Reference implementation: H5Oalloc.c, `H5O__condense_header`, which moves messages forward and removes empty blocks.
 */
import { MESSAGE } from "../format/message-types.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";
import { sizeOfMessage } from "../format/object-header-message.ts";
import type { HeaderBlock } from "./header-block.ts";
import type { HeaderMessage } from "./header-message.ts";

export interface Condensed {
  /** Those that stay, in their order. */
  readonly blocks: readonly HeaderBlock[];
  readonly changed: ReadonlySet<HeaderBlock>;
  readonly removed: readonly HeaderBlock[];
}

/**
 * Takes empty blocks out, and the last one whose messages all have room in those before it.
 *
 * @param leadsTo - Whether a message is the continuation message of a block.
 */
export function condense(
  blocks: readonly HeaderBlock[],
  prefix: HeaderFields,
  leadsTo: (message: HeaderMessage, block: HeaderBlock) => boolean,
): Condensed {
  const left = [...blocks];
  const changed = new Set<HeaderBlock>();
  const removed: HeaderBlock[] = [];
  for (let i = left.length - 1; i > 0; i--) {
    const block = left[i] as HeaderBlock;
    if (block.messages.length > 0) {
      if (i < left.length - 1 || !moveAll(block, left.slice(0, i), prefix, changed, leadsTo)) continue;
    }
    left.splice(i, 1);
    removed.push(block);
    for (const parent of left) {
      const pointer = parent.messages.find((message) => leadsTo(message, block));
      if (pointer === undefined) continue;
      parent.take(pointer);
      changed.add(parent);
      // A block behind this one may be empty now.
      i = left.length;
    }
  }
  for (const block of removed) changed.delete(block);
  return { blocks: left, changed, removed };
}

/**
 * Moves the messages of a block, to which no other leads, into the first of others with room; all of them or none. What leads to
 * the block leaves room, too.
 */
function moveAll(
  block: HeaderBlock,
  others: readonly HeaderBlock[],
  prefix: HeaderFields,
  changed: Set<HeaderBlock>,
  leadsTo: (message: HeaderMessage, block: HeaderBlock) => boolean,
): boolean {
  const room = others.map((other) => {
    const pointer = other.messages.find((message) => leadsTo(message, block));
    return other.freeBytes(prefix) + (pointer === undefined ? 0 : sizeOfMessage(prefix, pointer.data.length));
  });
  const places: HeaderBlock[] = [];
  for (const { type, data } of block.messages) {
    const needed = sizeOfMessage(prefix, data.length);
    const at = type === MESSAGE.CONTINUATION ? -1 : room.findIndex((bytes) => bytes >= needed);
    if (at < 0) return false;
    room[at] = (room[at] as number) - needed;
    places.push(others[at] as HeaderBlock);
  }
  block.messages.forEach((message, i) => {
    const place = places[i] as HeaderBlock;
    place.add(message);
    changed.add(place);
  });
  block.messages = [];
  return true;
}
