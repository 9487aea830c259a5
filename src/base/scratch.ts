/** Memory for bytes that are used up at once: to allocate and clear it each time costs more than what is done with it. */

/** Kept at most; more than this is allocated each time. */
const MOST_KEPT = 16 << 20;

export class Scratch {
  private kept = new Uint8Array(0);
  private isTaken = false;

  /** `byteLength` bytes of any content: the kept ones until {@link release}, and new ones for who comes in between. */
  take(byteLength: number): Uint8Array {
    if (this.isTaken || byteLength > MOST_KEPT) return new Uint8Array(byteLength);
    if (byteLength > this.kept.length) this.kept = new Uint8Array(byteLength);
    this.isTaken = true;
    return this.kept.subarray(0, byteLength);
  }

  /** Takes `taken` back. @returns `bytes`, or a copy of them where they are a part of it. */
  release(taken: Uint8Array, bytes: Uint8Array): Uint8Array {
    if (taken.buffer !== this.kept.buffer) return bytes;
    this.isTaken = false;
    return bytes.buffer === taken.buffer ? bytes.slice() : bytes;
  }
}

/** What of such memory one operation takes, once. */
export class ScratchRoom {
  private readonly scratch: Scratch;
  private taken: Uint8Array | undefined;

  constructor(scratch: Scratch) {
    this.scratch = scratch;
  }

  /** Undefined from the second time on. */
  readonly room = (byteLength: number): Uint8Array | undefined => {
    if (this.taken !== undefined) return undefined;
    this.taken = this.scratch.take(byteLength);
    return this.taken;
  };

  /** To be called at the end. @returns `bytes`, which are the caller's then. */
  release(bytes: Uint8Array): Uint8Array {
    return this.taken === undefined ? bytes : this.scratch.release(this.taken, bytes);
  }
}
