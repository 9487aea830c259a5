/**
 * Users less of shared messages, counted before anything changes.
 *
 * Reference implementation: H5SM.c, `H5SM_delete`.
 */
import type { Address } from "../base/address.ts";
import type { MessageKey, SharedMessageIndex } from "./shared-message-index.ts";
import type { SharedMessages, StoredMessage } from "./shared-messages.ts";

interface Release {
  readonly key: MessageKey;
  readonly index: SharedMessageIndex;
  /** How many users go. */
  count: number;
  /** Whether they are all. */
  isLast: boolean;
}

export class SharedReleases {
  private readonly messages: SharedMessages;
  private readonly releases = new Map<string, Release>();

  constructor(messages: SharedMessages) {
    this.messages = messages;
  }

  /**
   * One user less of a shared or shareable message; others are left alone.
   *
   * @param holder - Address of the header that has it.
   * @returns The bytes of a message that goes with its last user.
   * @throws FormatError "message not in index".
   */
  release(type: number, message: StoredMessage, holder: Address | undefined): Uint8Array | undefined {
    const key = this.messages.keyOf(type, message, holder);
    return key === undefined ? undefined : this.releaseKey(key);
  }

  /** One user less of the message with that ID. */
  releaseHeapId(type: number, heapId: Uint8Array): Uint8Array | undefined {
    return this.releaseKey(this.messages.keyOfHeapId(type, heapId));
  }

  private releaseKey(key: MessageKey): Uint8Array | undefined {
    const { index, record } = this.messages.required(key);
    const place =
      record.location === "heap" ? record.heapId.join() : `${record.objectHeaderAddress}, ${record.messageType}`;
    const name = `${index.position}: ${place}`;
    const users = record.location === "heap" ? record.referenceCount : 1;
    const known = this.releases.get(name);
    if (known?.isLast) return undefined;
    const count = (known?.count ?? 0) + 1;
    const isLast = count >= users;
    if (known === undefined) this.releases.set(name, { key, index, count, isLast });
    else Object.assign(known, { count, isLast });
    return isLast ? key.bytes : undefined;
  }

  /** Reads what {@link commit} needs: to be called, as that, while storage is held. */
  prepare(): void {
    const byIndex = new Map<number, { readonly index: SharedMessageIndex; readonly keys: MessageKey[] }>();
    for (const { index, key, isLast } of this.releases.values()) {
      index.find(key);
      if (!isLast) continue;
      const going = byIndex.get(index.position);
      if (going === undefined) byIndex.set(index.position, { index, keys: [key] });
      else going.keys.push(key);
    }
    for (const { index, keys } of byIndex.values()) index.expectRemovals(keys);
  }

  /** The users are no more. */
  commit(): void {
    for (const { index, key, count } of this.releases.values()) {
      const record = index.find(key);
      if (record === undefined) continue;
      const left = record.location === "heap" ? record.referenceCount - count : 0;
      if (record.location === "heap" && left > 0) index.replace(key, record, { ...record, referenceCount: left });
      else index.removeMessage(key, record);
    }
  }
}
