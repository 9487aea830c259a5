/** The same calls on both sides: libhdf5_hl on one file, ours on another. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { PythonProcess } from "../python-process.ts";
import { type Call, OurCalls } from "./our-calls.ts";

const script = fileURLToPath(new URL("c_calls.py", import.meta.url));

/** After H5TBinsert_field, libhdf5_hl 1.10.8 writes memory that was never set into the fill values of fields. */
export const FILLS_OF_FIELDS = Array.from({ length: 10 }, (_, i) => `FIELD_${i}_FILL`);

interface Described {
  readonly [path: string]: { readonly attributes: { readonly [name: string]: unknown } };
}

export class BothSides {
  private readonly python = new PythonProcess(script);

  /** What the C library answers to calls on a file. */
  async theirs(path: string, mode: "w" | "a" | "r", calls: readonly Call[]): Promise<unknown[]> {
    await this.python.ask({ open: path, mode });
    try {
      return (await this.python.ask({ calls })) as unknown[];
    } finally {
      await this.python.ask({ close: true });
    }
  }

  ours(path: string, mode: "w" | "a" | "r", calls: readonly Call[]): unknown[] {
    const file = new OurCalls(path, mode);
    try {
      return calls.map((call) => file.run(call));
    } finally {
      file.close();
    }
  }

  /** What a file holds, down to the bytes of types and values, as h5py tells. */
  async described(path: string, except: readonly string[]): Promise<unknown> {
    const [described] = (await this.theirs(path, "r", [["describe", null]])) as [Described];
    const kept = Object.entries(described).map(([name, object]) => {
      const attributes = Object.entries(object.attributes).filter(([attribute]) => !except.includes(attribute));
      return [name, { ...object, attributes: Object.fromEntries(attributes) }];
    });
    return Object.fromEntries(kept);
  }

  /**
   * Makes calls on both sides, each with a file of its own, and expects the same answers and the same files; then lets each
   * side answer `questions` on the other one's file.
   *
   * @param except - Attributes that are not compared.
   */
  async expectSame(
    folder: string,
    calls: readonly Call[],
    questions: readonly Call[] = [],
    except: readonly string[] = [],
  ): Promise<void> {
    const [a, b] = [`${folder}/theirs.h5`, `${folder}/ours.h5`];
    const expected = await this.theirs(a, "w", calls);
    const found = this.ours(b, "w", calls);
    calls.forEach((call, i) => {
      expect({ call, gives: found[i] }).toEqual({ call, gives: expected[i] });
    });
    expect(await this.described(b, except)).toEqual(await this.described(a, except));
    const answers = await this.theirs(b, "a", questions);
    expect(this.ours(a, "a", questions)).toEqual(answers);
    expect(await this.described(b, except)).toEqual(await this.described(a, except));
  }

  close(): void {
    this.python.close();
  }
}
