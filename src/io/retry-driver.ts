/**
 * Runs the synchronous core over sources whose bytes arrive later.
 *
 * The only place that catches a {@link PageFault}. An operation is run; if it faults, all that it is known to miss is
 * fetched and it is run again from its start, which is cheap because decoded structures and pages stay in memory. So an
 * operation must be one that can be started over: reading is, and a change is once everything it reads is there.
 */

import { SourceError } from "../base/errors.ts";
import { Running } from "../base/running.ts";
import { isPageFault, type PageFault, type PinHolder } from "./page-fault.ts";

/** What is used of an `AbortSignal`. */
export interface CancelSignal {
  /** Whether it has fired. */
  readonly aborted: boolean;
  /** What promises reject with once it has. */
  readonly reason: unknown;
  /** Has `listener` called when it fires. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Takes back `addEventListener`. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** How an operation can be called off. */
export interface RetryOptions {
  /** When it fires, the operation is over and the promise rejects with its reason. */
  readonly signal?: CancelSignal;
}

/**
 * Runs `operation` until it no longer misses bytes.
 *
 * The bytes fetched for it stay in memory until it is over. Operations may run at the same time; a page that several of
 * them miss is fetched once. A fault names its source, so an operation may reach into several files.
 *
 * @returns what `operation` returns.
 * @throws SourceError when bytes cannot be fetched, or starting over would lead to the same fault.
 * @throws what `operation` throws, and the signal's reason.
 */
export async function runWithRetry<T>(operation: () => T, { signal }: RetryOptions = {}): Promise<T> {
  const pins = new OperationPins();
  try {
    for (;;) {
      if (signal?.aborted) throw signal.reason;
      const attempt = attemptOf(operation, pins);
      if (attempt.fault === undefined) return attempt.result;
      const { source, ranges } = attempt.fault;
      const progress = await untilCancelled(source.fetch(ranges, pins), signal);
      if (!progress) throw new SourceError(`'${source.name}' keeps missing bytes that it has`, { path: source.name });
    }
  } finally {
    pins.release();
  }
}

type Attempt<T> = { readonly fault: undefined; readonly result: T } | { readonly fault: PageFault };

function attemptOf<T>(operation: () => T, pins: PinHolder): Attempt<T> {
  try {
    return { fault: undefined, result: running.during(pins, operation) };
  } catch (thrown) {
    if (isPageFault(thrown)) return { fault: thrown };
    throw thrown;
  }
}

const running = new Running<PinHolder | undefined>(undefined);

/**
 * The operation that is being run, the same however often it starts over; undefined outside of {@link runWithRetry}.
 * It is the holder of pins that faults of the operation are fetched with.
 */
export function currentOperation(): PinHolder | undefined {
  return running.value;
}

class OperationPins implements PinHolder {
  readonly #releases: (() => void)[] = [];

  onRelease(release: () => void): void {
    this.#releases.push(release);
  }

  release(): void {
    for (const release of this.#releases) release();
    this.#releases.length = 0;
  }
}

async function untilCancelled<T>(work: Promise<T>, signal: CancelSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop: () => void = () => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
