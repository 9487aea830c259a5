/** Lines that count things, and the sums below them. */
import type { Tally } from "./tally.ts";

/** Prints a line. */
export type Print = (line: string) => void;

/** Lines of counts, and the sum of them. */
export function printCounts(counts: readonly (readonly [text: string, count: number])[], print: Print): number {
  let total = 0;
  for (const [text, count] of counts) {
    print(`${text}: ${count}`);
    total += count;
  }
  return total;
}

/** Lines of a tally's decades. */
export function printDecades(tally: Tally, text: (from: string, to: string) => string, print: Print): number {
  return printCounts(
    tally.decades().map(({ from, to, count }) => [text(from, to), count] as const),
    print,
  );
}
