/** Waiting without giving the thread back, where that is allowed. */

/** Nobody changes it, so that waiting for a change of it is letting time pass. Undefined where threads share no memory. */
const cell = typeof SharedArrayBuffer === "undefined" ? undefined : new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for a moment. Where a thread may not be blocked, as in the windows of browsers, nothing happens. */
export function pause(milliseconds: number): void {
  if (cell === undefined) return;
  try {
    Atomics.wait(cell, 0, 0, milliseconds);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
