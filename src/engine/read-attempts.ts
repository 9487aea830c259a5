/**
 * Reading again what another process may be writing.
 *
 * What a reader gets of a structure may be half old and half new. The checksum tells, and the bytes are read again, from
 * the file and not from any cache, up to a number of times. Reference implementation: H5C.c, `H5C_load_entry`; H5Fint.c,
 * `H5F_track_metadata_read_retries`.
 */
import type { Address } from "../base/address.ts";
import { type ErrorCode, FormatError, HDF5Error, isHdf5Error } from "../base/errors.ts";
import { pause } from "../base/pause.ts";
import type { ByteSource } from "../io/source.ts";

/** What bytes that are only half written are taken for. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["format", "limit", "unsupported"]);

/** Attempts that follow one another at once: most writes are over by then. Before the others a writer gets time to go on. */
const PROMPT_ATTEMPTS = 8;
const PAUSE_MILLISECONDS = 1;

export class ReadAttempts {
  /** How often a structure is read at most. */
  readonly most: number;
  /** By structure, how often it took so many further reads: up to 9, up to 99, ... */
  private readonly counts = new Map<string, number[]>();
  /** Reads in vain of what is being read, which goes on once a source that answers late has the bytes. */
  private readonly failures = new Map<Address, number>();

  constructor(most: number) {
    this.most = most;
  }

  /** For a source that is opened: one that answers late is opened over and over, and counts on. */
  static of(source: ByteSource, most: number): ReadAttempts {
    const known = late.get(source);
    if (known?.most === most) return known;
    const attempts = new ReadAttempts(most);
    if (source.expect !== undefined) late.set(source, attempts);
    return attempts;
  }

  /**
   * Reads until what is read holds.
   *
   * @param read - Reads and decodes; it is called again when it throws an error of damaged bytes.
   * @param renew - Has the bytes that were read fetched anew.
   * @throws FormatError "…: incorrect metadata checksum after all read attempts (…)".
   */
  metadata<T>(structure: string, address: Address, read: () => T, renew: () => void): T {
    if (this.most === 1) return read();
    try {
      return this.repeat(address, read, renew, PASSING, (count) => this.note(structure, count));
    } catch (cause) {
      if (!isHdf5Error(cause) || !PASSING.has(cause.code)) throw cause;
      const text = `${structure} at address ${address}: incorrect metadata checksum after all read attempts`;
      throw new FormatError(`${text} (${this.most}), at last: ${cause.message}`, { cause, structure, address });
    }
  }

  /** The same for raw data, whose filters may tell that it is half written. @throws the error of the last attempt. */
  rawData<T>(address: Address, read: () => T, renew: () => void): T {
    if (this.most === 1) return read();
    return this.repeat(address, read, renew, new Set<ErrorCode>([...PASSING, "filter"]), () => undefined);
  }

  private repeat<T>(
    address: Address,
    read: () => T,
    renew: () => void,
    passing: ReadonlySet<ErrorCode>,
    succeeded: (furtherReads: number) => void,
  ): T {
    for (;;) {
      try {
        const value = read();
        const failures = this.failures.get(address);
        if (failures === undefined) return value;
        this.failures.delete(address);
        succeeded(failures);
        return value;
      } catch (error) {
        if (!(error instanceof HDF5Error) || !passing.has(error.code)) throw error;
        const failures = (this.failures.get(address) ?? 0) + 1;
        if (failures >= this.most) {
          this.failures.delete(address);
          throw error;
        }
        this.failures.set(address, failures);
        renew();
        if (failures >= PROMPT_ATTEMPTS) pause(PAUSE_MILLISECONDS);
      }
    }
  }

  private note(structure: string, furtherReads: number): void {
    const bins = this.counts.get(structure) ?? new Array<number>(this.binCount).fill(0);
    this.counts.set(structure, bins);
    const bin = Math.min(magnitude(furtherReads), bins.length - 1);
    bins[bin] = (bins[bin] as number) + 1;
  }

  /** Powers of ten that the number of further reads can have. */
  get binCount(): number {
    return this.most === 1 ? 0 : magnitude(this.most - 1) + 1;
  }

  /** How many of these structures took 1 to 9 further reads, 10 to 99, ...; empty when none took any. */
  retries(structures: readonly string[]): number[] {
    const known = structures.map((structure) => this.counts.get(structure)).filter((bins) => bins !== undefined);
    if (known.length === 0) return [];
    return Array.from({ length: this.binCount }, (_, bin) => known.reduce((sum, bins) => sum + (bins[bin] ?? 0), 0));
  }
}

const late = new WeakMap<ByteSource, ReadAttempts>();

/** Decimal digits of a positive integer, less one. */
function magnitude(count: number): number {
  return String(count).length - 1;
}
