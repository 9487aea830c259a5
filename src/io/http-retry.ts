/** Waiting, for requests that may have to be made again. */

interface TimeLimit {
  readonly signal: AbortSignal;
  stop(): void;
}

/** A signal that fires after some milliseconds (0: never), or when the outer one does. */
export function timeLimit(milliseconds: number, outer: AbortSignal): TimeLimit {
  const controller = new AbortController();
  const pass = (): void => controller.abort(outer.reason);
  if (outer.aborted) pass();
  else outer.addEventListener("abort", pass);
  const timeOut = (): void => controller.abort(new Error(`no answer within ${milliseconds} ms`));
  const timer = milliseconds > 0 ? setTimeout(timeOut, milliseconds) : undefined;
  return {
    signal: controller.signal,
    stop() {
      clearTimeout(timer);
      outer.removeEventListener("abort", pass);
    },
  };
}

/** Waits half to all of the time, so that many who failed at once do not come back at once. @throws the signal's reason. */
export function backOff(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener("abort", stop);
        resolve();
      },
      milliseconds * (0.5 + Math.random() / 2),
    );
    signal.addEventListener("abort", stop);
  });
}
