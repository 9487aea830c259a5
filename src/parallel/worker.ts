/**
 * The script of a pool's workers. It has the predefined filters; a script of one's own registers more before it imports
 * this one.
 */
import { HDF5Error } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { installPlatformCodecs } from "../engine/platform-codecs.ts";
import { decodePipeline, encodePipeline } from "../filters/pipeline.ts";
import type { Answer, PlainError, Request } from "./messages.ts";
import { parentOfWorker } from "./platform-worker.ts";

function plainErrorOf(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  const code = error instanceof HDF5Error ? error.code : undefined;
  const filterId = "filterId" in error && typeof error.filterId === "number" ? error.filterId : undefined;
  return { name, message, code, filterId };
}

function answerTo(request: Request): Answer {
  const { id, kind, filters, filterMask, bytes, chunkByteLength, output } = request;
  try {
    if (kind === "encode") return { id, ...encodePipeline(filters, bytes) };
    const decoded = decodePipeline(filters, bytes, filterMask, chunkByteLength, DEFAULT_LIMITS);
    if (output === undefined) return { id, bytes: decoded };
    output.set(decoded);
    return { id };
  } catch (error) {
    return { id, error: plainErrorOf(error) };
  }
}

/** What may leave with the answer. Bytes in shared memory stay where they are. */
function leaving({ bytes }: Answer): ArrayBuffer[] {
  return bytes !== undefined && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

installPlatformCodecs();
const parent = parentOfWorker<Request, Answer>();
parent.onMessage((request) => {
  const answer = answerTo(request);
  parent.send(answer, leaving(answer));
});
