/** Copying of runs at regular distances, the innermost loop of every transfer. */

/** From this many bytes on, one call of `set` is faster than a loop of words, or one of bytes (measured, Node 20). */
const LONG_RUN = 256;
const LONG_RUN_OF_BYTES = 32;
/** Below this many bytes in all, making a view of wider numbers costs more than it saves. */
const WORTH_A_VIEW = 128;

/**
 * Copies `repeat` runs of `runBytes` bytes each. All offsets and strides in bytes; source and target are different buffers
 * or do not overlap.
 */
export function copyRuns(
  target: Uint8Array,
  targetOffset: number,
  targetStride: number,
  source: Uint8Array,
  sourceOffset: number,
  sourceStride: number,
  runBytes: number,
  repeat: number,
): void {
  if (repeat === 1 || (targetStride === runBytes && sourceStride === runBytes)) {
    copyOne(target, targetOffset, source, sourceOffset, runBytes * repeat);
    return;
  }
  const t = target.byteOffset + targetOffset;
  const s = source.byteOffset + sourceOffset;
  // Numbers are moved as integers: a float register may change the bits of a NaN.
  const shape = t | targetStride | s | sourceStride | runBytes;
  if (runBytes > LONG_RUN || (runBytes >= LONG_RUN_OF_BYTES && (shape & 3) !== 0)) {
    for (let i = 0; i < repeat; i++) {
      const from = sourceOffset + i * sourceStride;
      target.set(source.subarray(from, from + runBytes), targetOffset + i * targetStride);
    }
    return;
  }
  if (runBytes * repeat >= WORTH_A_VIEW && (shape & 1) === 0) {
    const targetSpan = (repeat - 1) * targetStride + runBytes;
    const sourceSpan = (repeat - 1) * sourceStride + runBytes;
    if ((shape & 3) === 0) {
      const wide = new Uint32Array(target.buffer, t, targetSpan >>> 2);
      const from = new Uint32Array(source.buffer, s, sourceSpan >>> 2);
      copyWords(wide, targetStride >>> 2, from, sourceStride >>> 2, runBytes >>> 2, repeat);
    } else {
      const wide = new Uint16Array(target.buffer, t, targetSpan >>> 1);
      const from = new Uint16Array(source.buffer, s, sourceSpan >>> 1);
      copyHalves(wide, targetStride >>> 1, from, sourceStride >>> 1, runBytes >>> 1, repeat);
    }
    return;
  }
  const fours = runBytes & ~3;
  for (let i = 0; i < repeat; i++) {
    const to = targetOffset + i * targetStride;
    const from = sourceOffset + i * sourceStride;
    let k = 0;
    for (; k < fours; k += 4) {
      target[to + k] = source[from + k] as number;
      target[to + k + 1] = source[from + k + 1] as number;
      target[to + k + 2] = source[from + k + 2] as number;
      target[to + k + 3] = source[from + k + 3] as number;
    }
    for (; k < runBytes; k++) target[to + k] = source[from + k] as number;
  }
}

function copyOne(
  target: Uint8Array,
  targetOffset: number,
  source: Uint8Array,
  sourceOffset: number,
  byteLength: number,
): void {
  if (byteLength >= LONG_RUN_OF_BYTES) {
    target.set(source.subarray(sourceOffset, sourceOffset + byteLength), targetOffset);
    return;
  }
  for (let k = 0; k < byteLength; k++) target[targetOffset + k] = source[sourceOffset + k] as number;
}

function copyWords(
  target: Uint32Array,
  targetStride: number,
  source: Uint32Array,
  sourceStride: number,
  words: number,
  repeat: number,
): void {
  let to = 0;
  let from = 0;
  if (words === 1) {
    for (let i = 0; i < repeat; i++, to += targetStride, from += sourceStride) target[to] = source[from] as number;
    return;
  }
  if (words === 2) {
    for (let i = 0; i < repeat; i++, to += targetStride, from += sourceStride) {
      target[to] = source[from] as number;
      target[to + 1] = source[from + 1] as number;
    }
    return;
  }
  const fours = words & ~3;
  for (let i = 0; i < repeat; i++, to += targetStride, from += sourceStride) {
    let k = to;
    let j = from;
    // Four at a time, read before any is written, take half as long as read and written one by one (measured, Node 20).
    for (const end = from + fours; j < end; j += 4, k += 4) {
      const first = source[j] as number;
      const second = source[j + 1] as number;
      const third = source[j + 2] as number;
      const fourth = source[j + 3] as number;
      target[k] = first;
      target[k + 1] = second;
      target[k + 2] = third;
      target[k + 3] = fourth;
    }
    for (const end = from + words; j < end; j++, k++) target[k] = source[j] as number;
  }
}

/** Apart from {@link copyWords}, so that each loop sees one kind of array. */
function copyHalves(
  target: Uint16Array,
  targetStride: number,
  source: Uint16Array,
  sourceStride: number,
  halves: number,
  repeat: number,
): void {
  let to = 0;
  let from = 0;
  if (halves === 1) {
    for (let i = 0; i < repeat; i++, to += targetStride, from += sourceStride) target[to] = source[from] as number;
    return;
  }
  for (let i = 0; i < repeat; i++, to += targetStride, from += sourceStride) {
    for (let k = 0; k < halves; k++) target[to + k] = source[from + k] as number;
  }
}
