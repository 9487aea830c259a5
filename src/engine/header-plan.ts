/**
 * What headers that are made alike have in common: their messages, and the bytes of their only block.
 *
 * A header of a plan has messages of its own only once somebody asks for one to change it. Until then it differs from the
 * others in two numbers, which are put into a copy of the encoded block: how many links lead to it and, for contiguous
 * storage, where its data is.
 */
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import {
  type ContiguousLayout,
  DATA_ADDRESS_OFFSET,
  type DataLayout,
  encodeDataLayout,
} from "../format/data-layout.ts";
import { MESSAGE } from "../format/message-types.ts";
import { type ObjectHeader as HeaderFields, objectHeaderOverhead } from "../format/object-header.ts";
import { maxMessageDataBytes, messageHeaderBytes, sizeOfMessage } from "../format/object-header-message.ts";
import { OBJECT_REFERENCE_COUNT_OFFSET } from "../format/object-header-v1.ts";
import { CHECKSUM_BYTES, leastChunk0Width } from "../format/object-header-v2.ts";
import { HeaderBlock } from "./header-block.ts";
import { HeaderMessage, type NewMessage, toHeaderMessage } from "./header-message.ts";

/** Contiguous storage that is not there yet. */
interface Unplaced {
  readonly layout: ContiguousLayout;
  /** Which of the messages it is, and where in the block its address stands. */
  readonly message: number;
  readonly addressAt: number;
}

/** @throws HDF5Error "state" ("object header message is too large") for more than a message of the header holds. */
export function requireMessageSize(prefix: HeaderFields, byteLength: number, address?: Address): void {
  if (byteLength <= maxMessageDataBytes(prefix)) return;
  throw new HDF5Error("state", "object header message is too large", address === undefined ? {} : { address });
}

export class HeaderPlan {
  /** Without messages. */
  readonly prefix: HeaderFields;
  /** Not to be changed: see {@link ownMessages}. */
  readonly messages: HeaderMessage[];
  readonly byteLength: number;
  readonly capacity: number;
  private readonly unplaced: Unplaced | undefined;
  private image: Uint8Array | undefined;

  /**
   * @param prefix - Version, flags and times; its messages are not looked at.
   * @param spareBytes - Room left for further messages.
   * @param layout - What the data layout message says, of a dataset.
   * @throws HDF5Error "state" for a message that is too large.
   */
  constructor(prefix: HeaderFields, messages: readonly NewMessage[], spareBytes: number, layout?: DataLayout) {
    for (const { data } of messages) requireMessageSize(prefix, data.length);
    this.messages = messages.map(toHeaderMessage);
    const used = messages.reduce((sum, { data }) => sum + sizeOfMessage(prefix, data.length), 0);
    this.capacity = prefix.version === 1 ? alignUp(used + spareBytes, 8) : used + spareBytes;
    this.prefix = prefix.version === 1 ? prefix : { ...prefix, sizeOfChunk0Width: leastChunk0Width(this.capacity) };
    this.byteLength = objectHeaderOverhead(this.prefix) + this.capacity;
    if (layout?.kind === "contiguous" && layout.address === UNDEFINED_ADDRESS) this.unplaced = this.place(layout);
  }

  private place(layout: ContiguousLayout): Unplaced {
    const { prefix, messages } = this;
    const message = messages.findIndex(({ type }) => type === MESSAGE.DATA_LAYOUT);
    const start = objectHeaderOverhead(prefix) - (prefix.version === 1 ? 0 : CHECKSUM_BYTES);
    const before = messages
      .slice(0, message)
      .reduce((sum, { data }) => sum + sizeOfMessage(prefix, data.length), start);
    return { layout, message, addressAt: before + messageHeaderBytes(prefix) + DATA_ADDRESS_OFFSET };
  }

  /** Whether a layout is the plan's but for its address, and that can be put into the block. */
  canPlace({ version, byteLength }: ContiguousLayout, widths: FileWidths): boolean {
    const layout = this.unplaced?.layout;
    // Addresses of several members are no plain numbers.
    return layout?.version === version && layout.byteLength === byteLength && widths.farAddresses === undefined;
  }

  /** Bytes of the contiguous data that is to get a place; undefined where there is none, or it cannot be put into the block. */
  unplacedBytes(widths: FileWidths): number | undefined {
    return widths.farAddresses === undefined ? this.unplaced?.layout.byteLength : undefined;
  }

  /** Messages that a header may change, the address of its data among them. */
  ownMessages(widths: FileWidths, dataAddress: Address): HeaderMessage[] {
    const own = this.messages.map((message) => message.copy());
    const { unplaced } = this;
    if (unplaced === undefined || dataAddress === UNDEFINED_ADDRESS) return own;
    const { type, flags, creationOrder } = own[unplaced.message] as HeaderMessage;
    const writer = new Writer(widths);
    encodeDataLayout(writer, { ...unplaced.layout, address: dataAddress });
    own[unplaced.message] = new HeaderMessage(type, flags, creationOrder, writer.copy());
    return own;
  }

  /** @param dataAddress - Undefined for data that has no place yet. */
  encode(writer: Writer, objectReferenceCount: number, dataAddress: Address): void {
    const { prefix, unplaced } = this;
    this.image ??= this.newImage(writer.widths);
    const start = writer.position;
    writer.bytes(this.image);
    if (unplaced !== undefined && dataAddress !== UNDEFINED_ADDRESS) {
      writer.patch(start + unplaced.addressAt, dataAddress, writer.widths.sizeOfOffsets);
    }
    if (prefix.version === 2) writer.checksum(start);
    else writer.patch(start + OBJECT_REFERENCE_COUNT_OFFSET, objectReferenceCount, 4);
  }

  /** The block without its checksum. */
  private newImage(widths: FileWidths): Uint8Array {
    const { prefix, messages, byteLength, capacity } = this;
    const writer = new Writer(widths, byteLength);
    const owner = { encodeBlock: () => undefined };
    new HeaderBlock(owner, 0, byteLength, capacity, messages).encodeFirst(writer, prefix, 0, 0);
    return writer.copy().subarray(0, prefix.version === 1 ? byteLength : byteLength - CHECKSUM_BYTES);
  }
}
