/** Deflate of chunks that no array holds: from part to part. */
import { FilterError, isHdf5Error, LimitError } from "../base/errors.ts";
import { forEachPart, type LongBytes } from "../base/long-bytes.ts";
import { DEFLATE_ID, deflateBackend, deflateLevelOf, mostInflated } from "./deflate.ts";
import { adler32, inflateParts, PART_BYTES } from "./inflate.ts";
import type { LongDecodeContext, LongEncodeContext } from "./long-pipeline.ts";

/** Bytes that are deflated at a time. */
const DEFLATED_BYTES = 1 << 22;

/** How far back a stream may refer. */
const WINDOW_BYTES = 1 << 15;

/** A window of 32 KiB and the fastest level, which nobody looks at. */
const HEADER = Uint8Array.of(0x78, 0x01);

/** The last block, without anything in it. */
const END = Uint8Array.of(3, 0);

export function inflateLong(bytes: LongBytes, context: LongDecodeContext): LongBytes {
  const maximum = mostInflated(bytes.byteLength, context);
  const out = context.newBytes();
  let at = 0;
  const next = (): Uint8Array | undefined => {
    if (at >= bytes.byteLength) return undefined;
    const part = new Uint8Array(Math.min(PART_BYTES, bytes.byteLength - at));
    bytes.read(at, part);
    at += part.length;
    return part;
  };
  try {
    inflateParts(next, (part) => {
      if (out.byteLength + part.length > maximum) throw new FilterError(DEFLATE_ID, "inflate() failed");
      out.append(part);
    });
  } catch (cause) {
    // What is said here, and by who has no memory, or no bytes yet, is said already.
    const isSaid = !(cause instanceof Error) || (isHdf5Error(cause) && cause.code !== "filter");
    throw isSaid ? cause : new FilterError(DEFLATE_ID, "inflate() failed", { cause });
  }
  return out;
}

/** @throws LimitError where the runtime has no zlib. */
export function deflateLong(bytes: LongBytes, context: LongEncodeContext): LongBytes {
  const { deflatePart } = deflateBackend();
  const level = deflateLevelOf(context);
  if (deflatePart === undefined) {
    throw new LimitError("chunks of 4 GiB and more are deflated by the runtime's zlib, which is missing");
  }
  const out = context.newBytes();
  out.append(HEADER);
  let checksum = 1;
  let before = new Uint8Array(0);
  forEachPart(
    bytes,
    (part) => {
      out.append(deflatePart(part, level, before));
      checksum = adler32(part, checksum);
      before = part.slice(-WINDOW_BYTES);
    },
    DEFLATED_BYTES,
  );
  out.append(END);
  const trailer = new Uint8Array(4);
  new DataView(trailer.buffer).setUint32(0, checksum);
  out.append(trailer);
  return out;
}
