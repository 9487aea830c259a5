/** Names that come in order go behind the last one without a search; whatever else happens in between. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SymbolTable } from "../../src/engine/symbol-table.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { memoryStorage } from "./memory-storage.ts";

const RANKS = { leafK: 2, internalK: 2 };

const at = fc.nat({ max: 200 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("between" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("behind" as const), letter: fc.constantFrom("o", "é", "\udce9") }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), at, isLast: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("replace" as const), at, isLast: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("find" as const), at }) },
  { weight: 1, arbitrary: fc.constant({ kind: "flush" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Program {
  readonly names = new Map<string, number>();
  private readonly target = new MemoryTarget();
  private readonly storage = memoryStorage({ target: this.target });
  private known: SymbolTable;
  private readonly remembers: boolean;
  private count = 0;

  /** @param remembers - Whether one object sees all; others know of the table what the storage tells. */
  constructor(remembers: boolean) {
    this.known = SymbolTable.create(this.storage, RANKS);
    this.remembers = remembers;
  }

  private get table(): SymbolTable {
    const { bTreeAddress, heap } = this.known;
    if (!this.remembers) this.known = new SymbolTable(this.storage, RANKS, bTreeAddress, heap);
    return this.known;
  }

  private add(name: string): void {
    if (this.names.has(name)) return;
    expect(this.table.find(name)).toBeUndefined();
    const objectHeaderAddress = 8 * ++this.count;
    this.table.insert(name, (linkNameOffset) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress }));
    this.names.set(name, objectHeaderAddress);
  }

  private pick(index: number, isLast: boolean): string | undefined {
    const sorted = [...this.names.keys()].sort();
    return isLast ? sorted.at(-1) : sorted[index % Math.max(sorted.length, 1)];
  }

  take(next: Step): void {
    if (next.kind === "flush") this.storage.flush(() => undefined);
    else if (next.kind === "append") for (let i = 0; i < next.count; i++) this.add(`n${1000 + this.count}`);
    else if (next.kind === "between") this.add(`n${1000 + next.at}b`);
    else if (next.kind === "behind") this.add(`${next.letter}${this.count}`);
    else this.change(next, this.pick(next.at, next.kind !== "find" && next.isLast));
  }

  private change(next: { readonly kind: "remove" | "replace" | "find" }, name: string | undefined): void {
    if (name === undefined) return;
    expect(this.table.find(name)?.objectHeaderAddress).toBe(this.names.get(name));
    if (next.kind === "remove") {
      expect(this.table.remove(name).objectHeaderAddress).toBe(this.names.get(name));
      this.names.delete(name);
    } else if (next.kind === "replace") {
      const objectHeaderAddress = 8 * ++this.count;
      this.table.replace(name, ({ linkNameOffset }) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress }));
      this.names.set(name, objectHeaderAddress);
    }
  }

  finish(): { readonly bytes: Uint8Array; readonly entries: [string, number | undefined][] } {
    const entries: [string, number | undefined][] = [];
    this.table.forEach((name, { objectHeaderAddress }) => {
      entries.push([name, objectHeaderAddress]);
    });
    this.storage.flush(() => undefined);
    return { bytes: this.target.toBytes().slice(), entries };
  }
}

describe("names in order", () => {
  test("make the table that they make when each is searched for", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [one, other] = [new Program(true), new Program(false)];
        for (const each of steps) {
          one.take(each);
          other.take(each);
        }
        const found = one.finish();
        expect(new Map(found.entries)).toEqual(one.names);
        expect(found.entries).toEqual(other.finish().entries);
        expect(Buffer.compare(found.bytes, other.finish().bytes)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test("of a table with two users go where both see them", () => {
    const storage = memoryStorage();
    const first = SymbolTable.create(storage, RANKS);
    const second = new SymbolTable(storage, RANKS, first.bTreeAddress, first.heap);
    for (let i = 0; i < 40; i++) {
      const table = i % 3 === 0 ? second : first;
      const name = `n${100 + i}`;
      expect(table.find(name)).toBeUndefined();
      table.insert(name, (linkNameOffset) => ({ cacheType: 0, linkNameOffset, objectHeaderAddress: 8 + 8 * i }));
    }
    for (const table of [first, second]) {
      expect(table.names()).toEqual(Array.from({ length: 40 }, (_, i) => `n${100 + i}`));
      for (let i = 0; i < 40; i++) expect(table.find(`n${100 + i}`)?.objectHeaderAddress).toBe(8 + 8 * i);
    }
  });
});
