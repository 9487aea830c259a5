/**
 * A stream of bits that grows, the most significant bit of each byte first.
 *
 * Bits are gathered in a word, and stored when it is full.
 */
export class BitWriter {
  private readonly view: DataView;
  /** The byte where the next word goes. */
  private at: number;
  /** Gathered bits at the top, and the number of bits that have room below, 1 to 32. */
  private word = 0;
  private free = 32;

  /** @param bytes - Room from `start` on for all that is put, of any content, and for what is missing to a whole word. */
  constructor(bytes: Uint8Array, start = 0) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = start;
  }

  /** Bytes that have bits in them, those before the start included. */
  get byteLength(): number {
    return this.at + ((39 - this.free) >>> 3);
  }

  /** Stores what is gathered; nothing may be put afterwards. */
  finish(): void {
    for (let byte = 0; byte < (39 - this.free) >>> 3; byte++) {
      this.view.setUint8(this.at + byte, this.word >>> (24 - 8 * byte));
    }
  }

  /** Appends the lowest 1 to 32 bits of a value. */
  put(value: number, bits: number): void {
    const low = bits === 32 ? value : value & ((1 << bits) - 1);
    if (bits < this.free) {
      this.free -= bits;
      this.word |= low << this.free;
      return;
    }
    const rest = bits - this.free;
    this.view.setInt32(this.at, this.word | (low >>> rest));
    this.at += 4;
    this.free = 32 - rest;
    this.word = rest === 0 ? 0 : low << this.free;
  }

  /** Appends `zeros` zeros and a one. */
  putUnary(zeros: number): void {
    this.skip(zeros);
    this.put(1, 1);
  }

  /** Appends zeros. */
  private skip(zeros: number): void {
    let rest = zeros;
    while (rest >= this.free) {
      this.view.setInt32(this.at, this.word);
      this.at += 4;
      rest -= this.free;
      this.word = 0;
      this.free = 32;
    }
    this.free -= rest;
  }

  /** {@link put} for the values from `start` to `end`. */
  putAll(values: Uint32Array, start: number, end: number, bits: number): void {
    const { view } = this;
    let { at, word, free } = this;
    const mask = bits === 32 ? -1 : (1 << bits) - 1;
    for (let i = start; i < end; i++) {
      const low = (values[i] as number) & mask;
      if (bits < free) {
        free -= bits;
        word |= low << free;
        continue;
      }
      const rest = bits - free;
      view.setInt32(at, word | (low >>> rest));
      at += 4;
      free = 32 - rest;
      word = rest === 0 ? 0 : low << free;
    }
    this.at = at;
    this.word = word;
    this.free = free;
  }

  /** {@link putUnary} for the values from `start` to `end`, each without its lowest `shift` bits. */
  putUnaries(values: Uint32Array, start: number, end: number, shift: number): void {
    let { word, free } = this;
    for (let i = start; i < end; i++) {
      const zeros = (values[i] as number) >>> shift;
      if (zeros < free - 1) {
        free -= zeros + 1;
        word |= 1 << free;
        continue;
      }
      this.word = word;
      this.free = free;
      this.putUnary(zeros);
      word = this.word;
      free = this.free;
    }
    this.word = word;
    this.free = free;
  }
}
