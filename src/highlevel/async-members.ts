/**
 * Asynchronous members made from synchronous ones.
 *
 * Every asynchronous object stands for a synchronous one and runs its members to the end, as often as bytes are missing:
 * a method becomes one that returns a promise, a getter a property that is one, a generator an array.
 */
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";

/** Makes the asynchronous object for a synchronous one; anything else is handed back. */
export type Wrapper = (value: unknown) => unknown;

/** What all asynchronous objects of one file share. */
export interface AsyncSession {
  readonly retry: RetryOptions;
  readonly wrap: Wrapper;
}

/** Lists of a type of members, and of pairs of a name and such. */
type WrappedItem<T, W extends WrapTable> = T extends readonly [infer A, infer B] ? [A, Wrapped<B, W>] : Wrapped<T, W>;

/** Pairs of a synchronous class and the asynchronous one that stands for it. */
export type WrapTable = readonly (readonly [unknown, unknown])[];

/** What a value becomes: the first class of the table that it is of. */
export type Wrapped<T, W extends WrapTable> = W extends readonly [readonly [infer S, infer A], ...infer Rest]
  ? T extends S
    ? A
    : Rest extends WrapTable
      ? Wrapped<T, Rest>
      : T
  : T;

type Result<R, W extends WrapTable> =
  R extends Generator<infer T, unknown, unknown> ? Promise<WrappedItem<T, W>[]> : Promise<Wrapped<R, W>>;

/** The asynchronous counterparts of members `K` of `T`. Overloads and type parameters do not survive this. */
export type AsyncMembers<T, K extends keyof T, W extends WrapTable> = {
  readonly [P in K]: T[P] extends (...args: infer A) => infer R ? (...args: A) => Result<R, W> : Result<T[P], W>;
};

/** An object of a file whose bytes arrive later. */
export class AsyncView<T extends object> {
  /** The synchronous object; each use of it may throw a page fault, which `run` sees to. */
  protected readonly target: T;
  protected readonly session: AsyncSession;

  constructor(target: T, session: AsyncSession) {
    this.target = target;
    this.session = session;
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

  /** The same for an operation whose result may be an object of the file. */
  protected async wrapped(operation: (target: T) => unknown): Promise<unknown> {
    const result = await this.run((target) => {
      const value = operation(target);
      return isGenerator(value) ? [...value] : value;
    });
    const { wrap } = this.session;
    if (!Array.isArray(result)) return wrap(result);
    return result.map((item: unknown) => (Array.isArray(item) ? item.map(wrap) : wrap(item)));
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function isGenerator(value: unknown): value is Iterable<unknown> {
  return Object.prototype.toString.call(value) === "[object Generator]";
}

/** What the view's methods are, seen from the members that are added to it. */
interface Runnable {
  wrapped(operation: (target: Readonly<Record<string, unknown>>) => unknown): Promise<unknown>;
}

function descriptorOf(prototype: object, name: string): PropertyDescriptor | undefined {
  for (let object: object | null = prototype; object !== null; object = Object.getPrototypeOf(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

/** A class of views with asynchronous members beside its own. */
type ViewClass<V, T extends object, K extends keyof T, W extends WrapTable> = new (
  target: T,
  session: AsyncSession,
) => V & AsyncMembers<T, K, W>;

/**
 * A subclass of `view` with the asynchronous counterparts of members of `sync`.
 *
 * @returns a base class to extend; `W` says what results become, as `AsyncSession.wrap` does it.
 */
export function withAsyncMembers<W extends WrapTable, V extends object, T extends object, K extends keyof T & string>(
  view: new (target: T, session: AsyncSession) => V,
  sync: { readonly prototype: T },
  names: readonly K[],
): ViewClass<V, T, K, W> {
  const Base = view as new (target: T, session: AsyncSession) => object;
  class WithMembers extends Base {}
  for (const name of names) {
    const isMethod = typeof descriptorOf(sync.prototype, name)?.value === "function";
    const member = isMethod ? asyncMethod(name) : asyncGetter(name);
    Object.defineProperty(WithMembers.prototype, name, { ...member, configurable: true });
  }
  return WithMembers as ViewClass<V, T, K, W>;
}

function asyncMethod(name: string): PropertyDescriptor {
  return {
    writable: true,
    value(this: Runnable, ...args: unknown[]): Promise<unknown> {
      return this.wrapped((target) => (target[name] as (...args: unknown[]) => unknown).apply(target, args));
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
