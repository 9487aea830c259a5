/**
 * One inflate of Node's, kept for the next stream and the next one.
 *
 * `inflateSync` makes an object and two buffers for each stream, which for chunks of 64 KiB takes as long as a fifth of the
 * inflating. What is used here instead is what its own objects are made of, as npm's `minizlib` and `pngjs` have used it for
 * years. It is documented nowhere: so it is tried out before, used only where it does what is expected, and whatever it does
 * not finish is left to `inflateSync`, which says what is wrong.
 */

/** What an `Inflate` of `node:zlib` keeps inside. */
interface InflateHandle {
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

interface InflateInside {
  readonly _handle?: Partial<InflateHandle> | null;
  /** Bytes left after a call: of the output, then of the input. */
  readonly _writeState?: Uint32Array;
}

export interface InflateModule {
  createInflate?(options: { chunkSize: number }): InflateInside;
}

/** Inflates a whole zlib stream into `output`. @returns the bytes that it gave; undefined when it has more, or is none. */
export type ReadyInflate = (bytes: Uint8Array, output: Uint8Array) => Uint8Array | undefined;

/** `Z_FINISH`. */
const FINISH = 4;
const LEAST_BUFFER = 64;

/** Undefined where Node is not as it was known to be. */
export function readyInflate(zlib: InflateModule): ReadyInflate | undefined {
  const { process, Deno } = globalThis as { process?: { versions?: { bun?: string } }; Deno?: unknown };
  if (Deno !== undefined || process?.versions?.bun !== undefined) return undefined;
  try {
    const inflate = inflateOf(zlib);
    return inflate !== undefined && isAsKnown(inflate) ? inflate : undefined;
  } catch {
    // Whatever it is that a later Node throws here: its public functions are there.
    return undefined;
  }
}

function inflateOf({ createInflate }: InflateModule): ReadyInflate | undefined {
  const inside = createInflate?.({ chunkSize: LEAST_BUFFER });
  const handle = inside?._handle;
  const left = inside?._writeState;
  if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length < 2) return undefined;
  let hasFailed = false;
  handle.onerror = () => {
    hasFailed = true;
  };
  const beyond = new Uint8Array(1);
  return (bytes, output) => {
    if (bytes.length === 0 || output.length === 0) return undefined;
    hasFailed = false;
    handle.reset();
    handle.writeSync(FINISH, bytes, 0, bytes.length, output, 0, output.length);
    const [outputLeft = 0, inputLeft = 0] = left;
    if (hasFailed) return undefined;
    // With room left, anything but the end of the stream is an error.
    if (outputLeft > 0) return output.subarray(0, output.length - outputLeft);
    handle.writeSync(FINISH, bytes, bytes.length - inputLeft, inputLeft, beyond, 0, 1);
    return hasFailed || left[0] !== 1 ? undefined : output;
  };
}

function isHandle(handle: Partial<InflateHandle> | null | undefined): handle is InflateHandle {
  return typeof handle?.writeSync === "function" && typeof handle.reset === "function";
}

/** "abcabcabcabc" as a zlib stream. */
const SAMPLE = Uint8Array.of(0x78, 0x9c, 0x4b, 0x4c, 0x4a, 0x4e, 0x84, 0x21, 0x00, 0x1d, 0xe0, 0x04, 0x99);
const SAMPLE_TEXT = "abcabcabcabc";

/** What a chunk needs: the bytes, errors, streams longer and shorter than expected, and all that again and again. */
function isAsKnown(inflate: ReadyInflate): boolean {
  const damaged = SAMPLE.slice();
  damaged[damaged.length - 1] = 0;
  for (let i = 0; i < 2; i++) {
    const exact = inflate(SAMPLE, new Uint8Array(SAMPLE_TEXT.length));
    const roomy = inflate(SAMPLE, new Uint8Array(SAMPLE_TEXT.length + 5));
    if (!isSample(exact) || !isSample(roomy)) return false;
    if (inflate(SAMPLE, new Uint8Array(5)) !== undefined) return false;
    if (inflate(damaged, new Uint8Array(SAMPLE_TEXT.length)) !== undefined) return false;
    if (inflate(SAMPLE.subarray(0, -5), new Uint8Array(SAMPLE_TEXT.length)) !== undefined) return false;
  }
  return true;
}

function isSample(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && String.fromCharCode(...bytes) === SAMPLE_TEXT;
}
