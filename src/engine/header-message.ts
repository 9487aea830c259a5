/** One message of an object header in use. Specification: IV.A.1. */

/** A message may hold at most this many bytes; in a version 1 header, whose messages are padded, a few less. */
export const MAX_MESSAGE_BYTES = 65535;

export class HeaderMessage {
  readonly type: number;
  flags: number;
  /** In headers that track the creation order of attributes. */
  creationOrder: number;
  /** What `data` means, kept by whoever decoded it. */
  decoded: unknown;
  /** Holds the data from `start` to `end`. Most messages of an object are never looked at, so the view of it comes later. */
  private bytes: Uint8Array;
  private start: number;
  private end: number;
  /** Makes the data that count, as long as those that are here: see {@link setLater}. */
  private maker: ((decoded: unknown) => Uint8Array) | undefined;

  constructor(type: number, flags: number, creationOrder: number, bytes: Uint8Array, start = 0, end = bytes.length) {
    this.type = type;
    this.flags = flags;
    this.creationOrder = creationOrder;
    this.decoded = undefined;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.maker = undefined;
  }

  /** Bytes of the message as stored; replaced, never modified. */
  get data(): Uint8Array {
    this.settle();
    if (this.end - this.start !== this.bytes.length) this.data = this.bytes.subarray(this.start, this.end);
    return this.bytes;
  }

  set data(bytes: Uint8Array) {
    this.maker = undefined;
    this.bytes = bytes;
    this.start = 0;
    this.end = bytes.length;
  }

  /**
   * New data of the length that they have, made of their meaning when somebody asks for them: an extent that grows with each row
   * is written down once, at the next flush.
   */
  setLater(make: (decoded: unknown) => Uint8Array): void {
    this.maker = make;
  }

  /** Whether data wait to be made. */
  get isLater(): boolean {
    return this.maker !== undefined;
  }

  /** The same for another header, whose changes do not show here. */
  copy(): HeaderMessage {
    this.settle();
    const { type, flags, creationOrder, bytes, start, end } = this;
    const copy = new HeaderMessage(type, flags, creationOrder, bytes, start, end);
    copy.decoded = this.decoded;
    return copy;
  }

  /** A byte of the data; 0 behind its end. */
  byteAt(offset: number): number {
    this.settle();
    return offset < this.end - this.start ? (this.bytes[this.start + offset] as number) : 0;
  }

  /** Bytes of the data. */
  get byteLength(): number {
    return this.end - this.start;
  }

  /** Whether another message of this length has the same bytes from `from` to `to`. */
  hasBytesOf(other: HeaderMessage, from: number, to: number): boolean {
    this.settle();
    other.settle();
    for (let i = from; i < to; i++) {
      if (this.bytes[this.start + i] !== other.bytes[other.start + i]) return false;
    }
    return true;
  }

  private settle(): void {
    if (this.maker !== undefined) this.data = this.maker(this.decoded);
  }
}

export interface NewMessage {
  readonly type: number;
  readonly flags?: number | undefined;
  readonly creationOrder?: number | undefined;
  readonly data: Uint8Array;
  /** False for one that is kept out of the file's shared message table. Default true. */
  readonly isShareable?: boolean;
  /** What `data` means, where whoever made it knows: see {@link HeaderMessage.decoded}. */
  readonly decoded?: unknown;
}

export function toHeaderMessage({ type, flags, creationOrder, data, decoded }: NewMessage): HeaderMessage {
  const message = new HeaderMessage(type, flags ?? 0, creationOrder ?? 0, data);
  message.decoded = decoded;
  return message;
}
