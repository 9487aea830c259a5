/** A bar on the terminal; a line at the end where there is none. */
export class ProgressBar {
  readonly #total: number;
  readonly #label: string;
  readonly #shows: boolean;
  #done = 0;
  #shown = -1;

  /** @param shows - Default: whether standard error is a terminal. */
  constructor(label: string, total: number, shows: boolean = process.stderr.isTTY) {
    this.#label = label;
    this.#total = total;
    this.#shows = shows;
  }

  advance(count = 1): void {
    this.#done += count;
    const percent = Math.floor((100 * this.#done) / this.#total);
    if (percent === this.#shown || !this.#shows) return;
    this.#shown = percent;
    const filled = Math.round((30 * this.#done) / this.#total);
    const bar = "█".repeat(filled) + "░".repeat(30 - filled);
    process.stderr.write(`\r${this.#label} ${bar} ${String(percent).padStart(3)} %`);
  }

  end(): void {
    if (this.#shows) process.stderr.write("\n");
  }
}
