/** Tasks with chunks, as a worker does them, or the pool's own thread. */
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { decodePipeline, encodePipeline } from "../filters/pipeline.ts";
import type { Answer, DecodeTask, EncodeTask } from "./messages.ts";

/** @throws what filters throw. */
export function coded(task: DecodeTask | EncodeTask): Omit<Answer, "id"> {
  return task.kind === "encode" ? encodePipeline(task.filters, task.bytes) : decoded(task);
}

function decoded(task: DecodeTask): Omit<Answer, "id"> {
  const { filters, stored, lengths, filterMasks, chunkByteLength, output } = task;
  const bytes = output ?? new Uint8Array(lengths.length * chunkByteLength);
  let start = 0;
  lengths.forEach((length, i) => {
    const chunk = stored.subarray(start, start + length);
    const place = bytes.subarray(i * chunkByteLength, (i + 1) * chunkByteLength);
    const result = decodePipeline(filters, chunk, filterMasks[i] ?? 0, chunkByteLength, DEFAULT_LIMITS, {
      destination: () => place,
    });
    if (result !== place) place.set(result);
    start += length;
  });
  return output === undefined ? { bytes } : {};
}
