/** A stream of bits that grows, the most significant bit of each byte first. */
export class BitWriter {
  private readonly bytes: Uint8Array;
  /** The byte that takes the next bit, and the bits of it that are taken, 0 to 7. */
  private at: number;
  private used = 0;

  /** @param bytes - Zeros from `start` on, and room for all that is put. */
  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.at = start;
  }

  /** Bytes that have bits in them, those before the start included. */
  get byteLength(): number {
    return this.at + (this.used > 0 ? 1 : 0);
  }

  /** Appends the lowest 1 to 32 bits of a value. */
  put(value: number, bits: number): void {
    const low = bits === 32 ? value : value & ((1 << bits) - 1);
    const free = 8 - this.used;
    if (bits < free) {
      this.bytes[this.at] = (this.bytes[this.at] as number) | (low << (free - bits));
      this.used += bits;
      return;
    }
    let rest = bits - free;
    this.bytes[this.at] = (this.bytes[this.at] as number) | (low >>> rest);
    this.at++;
    while (rest >= 8) {
      rest -= 8;
      this.bytes[this.at++] = low >>> rest;
    }
    if (rest > 0) this.bytes[this.at] = low << (8 - rest);
    this.used = rest;
  }

  /** Appends `zeros` zeros and a one. */
  putUnary(zeros: number): void {
    const one = this.used + zeros;
    this.at += one >>> 3;
    this.bytes[this.at] = (this.bytes[this.at] as number) | (0x80 >>> (one & 7));
    this.at += (one & 7) === 7 ? 1 : 0;
    this.used = (one + 1) & 7;
  }

  /** {@link put} for the values from `start` to `end`. */
  putAll(values: Uint32Array, start: number, end: number, bits: number): void {
    const { bytes } = this;
    let { at, used } = this;
    const mask = bits === 32 ? -1 : (1 << bits) - 1;
    for (let i = start; i < end; i++) {
      const low = (values[i] as number) & mask;
      const free = 8 - used;
      if (bits < free) {
        bytes[at] = (bytes[at] as number) | (low << (free - bits));
        used += bits;
        continue;
      }
      let rest = bits - free;
      bytes[at] = (bytes[at] as number) | (low >>> rest);
      at++;
      while (rest >= 8) {
        rest -= 8;
        bytes[at++] = low >>> rest;
      }
      if (rest > 0) bytes[at] = low << (8 - rest);
      used = rest;
    }
    this.at = at;
    this.used = used;
  }

  /** {@link putUnary} for the values from `start` to `end`, each without its lowest `shift` bits. */
  putUnaries(values: Uint32Array, start: number, end: number, shift: number): void {
    const { bytes } = this;
    let { at, used } = this;
    for (let i = start; i < end; i++) {
      const one = used + ((values[i] as number) >>> shift);
      at += one >>> 3;
      bytes[at] = (bytes[at] as number) | (0x80 >>> (one & 7));
      at += (one & 7) === 7 ? 1 : 0;
      used = (one + 1) & 7;
    }
    this.at = at;
    this.used = used;
  }
}
