/**
 * Asynchronous members made from synchronous ones.
 *
 * Every asynchronous object stands for a synchronous one and runs its members to the end, as often as bytes are missing:
 * a method becomes one that returns a promise, a getter a property that is one, a generator an array.
 */
import { Printable } from "../base/printable.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import type { AsyncMembers } from "./async-classes.ts";

/** Makes the asynchronous object for a synchronous one; anything else is handed back. */
export type Wrapper = (value: unknown) => unknown;

/** What all asynchronous objects of one file share. */
export interface AsyncSession {
  readonly retry: RetryOptions;
  readonly wrap: Wrapper;
  /** One operation, ready to be run as often as it takes, with its chunks decoded on the way where that is faster. */
  operation<R>(run: () => R): () => R;
}

/** An object of a file whose bytes arrive later. */
export class AsyncView<T extends object> extends Printable {
  /** The synchronous object; each use of it may throw a page fault, which `run` sees to. */
  protected readonly target: T;
  protected readonly session: AsyncSession;

  constructor(target: T, session: AsyncSession) {
    super();
    this.target = target;
    this.session = session;
  }

  /** The synchronous object of an asynchronous one; anything else is handed back. */
  static targetOf(value: unknown): unknown {
    return value instanceof AsyncView ? value.target : value;
  }

  /**
   * Runs an operation on the synchronous object, over and over until no bytes are missing.
   *
   * One operation costs as few rounds as what it reads depends on; several calls in one operation share them. It must be
   * one that can be started over.
   */
  run<R>(operation: (target: T) => R, retry: RetryOptions = this.session.retry): Promise<R> {
    return runWithRetry(() => operation(this.target), retry);
  }

  /** Runs a member, which reads no chunk twice. */
  protected perform<R>(member: (target: T) => R): Promise<R> {
    return runWithRetry(
      this.session.operation(() => member(this.target)),
      this.session.retry,
    );
  }

  /** The same for one whose result may be an object of the file. */
  protected async wrapped(member: (target: T) => unknown): Promise<unknown> {
    const result = await this.perform((target) => {
      const value = member(target);
      return isGenerator(value) ? [...value] : value;
    });
    const { wrap } = this.session;
    if (!Array.isArray(result)) return wrap(result);
    return result.map((item: unknown) => (Array.isArray(item) ? item.map(wrap) : wrap(item)));
  }
}

function isGenerator(value: unknown): value is Iterable<unknown> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** What the view's methods are, seen from the members that are added to it. */
interface Runnable {
  wrapped(member: (target: Readonly<Record<string, unknown>>) => unknown): Promise<unknown>;
}

function descriptorOf(prototype: object, name: string): PropertyDescriptor | undefined {
  for (let object: object | null = prototype; object !== null; object = Object.getPrototypeOf(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

/** A class of views with asynchronous members beside its own. */
type ViewClass<V, T extends object, K extends keyof T> = new (
  target: T,
  session: AsyncSession,
) => V & AsyncMembers<T, K>;

/**
 * A subclass of `view` with the asynchronous counterparts of members of `sync`.
 *
 * @returns a base class to extend. Calls are to be marked as pure: bundlers then leave out classes that nobody uses.
 */
export function withMembers<V extends object, T extends object, K extends keyof T & string>(
  view: new (target: T, session: AsyncSession) => V,
  sync: { readonly prototype: T },
  ...names: readonly (readonly K[])[]
): ViewClass<V, T, K> {
  const Base = view as new (target: T, session: AsyncSession) => object;
  class WithMembers extends Base {}
  for (const name of names.flat()) {
    const isMethod = typeof descriptorOf(sync.prototype, name)?.value === "function";
    const member = isMethod ? asyncMethod(name) : asyncGetter(name);
    Object.defineProperty(WithMembers.prototype, name, { ...member, configurable: true });
  }
  return WithMembers as ViewClass<V, T, K>;
}

function asyncMethod(name: string): PropertyDescriptor {
  return {
    writable: true,
    value(this: Runnable, ...args: unknown[]): Promise<unknown> {
      const plain = args.map(AsyncView.targetOf);
      return this.wrapped((target) => (target[name] as (...args: unknown[]) => unknown).apply(target, plain));
    },
  };
}

function asyncGetter(name: string): PropertyDescriptor {
  return {
    get(this: Runnable): Promise<unknown> {
      return this.wrapped((target) => target[name]);
    },
  };
}
