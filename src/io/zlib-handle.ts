/**
 * What the streams of `node:zlib` keep inside, which can be used for one buffer after the other: as npm's `minizlib` and
 * `pngjs` have used it for years. It is documented nowhere, so whoever uses it tries it out before.
 */

/** zlib's stream. */
export interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputStart: number,
    inputLength: number,
    output: Uint8Array,
    outputStart: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

/** An `Inflate` or a `Deflate`, as far as it is known to be. */
export interface ZlibInside {
  readonly _handle?: Partial<ZlibHandle> | null;
  /** Bytes left after a call: of the output, then of the input. */
  readonly _writeState?: Uint32Array;
}

/** `Z_FINISH`. */
const FINISH = 4;

/** The shortest buffer that Node takes. */
export const LEAST_BUFFER = 64;

/** One stream of zlib's, begun anew for each buffer. */
export class KeptStream {
  private readonly handle: ZlibHandle;
  private readonly left: Uint32Array;
  /** Whether zlib has refused what it was last given. */
  hasFailed = false;

  constructor(handle: ZlibHandle, left: Uint32Array) {
    this.handle = handle;
    this.left = left;
    handle.onerror = () => {
      this.hasFailed = true;
    };
  }

  /** Bytes of the output that the last call left. */
  get outputLeft(): number {
    return this.left[0] ?? 0;
  }

  get inputLeft(): number {
    return this.left[1] ?? 0;
  }

  /** Begins a stream with all of its input, as far as its output has room. */
  begin(input: Uint8Array, output: Uint8Array): void {
    this.hasFailed = false;
    this.handle.reset();
    this.goOn(input, 0, output);
  }

  /** Goes on with the input from `start` on. */
  goOn(input: Uint8Array, start: number, output: Uint8Array): void {
    this.handle.writeSync(FINISH, input, start, input.length - start, output, 0, output.length);
  }
}

/** Undefined where Node is not as it was known to be. */
export function keptStream(inside: ZlibInside | undefined): KeptStream | undefined {
  const handle = inside?._handle;
  const left = inside?._writeState;
  if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length < 2) return undefined;
  return new KeptStream(handle, left);
}

function isHandle(handle: Partial<ZlibHandle> | null | undefined): handle is ZlibHandle {
  return typeof handle?.writeSync === "function" && typeof handle.reset === "function";
}

/**
 * What is made of the insides of Node's zlib: undefined in runtimes that only look like Node, and where making it fails, for
 * its public functions are there.
 */
export function fromInside<T>(make: () => T | undefined): T | undefined {
  const { process, Deno } = globalThis as { process?: { versions?: { bun?: string } }; Deno?: unknown };
  if (Deno !== undefined || process?.versions?.bun !== undefined) return undefined;
  try {
    return make();
  } catch {
    // Whatever it is that a later Node throws here.
    return undefined;
  }
}
