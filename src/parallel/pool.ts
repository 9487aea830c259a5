/** Workers that take chunks through their filters. */
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import type { OptionNames } from "../base/known-options.ts";
import { findFilter } from "../filters/registry.ts";
import { coded } from "./coding.ts";
import { platformCores } from "./cores.ts";
import { requireKnown } from "./known-options.ts";
import type { Answer, DecodeTask, EncodeTask, PlainError, Task } from "./messages.ts";
import { nextTurn, startWorker, type WorkerHandle } from "./platform-worker.ts";

/** How many workers there are, and what they run. */
export interface WorkerPoolOptions {
  /** Number of workers; that of the machine's cores by default. */
  readonly size?: number;
  /**
   * Whether the thread that has the pool takes part in the work on chunks, a fraction of a megabyte at a time: what no worker
   * has room for. One worker fewer is at work on chunks then. Default: true where there is `setImmediate` (Node, Deno, Bun),
   * false in pages of browsers.
   */
  readonly takesPart?: boolean;
  /**
   * The workers' script, for who registers filters of their own in it and for bundlers that do not find it:
   * `new URL("h5ts/parallel/worker", import.meta.url)` as the bundler resolves it.
   */
  readonly script?: URL;
  /** Identification values of filters that the script registers beside the predefined ones. */
  readonly filters?: Iterable<number>;
}

const POOL_OPTIONS: OptionNames<WorkerPoolOptions> = { size: true, takesPart: true, script: true, filters: true };

export interface ChunkResult {
  readonly bytes: Uint8Array;
  readonly filterMask: number;
}

/** What the workers have done so far, and what waits for them. */
export interface WorkerPoolStatistics {
  /** Workers that are alive. */
  readonly workers: number;
  /** Tasks without an answer yet. */
  readonly waiting: number;
  /** Tasks that were answered, errors included. */
  readonly done: number;
  /** Workers that died. */
  readonly deaths: number;
}

interface Job {
  readonly task: Task;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: HDF5Error) => void;
  /** A worker has died of it, or with it. */
  failures: number;
}

interface Member {
  readonly handle: WorkerHandle;
  readonly jobs: Map<number, Job>;
}

/** Tasks that a worker has at a time: the next one is there when it ends one. */
const DEPTH = 2;
/** So many of decoding: the thread that hands them out may be at work itself, for as long as two of them take. */
const DECODING_DEPTH = 4;
/** With how many workers a task may die. */
const MOST_FAILURES = 2;

/** Whether a task is one that the pool's own thread can do: it has the filters, and nobody died of it. */
function isForHelp({ task, failures }: Job): boolean {
  return task.kind !== "call" && failures === 0 && task.filters.every(({ id }) => findFilter(id) !== undefined);
}

/** An error as it was in the worker, in this realm's classes. */
function errorFrom({ name, message, code }: PlainError): HDF5Error {
  const error = new HDF5Error((code ?? "filter") as HDF5Error["code"], message);
  error.name = name;
  return error;
}

/**
 * A pool of workers. While nothing is asked of it, it does not keep the process alive.
 *
 * ```ts
 * await using pool = new WorkerPool();
 * const { data } = await readParallel(f.getDataset("image"), undefined, { pool });
 * ```
 */
export class WorkerPool {
  /** How many workers there are at most: they are started as there is work. */
  readonly size: number;
  /** Filters that the workers have beside the predefined ones. */
  readonly filters: ReadonlySet<number>;
  readonly #script: URL;
  readonly #turn: ((then: () => void) => void) | undefined;
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  #nextId = 1;
  #done = 0;
  #deaths = 0;
  #closed = false;
  #isHelping = false;

  /**
   * A pool of workers, none of which is started before there is work. `close` ends them.
   *
   * @throws RangeError when the size is not a positive integer; TypeError for an option that there is none of, or that is of
   *   another type.
   */
  constructor(options: WorkerPoolOptions = {}) {
    requireKnown(options, POOL_OPTIONS, "WorkerPool");
    this.size = options.size ?? platformCores();
    if (!Number.isSafeInteger(this.size) || this.size < 1) {
      throw new RangeError(`a pool of ${String(options.size)} workers`);
    }
    const { takesPart } = options;
    const filters = options.filters ?? undefined;
    if (takesPart !== undefined && typeof takesPart !== "boolean") {
      throw new TypeError("takesPart must be either True or False");
    }
    if (filters !== undefined && !(typeof filters === "object" && Symbol.iterator in filters)) {
      throw new TypeError("filters must be a list of numbers");
    }
    this.filters = new Set(options.filters);
    this.#turn = options.takesPart === false ? undefined : nextTurn();
    this.#script = options.script ?? new URL("./worker.js", import.meta.url);
  }

  /** Starts a worker, if there is none yet and the runtime has any: it comes to life while its first task is put together. */
  start(): void {
    if (this.#closed || this.#members.size > 0) return;
    try {
      this.#start();
    } catch {
      // Whatever a runtime throws that starts no workers is told to who has work for one; there may be none.
    }
  }

  /** What the workers have done so far, and what waits for them. */
  statistics(): WorkerPoolStatistics {
    let waiting = this.#queue.length;
    for (const { jobs } of this.#members) waiting += jobs.size;
    return { workers: this.#members.size, waiting, done: this.#done, deaths: this.#deaths };
  }

  /**
   * Has one chunk encoded.
   *
   * @throws HDF5Error with the worker's name, message and code; `"state"` when workers die of the task, `"closed"` when the pool
   *   is closed.
   */
  async encode(task: EncodeTask): Promise<ChunkResult> {
    const { bytes, filterMask = 0 } = await this.#answer(task);
    if (bytes === undefined) throw new HDF5Error("state", "a worker gave no bytes");
    return { bytes, filterMask };
  }

  /** Has chunks decoded. @returns their bytes, one behind the other. @throws as {@link encode}. */
  async decode(task: DecodeTask): Promise<Uint8Array> {
    const { bytes = task.output } = await this.#answer(task);
    if (bytes === undefined) throw new HDF5Error("state", "a worker gave no bytes");
    return bytes;
  }

  /**
   * Calls a function that the workers' own script serves (`serve` of `h5ts/parallel/worker`).
   *
   * @param argument - What can be cloned; memory that is shared stays shared.
   * @throws what the function throws, as an HDF5Error with its name and message; else as {@link encode}.
   */
  async call<T>(name: string, argument: unknown): Promise<T> {
    return (await this.#answer({ kind: "call", name, argument })).value as T;
  }

  #answer(task: Task): Promise<Answer> {
    if (this.#closed) return Promise.reject(new HDF5Error("closed", "the pool of workers is closed"));
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject, failures: 0 });
      this.#hand();
    });
  }

  /** Ends the workers; tasks without an answer fail. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const error = new HDF5Error("closed", "the pool of workers was closed");
    for (const { handle, jobs } of this.#members) {
      handle.end();
      for (const job of jobs.values()) job.reject(error);
    }
    this.#members.clear();
    for (const job of this.#queue.splice(0)) job.reject(error);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Gives waiting tasks to workers that have room, the idlest first. */
  #hand(): void {
    while (this.#queue.length > 0) {
      const member = this.#idlest(this.#queue[0]);
      const job = member && this.#queue.shift();
      if (member === undefined || job === undefined) break;
      this.#send(member, job);
    }
    this.#help();
  }

  /** Each of the cores is kept busy by one thread: the pool's own counts where it takes part. */
  #workersFor(job: Job | undefined): number {
    return this.#turn === undefined || job?.task.kind === "call" ? this.size : Math.max(1, this.size - 1);
  }

  /** Begins to take what no worker has room for, unless that is under way. */
  #help(): void {
    if (this.#turn === undefined || this.#isHelping || !this.#queue.some(isForHelp)) return;
    this.#isHelping = true;
    this.#turn(() => {
      this.#isHelping = false;
      const at = this.#queue.findIndex(isForHelp);
      const [job] = at < 0 ? [] : this.#queue.splice(at, 1);
      if (job !== undefined) this.#do(job);
      this.#help();
    });
  }

  #do({ task, resolve, reject }: Job): void {
    if (task.kind === "call") return;
    try {
      resolve({ id: 0, ...coded(task) });
    } catch (error) {
      reject(isHdf5Error(error) ? error : new HDF5Error("filter", String(error), { cause: error }));
    }
    this.#done++;
  }

  #idlest(job: Job | undefined): Member | undefined {
    const most = this.#workersFor(job);
    const depth = job?.task.kind === "decode" ? DECODING_DEPTH : DEPTH;
    let idlest: Member | undefined;
    for (const member of this.#members) {
      if (idlest === undefined || member.jobs.size < idlest.jobs.size) idlest = member;
    }
    if ((idlest === undefined || idlest.jobs.size > 0) && this.#members.size < most) return this.#start();
    return idlest !== undefined && idlest.jobs.size < depth ? idlest : undefined;
  }

  #start(): Member {
    const jobs = new Map<number, Job>();
    const handle = startWorker<Answer>(this.#script, {
      onMessage: (answer) => this.#take(member, answer),
      onDeath: (reason) => this.#bury(member, reason),
    });
    const member: Member = { handle, jobs };
    handle.keepAlive(false);
    this.#members.add(member);
    return member;
  }

  #send(member: Member, job: Job): void {
    const id = this.#nextId++;
    const { task } = job;
    if (member.jobs.size === 0) member.handle.keepAlive(true);
    member.jobs.set(id, job);
    // Kept until there is an answer: another worker gets the task when this one dies.
    member.handle.send({ ...task, id }, []);
  }

  #take(member: Member, answer: Answer): void {
    const { id, error } = answer;
    const job = member.jobs.get(id);
    if (job === undefined) return;
    member.jobs.delete(id);
    if (member.jobs.size === 0) member.handle.keepAlive(false);
    this.#done++;
    if (error === undefined) job.resolve(answer);
    else job.reject(errorFrom(error));
    this.#hand();
  }

  /** Once for each worker, whatever it reports. What it had goes to others; a task that workers die of fails. */
  #bury(member: Member, reason: string): void {
    if (!this.#members.delete(member)) return;
    this.#deaths++;
    member.handle.end();
    for (const job of member.jobs.values()) {
      job.failures++;
      if (job.failures < MOST_FAILURES) this.#queue.unshift(job);
      else job.reject(new HDF5Error("state", `workers died of a task: ${reason}`));
    }
    this.#hand();
  }
}
