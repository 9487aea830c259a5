/**
 * What holds for the operation that is running, for code too deep below it to be handed it.
 *
 * Operations are synchronous: one ends, or starts another within, before anything else of the thread runs.
 */
export class Running<T> {
  /** To be set by {@link during} alone. */
  value: T;

  /** @param usual - Outside of any {@link during}. */
  constructor(usual: T) {
    this.value = usual;
  }

  /** Runs an operation for which `value` holds, in place of what holds around it. */
  during<R>(value: T, operation: () => R): R {
    const outer = this.value;
    this.value = value;
    try {
      return operation();
    } finally {
      this.value = outer;
    }
  }
}
