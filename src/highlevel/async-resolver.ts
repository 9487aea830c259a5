/** Other files of a file whose bytes arrive later: found by a callback that may take its time. */
import { type FaultingSource, PageFault } from "../io/page-fault.ts";
import type { ByteSource } from "../io/source.ts";
import { type AsyncFileLike, HeldSource, type LateBytes, type LateOptions, openLateBytes } from "./async-source.ts";

/**
 * Finds a file that another one names: the file of an external link, of a virtual dataset's source or of a reference,
 * external raw data, a member of a file in several. It is asked for each place where the C library would look, in that
 * order; once for each name.
 *
 * @returns a source of the bytes, the bytes, or a Blob; undefined when there is no such file.
 */
export type AsyncFileResolver = (name: string) => AsyncFileLike | undefined | Promise<AsyncFileLike | undefined>;

/** The synchronous side of a resolver: an operation that asks for a file not known yet is started over when it is. */
export class ResolvedFiles implements FaultingSource {
  readonly name = "other files";
  readonly #resolver: AsyncFileResolver;
  readonly #options: LateOptions;
  /** Undefined for names that there is nothing of. */
  readonly #known = new Map<string, { readonly bytes: LateBytes; readonly held: HeldSource } | undefined>();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #wanted = new Set<string>();

  constructor(resolver: AsyncFileResolver, options: LateOptions) {
    this.#resolver = resolver;
    this.#options = options;
  }

  /** The file of a name. @throws PageFault while it is not known whether there is one. */
  readonly find = (name: string): ByteSource | undefined => {
    if (!this.#known.has(name)) {
      this.#wanted.add(name);
      throw new PageFault(this, []);
    }
    return this.#known.get(name)?.held;
  };

  /** Asks for all files that were wanted. @returns whether there were any. */
  async fetch(): Promise<boolean> {
    const names = [...this.#wanted];
    this.#wanted.clear();
    for (const name of names) if (!this.#underWay.has(name)) this.#underWay.set(name, this.#ask(name));
    const waiting = [...this.#underWay.values()];
    await Promise.all(waiting);
    return waiting.length > 0;
  }

  async #ask(name: string): Promise<void> {
    try {
      const found = await this.#resolver(name);
      const bytes = found === undefined ? undefined : await openLateBytes(found, this.#options);
      this.#known.set(name, bytes && { bytes, held: new HeldSource(bytes) });
    } finally {
      this.#underWay.delete(name);
    }
  }

  async closeAndWait(): Promise<void> {
    const sources = [...this.#known.values()];
    this.#known.clear();
    await Promise.all(sources.map((source) => source?.bytes.closeAndWait()));
  }
}
