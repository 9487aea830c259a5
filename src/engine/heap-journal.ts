/** Which global heap objects were stored, one after the other. */
import type { Address } from "../base/address.ts";

export class HeapJournal {
  /** Most objects have the index behind that of the last one. */
  private readonly runs: { readonly address: Address; readonly first: number; end: number }[] = [];

  add(address: Address, index: number): void {
    const last = this.runs[this.runs.length - 1];
    if (last?.address === address && last.end === index) last.end++;
    else this.runs.push({ address, first: index, end: index + 1 });
  }

  addAll({ runs }: HeapJournal): void {
    for (const run of runs) this.runs.push({ ...run });
  }

  forEach(visit: (address: Address, index: number) => void): void {
    for (const { address, first, end } of this.runs)
      for (let index = first; index < end; index++) visit(address, index);
  }
}
