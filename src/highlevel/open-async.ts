/** Opening a file whose bytes arrive later: over HTTP, from a Blob, from a bucket. */
import { fileSpaceSettings } from "../engine/free-space-managers.ts";
import type { HttpOptions } from "../io/http-source.ts";
import { PagedAsyncSource, type PagedSourceOptions } from "../io/paged-source.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import type { ByteSource } from "../io/source.ts";
import { requireFlags, requireFunction, requireSignal } from "./argument-checks.ts";
import { AsyncAttributes } from "./async-attributes.ts";
import { AsyncDataset } from "./async-dataset.ts";
import { AsyncDimension, AsyncDimensionManager } from "./async-dimensions.ts";
import { AsyncFile } from "./async-file.ts";
import { AsyncGroup } from "./async-group.ts";
import type { AsyncSession } from "./async-members.ts";
import { AsyncNamedType, AsyncRegionProxy } from "./async-object.ts";
import { type AsyncFileResolver, ResolvedFiles } from "./async-resolver.ts";
import { type AsyncFileLike, HeldSource, LATE_OPTIONS, openLateBytes } from "./async-source.ts";
import { AsyncAsStrView, AsyncAsTypeView, AsyncFieldsView } from "./async-views.ts";
import { AttributeManager } from "./attribute-manager.ts";
import { Dataset } from "./dataset.ts";
import { AsStrView, AsTypeView, FieldsView } from "./dataset-views.ts";
import { Dimension, DimensionManager } from "./dimensions.ts";
import { File } from "./file.ts";
import type { FileOptions } from "./file-options.ts";
import { Group } from "./group.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";
import { lateDecoding } from "./late-decoding.ts";
import { Datatype } from "./named-type.ts";
import { RegionProxy } from "./region-proxy.ts";

function wrapIn(session: AsyncSession, opened: AsyncFile, value: unknown): unknown {
  if (value instanceof File) return opened;
  if (value instanceof Group) return new AsyncGroup(value, session);
  if (value instanceof Dataset) return new AsyncDataset(value, session);
  if (value instanceof Datatype) return new AsyncNamedType(value, session);
  if (value instanceof AttributeManager) return new AsyncAttributes(value, session);
  return typeof value === "function" ? asyncClassOf(value) : wrapPart(session, value);
}

/** What `get` gives for `getclass`. */
function asyncClassOf(value: unknown): unknown {
  if (value === Group) return AsyncGroup;
  if (value === Dataset) return AsyncDataset;
  return value === Datatype ? AsyncNamedType : value;
}

function wrapPart(session: AsyncSession, value: unknown): unknown {
  if (value instanceof AsTypeView) return new AsyncAsTypeView(value, session);
  if (value instanceof AsStrView) return new AsyncAsStrView(value, session);
  if (value instanceof FieldsView) return new AsyncFieldsView(value, session);
  if (value instanceof DimensionManager) return new AsyncDimensionManager(value, session);
  if (value instanceof Dimension) return new AsyncDimension(value, session);
  return value instanceof RegionProxy ? new AsyncRegionProxy(value, session) : value;
}

/** How bytes are fetched and kept, and what of other files may be read. */
export interface OpenAsyncOptions
  extends RetryOptions,
    PagedSourceOptions,
    Omit<HttpOptions, "changing">,
    Pick<FileOptions, "rdccNbytes" | "rdccNslots" | "rdccW0" | "externalAccess"> {
  /**
   * Whether another program may be writing to the file (single writer, multiple readers). Default false.
   *
   * Nothing is then kept in memory but what was decoded, which `AsyncDataset.refresh` forgets: of the options of pages only
   * `joinedGap`, `maxRequestSize` and `maxConcurrentRequests` hold, and every structure that is read takes a round of its own. Over
   * HTTP the file may be of another version with each answer, and larger.
   */
  readonly swmr?: boolean;
  /** Finds the other files that this one leads to, in place of the file system. */
  readonly resolver?: AsyncFileResolver;
}

/** What of the options is the synchronous file's. */
const FILE_OPTIONS = { rdccNbytes: true, rdccNslots: true, rdccW0: true, externalAccess: true, swmr: true };

const OPEN_ASYNC_OPTIONS: OptionNames<OpenAsyncOptions> = { ...LATE_OPTIONS, ...FILE_OPTIONS, resolver: true };

function fileOptionsIn(options: OpenAsyncOptions): FileOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(FILE_OPTIONS, name)));
}

/** A file in pages is fetched in these. */
function alignToFilePages(file: File, source: PagedAsyncSource): void {
  const { engine } = file.handle.location().file;
  const { strategy, pageSize } = fileSpaceSettings(engine);
  // Behind a user block the pages do not begin where the source's do.
  if (strategy === "page" && engine.superblock.baseAddress === 0) source.alignTo(pageSize);
}

/**
 * Opens a file whose bytes arrive later, for reading: an address (HTTP, by ranges), a Blob, a source of one's own.
 *
 * Objects have the members of the synchronous ones that read, each giving a promise; those that would change the file are
 * not there. Calls may be made at the same time. What is read is kept in pages of memory (see `PagedSourceOptions`), and so
 * is everything decoded; a small file takes one round. `signal` ends all operations that have none of their own.
 *
 * ```ts
 * const f = await openAsync("https://example.org/data.h5");
 * const { data } = await (await f.get("image")).read("0:10, ::2");
 * await f.close();
 * ```
 *
 * @throws OSError "Unable to open file (…)" for what is no HDF5 file; NotFoundError for an address that the server has nothing
 *   at (status 404, 410); SourceError when bytes cannot be had; TypeError for an option that there is none of.
 */
export function openAsync(source: AsyncFileLike, options: OpenAsyncOptions = {}): Promise<AsyncFile> {
  return openAsyncAs((bytes, reading) => new File(bytes, "r", reading), source, options);
}

/** The same with a class of files of the caller's choice. */
export async function openAsyncAs(
  openFile: (source: ByteSource, options: FileOptions) => File,
  source: AsyncFileLike,
  options: OpenAsyncOptions,
): Promise<AsyncFile> {
  requireKnown(options, OPEN_ASYNC_OPTIONS, "openAsync");
  requireFlags(options, "swmr", "wholeFile");
  requireSignal(options.signal);
  for (const name of ["resolver", "onProgress", "fetch"] as const) {
    if (options[name] !== undefined) requireFunction(options[name]);
  }
  const late = await openLateBytes(source, options).catch((error: unknown) => {
    throw options.signal?.aborted ? options.signal.reason : error;
  });
  const retry = options.signal === undefined ? {} : { signal: options.signal };
  const { resolver } = options;
  const plain = fileOptionsIn(options);
  const others = resolver && new ResolvedFiles(resolver, options);
  const fileOptions = others === undefined ? plain : { ...plain, resolver: others.find };
  try {
    const held = new HeldSource(late);
    const file = await runWithRetry(() => openFile(held, fileOptions), retry);
    if (late instanceof PagedAsyncSource) await runWithRetry(() => alignToFilePages(file, late), retry);
    const session: AsyncSession = {
      retry,
      operation: lateDecoding(retry),
      wrap: (value) => wrapIn(session, opened, value),
    };
    const opened = new AsyncFile(file, late, session, others);
    return opened;
  } catch (error) {
    await late.closeAndWait();
    await others?.closeAndWait();
    throw error;
  }
}
