/** Workers as the runtime has them: Web Workers, or worker_threads where there are none. The one file that knows both. */
import { SourceError } from "../base/errors.ts";
import { builtinModule } from "../io/platform.ts";

/** The far end of a worker, seen from who started it. */
export interface WorkerHandle {
  send(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Whether the process waits for it. */
  keepAlive(keeps: boolean): void;
  end(): void;
}

export interface WorkerEvents<A> {
  onMessage(message: A): void;
  /** It has died, or never lived. */
  onDeath(reason: string): void;
}

interface NodeWorker {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): void;
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

interface NodeParent {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: unknown) => void): void;
}

interface NodeWorkerThreads {
  readonly Worker: new (url: URL) => NodeWorker;
  readonly parentPort: NodeParent | null;
}

interface WebWorker {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: string, listener: (event: { data?: unknown; message?: string }) => void): void;
  terminate(): void;
  /** Bun alone. */
  ref?(): void;
  unref?(): void;
}

interface WebScope {
  readonly Worker?: new (url: URL, options: { type: "module" }) => WebWorker;
  addEventListener?(type: "message", listener: (event: { data: unknown }) => void): void;
  postMessage?(message: unknown, transfer: readonly ArrayBuffer[]): void;
}

const scope = globalThis as WebScope;

function nodeWorkerThreads(): NodeWorkerThreads | undefined {
  return builtinModule("node:worker_threads") as NodeWorkerThreads | undefined;
}

const textOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** @throws SourceError where there are no workers. */
export function startWorker<A>(script: URL, events: WorkerEvents<A>): WorkerHandle {
  if (scope.Worker !== undefined) return startWebWorker(new scope.Worker(script, { type: "module" }), events);
  const threads = nodeWorkerThreads();
  if (threads === undefined) throw new SourceError("this runtime has no workers");
  const worker = new threads.Worker(script);
  worker.on("message", (message) => events.onMessage(message as A));
  worker.on("error", (error) => events.onDeath(textOf(error)));
  worker.on("exit", (code) => events.onDeath(`it ended with code ${String(code)}`));
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    keepAlive: (keeps) => (keeps ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

function startWebWorker<A>(worker: WebWorker, events: WorkerEvents<A>): WorkerHandle {
  worker.addEventListener("message", ({ data }) => events.onMessage(data as A));
  worker.addEventListener("messageerror", () => events.onDeath("its answer could not be read"));
  worker.addEventListener("error", ({ message }) => events.onDeath(message ?? "it could not be started"));
  // Bun tells of the end of a worker so.
  worker.addEventListener("close", () => events.onDeath("it ended"));
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    keepAlive: (keeps) => (keeps ? worker.ref?.() : worker.unref?.()),
    end: () => worker.terminate(),
  };
}

/** The near end, seen from the worker. */
export function parentOfWorker<Q, A>(): {
  onMessage(listener: (message: Q) => void): void;
  send(answer: A, transfer: readonly ArrayBuffer[]): void;
} {
  const port = nodeWorkerThreads()?.parentPort;
  if (port !== null && port !== undefined && scope.Worker === undefined) {
    return {
      onMessage: (listener) => port.on("message", (message) => listener(message as Q)),
      send: (answer, transfer) => port.postMessage(answer, transfer),
    };
  }
  return {
    onMessage: (listener) => scope.addEventListener?.("message", ({ data }) => listener(data as Q)),
    send: (answer, transfer) => scope.postMessage?.(answer, transfer),
  };
}

/** Lets what waits for this thread run, then goes on; undefined in pages and wherever else nobody should be kept waiting. */
export function nextTurn(): ((then: () => void) => void) | undefined {
  const { setImmediate: immediate } = globalThis as { setImmediate?: (then: () => void) => void };
  return typeof immediate === "function" ? immediate : undefined;
}
