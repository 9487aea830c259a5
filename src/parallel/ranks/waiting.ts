/** Waiting for what other processes do, which only looking again can tell. */
import type { OptionNames } from "../../base/known-options.ts";
import type { CancelSignal } from "../../io/retry-driver.ts";

/** How long to wait. */
export interface WaitOptions {
  /** Seconds without any sign of life of those waited for. Default 60. */
  readonly timeout?: number;
  /** Ends the waiting with its reason. */
  readonly signal?: CancelSignal;
}

export const WAIT_OPTIONS: OptionNames<WaitOptions> = { timeout: true, signal: true };

const DEFAULT_TIMEOUT = 60;
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 200;

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Asks again and again, at growing distances, until there is an answer.
 *
 * @param ask - The answer, or undefined; `signOfLife` is to change whenever there is one.
 * @returns Undefined when the time is up.
 */
export async function waitFor<T>(
  ask: () => { readonly answer?: T; readonly signOfLife?: number },
  options: WaitOptions,
): Promise<T | undefined> {
  const { timeout = DEFAULT_TIMEOUT, signal } = options;
  let heardOf = performance.now();
  let lastSign: number | undefined;
  let milliseconds = SHORTEST_PAUSE;
  for (;;) {
    if (signal?.aborted) throw signal.reason;
    const { answer, signOfLife } = ask();
    if (answer !== undefined) return answer;
    if (signOfLife !== lastSign) {
      lastSign = signOfLife;
      heardOf = performance.now();
    }
    const left = heardOf + 1000 * timeout - performance.now();
    if (left <= 0) return undefined;
    await pause(Math.min(milliseconds, left));
    milliseconds = Math.min(LONGEST_PAUSE, 1.5 * milliseconds);
  }
}
