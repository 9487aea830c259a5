/** Counts of values: each small value by itself, and all by their number of decimal digits. */
export class Tally {
  max = 0;
  private readonly smallLimit: number;
  private readonly bySmallValue = new Map<number, number>();
  private readonly byDigits: number[] = [];

  /** @param smallLimit - Values below it are small. */
  constructor(smallLimit: number) {
    this.smallLimit = smallLimit;
  }

  /** @param value - A whole number from 0 on. */
  add(value: number): void {
    this.max = Math.max(this.max, value);
    if (value < this.smallLimit) this.bySmallValue.set(value, (this.bySmallValue.get(value) ?? 0) + 1);
    const digits = value === 0 ? 0 : BigInt(value).toString().length;
    this.byDigits[digits] = (this.byDigits[digits] ?? 0) + 1;
  }

  /** Small values from `first` on that occurred, ascending, and how often. */
  small(first = 0): readonly (readonly [value: number, count: number])[] {
    return [...this.bySmallValue].filter(([value]) => value >= first).sort((a, b) => a[0] - b[0]);
  }

  get isEmpty(): boolean {
    return this.byDigits.length === 0;
  }

  get zeros(): number {
    return this.byDigits[0] ?? 0;
  }

  /** Powers of ten between which values above 0 lie, those that are not empty: from 10^n to 10^(n+1) - 1. */
  decades(): readonly { readonly from: string; readonly to: string; readonly count: number }[] {
    const decades: { from: string; to: string; count: number }[] = [];
    this.byDigits.forEach((count, digits) => {
      if (digits > 0) decades.push({ from: `1${"0".repeat(digits - 1)}`, to: "9".repeat(digits), count });
    });
    return decades;
  }
}
