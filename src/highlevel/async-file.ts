/** Files whose bytes arrive later: over HTTP, from a Blob, from a bucket. The synchronous classes, run until nothing is missing. */
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import type { HttpOptions } from "../io/http-source.ts";
import { PagedAsyncSource, type PagedSourceOptions } from "../io/paged-source.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import { FSPACE_STRATEGY_PAGE } from "../lowlevel/h5f.ts";
import { type AsyncMembers, type AsyncSession, AsyncView, withAsyncMembers } from "./async-members.ts";
import { type AsyncFileResolver, ResolvedFiles } from "./async-resolver.ts";
import { type AsyncFileLike, asyncSourceOf, HeldSource } from "./async-source.ts";
import { AttributeManager, type AttributeReadOptions } from "./attribute-manager.ts";
import { Dataset, type DatasetReadOptions } from "./dataset.ts";
import { File } from "./file.ts";
import type { FileOptions } from "./file-options.ts";
import { type GetOptions, Group } from "./group.ts";
import type { HLObject } from "./hl-object.ts";
import type { Link, LinkClass } from "./link-classes.ts";
import { Datatype } from "./named-type.ts";
import type { NDArray } from "./ndarray.ts";

/** Which asynchronous class stands for which; a file is a group too, so it comes first. */
type Classes = readonly [
  readonly [File, AsyncFile],
  readonly [Group, AsyncGroup],
  readonly [Dataset, AsyncDataset],
  readonly [Datatype, AsyncNamedType],
  readonly [AttributeManager, AsyncAttributes],
];

const OBJECT_MEMBERS = ["attrs", "file", "parent"] as const;
const DATASET_MEMBERS = [
  ...OBJECT_MEMBERS,
  "chunks",
  "compression",
  "compressionOpts",
  "datatype",
  "dtype",
  "external",
  "fillvalue",
  "filterIds",
  "filterNames",
  "fletcher32",
  "isScale",
  "isVirtual",
  "len",
  "maxshape",
  "nbytes",
  "ndim",
  "readColumn",
  "readColumns",
  "scaleoffset",
  "shape",
  "shuffle",
  "size",
] as const satisfies readonly (keyof Dataset)[];
const GROUP_MEMBERS = [
  ...OBJECT_MEMBERS,
  "getDataset",
  "getGroup",
  "has",
  "items",
  "keys",
  "length",
  "values",
] as const satisfies readonly (keyof Group)[];
const FILE_MEMBERS = ["libver", "toBytes", "userblockSize"] as const satisfies readonly (keyof File)[];
const TYPE_MEMBERS = [...OBJECT_MEMBERS, "datatype", "dtype"] as const satisfies readonly (keyof Datatype)[];
const ATTRIBUTE_MEMBERS = [
  "has",
  "items",
  "keys",
  "length",
  "values",
] as const satisfies readonly (keyof AttributeManager)[];

/** {@link withAsyncMembers} for the classes of this file. */
function withMembers<V extends object, T extends object, K extends keyof T & string>(
  view: new (target: T, session: AsyncSession) => V,
  sync: { readonly prototype: T },
  names: readonly K[],
): new (
  target: T,
  session: AsyncSession,
) => V & AsyncMembers<T, K, Classes> {
  return withAsyncMembers<Classes, V, T, K>(view, sync, names);
}

/** An object that a path leads to. */
export type AsyncMember = AsyncGroup | AsyncDataset | AsyncNamedType;

/** What needs no bytes: it is known since the object was opened. */
class AsyncObject<T extends HLObject> extends AsyncView<T> {
  /** The path the object was opened by. */
  get name(): string | null {
    return this.isOpen ? this.target.id.pathInFile() : null;
  }

  get isOpen(): boolean {
    return this.target.isOpen;
  }

  override toString(): string {
    return `<Asynchronous HDF5 object ${this.isOpen ? `"${this.name ?? "(anonymous)"}"` : "(closed)"}>`;
  }
}

export class AsyncAttributes extends withMembers(AsyncView<AttributeManager>, AttributeManager, ATTRIBUTE_MEMBERS) {
  /** As `AttributeManager.get`. */
  get<T = unknown, D = never>(name: string, options: AttributeReadOptions<D> = {}): Promise<T | D> {
    return this.run((attributes) => attributes.get<T, D>(name, options));
  }

  /** Names. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.run((attributes) => attributes.keys());
  }
}

export class AsyncDataset extends withMembers(AsyncObject<Dataset>, Dataset, DATASET_MEMBERS) {
  /** As `Dataset.read`; all the ranges that the selection needs are fetched together. */
  read<T = NDArray>(selection?: IndexArguments, options: DatasetReadOptions = {}): Promise<T> {
    return this.run((dataset) => dataset.read<T>(selection, options));
  }

  /** Rows, each read when it is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    const count = await this.run((dataset) => dataset.len());
    for (let i = 0; i < count; i++) yield this.read<unknown>([i]);
  }
}

export class AsyncNamedType extends withMembers(AsyncObject<Datatype>, Datatype, TYPE_MEMBERS) {}

export class AsyncGroup extends withMembers(AsyncObject<Group>, Group, GROUP_MEMBERS) {
  /** As `Group.get`. */
  get<T extends AsyncMember = AsyncDataset>(path: string): Promise<T>;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink: true }): Promise<LinkClass | D>;
  get<D = undefined>(path: string, options: GetOptions<D> & { getlink: true; getclass?: false }): Promise<Link | D>;
  get<T extends AsyncMember, D>(path: string, options: { default: D; getlink?: false }): Promise<T | D>;
  get(path: string, options: GetOptions<unknown> = {}): Promise<unknown> {
    return this.wrapped((group) =>
      (group.get as (path: string, options: object) => unknown).call(group, path, options),
    );
  }

  /** As `Group.visit`; paths are collected before the first call. */
  async visit<T>(func: (name: string) => T | null | undefined | Promise<T | null | undefined>): Promise<T | null> {
    const names = await this.run((group) => {
      const found: string[] = [];
      group.visit((name) => {
        found.push(name);
        return undefined;
      });
      return found;
    });
    for (const name of names) {
      const result = await func(name);
      if (result !== undefined && result !== null) return result;
    }
    return null;
  }

  /** As `Group.visitItems`. */
  visitItems<T>(
    func: (name: string, object: AsyncMember) => T | null | undefined | Promise<T | null | undefined>,
  ): Promise<T | null> {
    return this.visit<T>(async (name) => func(name, await this.get<AsyncMember>(name)));
  }

  /** Names. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.run((group) => group.keys());
  }
}

/** What fetching has cost so far. */
export interface AsyncStatistics {
  /** Times an operation had to wait for bytes. */
  readonly rounds: number;
  /** Reads of the source, over HTTP its requests, and the bytes they brought. */
  readonly requests: number;
  readonly bytes: number;
  /** Requests over HTTP that were made because one before had failed. */
  readonly retries: number;
}

export class AsyncFile extends withMembers(
  AsyncGroup as new (
    file: File,
    session: AsyncSession,
  ) => AsyncGroup,
  File,
  FILE_MEMBERS,
) {
  readonly #file: File;
  readonly #source: PagedAsyncSource;
  readonly #others: ResolvedFiles | undefined;

  constructor(file: File, source: PagedAsyncSource, session: AsyncSession, others?: ResolvedFiles) {
    super(file, session);
    this.#others = others;
    this.#file = file;
    this.#source = source;
  }

  /** Runs an operation on the synchronous file, over and over until no bytes are missing. */
  override run<R>(operation: (file: File) => R, retry: RetryOptions = this.session.retry): Promise<R> {
    return runWithRetry(() => operation(this.#file), retry);
  }

  /** The source's name; `""` where it has none. */
  get filename(): string {
    return this.#file.filename;
  }

  get statistics(): AsyncStatistics {
    const { rounds, requests, fetchedByteLength, retries } = this.#source.statistics();
    return { rounds, requests, bytes: fetchedByteLength, retries };
  }

  /** Closes the file and its source. A second call does nothing. */
  async close(): Promise<void> {
    this.#file.close();
    await this.#source.closeAndWait();
    await this.#others?.closeAndWait();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function wrapIn(session: AsyncSession, opened: AsyncFile, value: unknown): unknown {
  if (value instanceof File) return opened;
  if (value instanceof Group) return new AsyncGroup(value, session);
  if (value instanceof Dataset) return new AsyncDataset(value, session);
  if (value instanceof Datatype) return new AsyncNamedType(value, session);
  return value instanceof AttributeManager ? new AsyncAttributes(value, session) : value;
}

export interface OpenAsyncOptions
  extends RetryOptions,
    PagedSourceOptions,
    HttpOptions,
    Pick<FileOptions, "rdccNbytes" | "rdccNslots" | "rdccW0" | "externalAccess"> {
  /** Finds the other files that this one leads to, in place of the file system. */
  readonly resolver?: AsyncFileResolver;
}

/** A file in pages is fetched in these. */
function alignToFilePages(file: File, source: PagedAsyncSource): void {
  const plist = file.id.getCreatePlist();
  const [strategy] = plist.getFileSpaceStrategy();
  // Behind a user block the pages do not begin where the source's do.
  if (strategy === FSPACE_STRATEGY_PAGE && plist.getUserblock() === 0) source.alignTo(plist.getFileSpacePageSize());
}

/**
 * Opens a file whose bytes arrive later, for reading: an address (HTTP, by ranges), a Blob, a source of one's own.
 *
 * What is read is kept in pages of memory (see `PagedSourceOptions`), and so is everything decoded; a small file takes one
 * round. `signal` ends all operations that have none of their own.
 *
 * ```ts
 * const f = await openAsync("https://example.org/data.h5");
 * const { data } = await (await f.get("image")).read("0:10, ::2");
 * await f.close();
 * ```
 *
 * @throws OSError "Unable to open file (…)" for what is no HDF5 file; SourceError when bytes cannot be had.
 */
export async function openAsync(source: AsyncFileLike, options: OpenAsyncOptions = {}): Promise<AsyncFile> {
  const paged = await PagedAsyncSource.open(asyncSourceOf(source, options), options);
  const retry = options.signal === undefined ? {} : { signal: options.signal };
  const { resolver, ...plain } = options;
  const others = resolver && new ResolvedFiles(resolver, options);
  const fileOptions = others === undefined ? plain : { ...plain, resolver: others.find };
  try {
    const held = new HeldSource(paged);
    const file = await runWithRetry(() => new File(held, "r", fileOptions), retry);
    await runWithRetry(() => alignToFilePages(file, paged), retry);
    const session: AsyncSession = { retry, wrap: (value) => wrapIn(session, opened, value) };
    const opened = new AsyncFile(file, paged, session, others);
    return opened;
  } catch (error) {
    await paged.closeAndWait();
    await others?.closeAndWait();
    throw error;
  }
}
