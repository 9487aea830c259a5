/** Counts the errors of a damaged file, which have to be this library's own. */
import { isHdf5Error } from "../../../src/base/errors.ts";

export class ErrorTally {
  readonly counts = new Map<string, number>();
  /** Errors of JavaScript, which nobody threw on purpose. */
  readonly strays: unknown[] = [];

  /** What `action` gives, or undefined where it throws. */
  attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.note(error);
      return undefined;
    }
  }

  private note(error: unknown): void {
    if (isHdf5Error(error)) this.counts.set(error.code, (this.counts.get(error.code) ?? 0) + 1);
    else this.strays.push(error);
  }

  addTo(total: Map<string, number>): void {
    for (const [code, count] of this.counts) total.set(code, (total.get(code) ?? 0) + count);
  }
}
