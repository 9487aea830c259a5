/**
 * New revisions of a file, which the onion driver keeps in a second file beside it.
 *
 * Older revisions can be read whatever happens meanwhile: all that is new goes behind what is there, and the header, which
 * leads to it, is written last. Until then it has a lock and leads to the history as it was; the C library copies that to
 * a further file, from which nothing ever takes it.
 *
 * Reference implementation: H5FDonion.c, `H5FD__onion_open`, `H5FD__onion_commit_new_revision_record`.
 */
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../base/limits.ts";
import { encodeAscii, encodeUtf8 } from "../base/text.ts";
import { Writer } from "../base/writer.ts";
import { encodeOnionHeader, ONION_FLAG, ONION_HEADER_BYTES, type OnionHeader } from "../format/onion-header.ts";
import { encodeOnionHistory, type OnionHistory, sizeOfOnionHistory } from "../format/onion-history.ts";
import {
  encodeOnionRevisionRecord,
  type OnionRevisionRecord,
  sizeOfOnionRevisionRecord,
} from "../format/onion-revision-record.ts";
import { OnionTarget, type RevisionEnding, type WrittenRevision } from "../io/onion-target.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import {
  findRevision,
  type OnionContents,
  type OnionReading,
  type OpenedRevision,
  readOnion,
  requireUnlocked,
} from "./onion-files.ts";

/** How revisions are opened and made. C: `H5FD_onion_fapl_info_t`. */
export interface OnionSettings extends OnionReading {
  /** Bytes of a page, a power of two, in an onion file that is made; one that exists keeps its own. Default 4096. */
  readonly pageSize?: number | undefined;
  /** Whether records and histories of an onion file that is made begin at multiples of the page size. Default false. */
  readonly pageAlignment?: boolean | undefined;
  /** What is noted with the new revision: up to 255 bytes. Default "". */
  readonly comment?: string | undefined;
}

/** Bytes of a page where none were asked for. */
export const ONION_PAGE_BYTES = 4096;

const MAX_COMMENT_BYTES = 255;
const MAX_PAGE_BYTES = 2 ** 30;
/** What a file is that has no bytes of its own, only revisions. */
const NO_ORIGINAL = "ONIONEOF";

/** What is wrong with settings, if no onion file can have them. */
export function onionSettingsProblem({ pageSize = ONION_PAGE_BYTES, comment = "" }: OnionSettings): string | undefined {
  const isPowerOfTwo = pageSize >= 1 && 2 ** Math.round(Math.log2(pageSize)) === pageSize;
  if (!isPowerOfTwo || pageSize > MAX_PAGE_BYTES) return "invalid info page size";
  const isText = encodeUtf8(comment).length <= MAX_COMMENT_BYTES && !comment.includes("\0");
  return isText ? undefined : "invalid comment";
}

function checkSettings(settings: OnionSettings): void {
  const problem = onionSettingsProblem(settings);
  if (problem !== undefined) throw new HDF5Error("argument", problem);
}

/**
 * A new file, whose bytes are all in its first revision, in place of whatever the two held. Both become the result's.
 *
 * @throws HDF5Error "argument" for settings that no onion file can have.
 */
export function createOnion(original: ByteTarget, onion: ByteTarget, settings: OnionSettings): OnionTarget {
  checkSettings(settings);
  onion.truncate(0);
  original.truncate(0);
  original.write(0, encodeAscii(NO_ORIGINAL));
  const contents = beginning(0, settings);
  const opened = { revision: undefined, pageSize: contents.header.pageSize, logicalEnd: 0, originalEnd: 0, pages: [] };
  return begun(original, onion, contents, opened, settings);
}

/**
 * A file as its next revision begins: as the newest, or the one that `settings` name. Both sources become the result's.
 *
 * @param onion - Empty where there were no revisions so far.
 * @throws HDF5Error "argument" for a revision that there is not, "state" while somebody writes to the file.
 */
export function nextRevision(
  original: ByteSource,
  onion: ByteTarget,
  settings: OnionSettings,
  limits: Limits = DEFAULT_LIMITS,
): OnionTarget {
  checkSettings(settings);
  const contents = onion.byteLength() === 0 ? beginning(original.byteLength(), settings) : readOnion(onion, limits);
  if (settings.forceWriteOpen !== true) requireUnlocked(contents, original.name);
  const opened = findRevision(original, onion, contents, settings.revision, limits);
  if (opened.pageSize > limits.maxMetadataBytes) {
    // A page is held in memory while it is changed.
    throw new HDF5Error("limit", `pages of ${opened.pageSize} bytes`, { path: original.name });
  }
  return begun(original, onion, contents, opened, settings);
}

/** An onion file without revisions. */
function beginning(originalEnd: number, settings: OnionSettings): OnionContents {
  const { pageSize = ONION_PAGE_BYTES, pageAlignment = false } = settings;
  const history = { records: [] };
  const header = {
    flags: pageAlignment ? ONION_FLAG.PAGE_ALIGNMENT : 0,
    pageSize,
    originalEnd,
    historyAddress: ONION_HEADER_BYTES,
    historyByteLength: sizeOfOnionHistory(history),
  };
  return { header, history };
}

function begun(
  original: ByteSource,
  onion: ByteTarget,
  contents: OnionContents,
  opened: OpenedRevision,
  settings: OnionSettings,
): OnionTarget {
  if (onion.byteLength() === 0) writeHistory(onion, ONION_HEADER_BYTES, contents.history);
  const revision = new NewRevision(onion, contents, opened, settings);
  revision.lock();
  return new OnionTarget(original, onion, opened, revision.firstPage, revision);
}

function writeHeader(onion: ByteTarget, header: OnionHeader): void {
  const writer = new Writer();
  encodeOnionHeader(writer, header);
  onion.write(0, writer.toBytes());
}

function writeHistory(onion: ByteTarget, address: number, history: OnionHistory): void {
  const writer = new Writer(undefined, sizeOfOnionHistory(history));
  encodeOnionHistory(writer, history);
  onion.write(address, writer.toBytes());
}

/** UTC, as in "20220823T160423Z". */
function timeText(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, "");
}

/** What is known of a revision while it is made, and how the onion file gets to know of it. */
class NewRevision implements RevisionEnding {
  /** Where the first page goes. */
  readonly firstPage: number;
  private readonly onion: ByteTarget;
  private readonly contents: OnionContents;
  private readonly opened: OpenedRevision;
  private readonly comment: string;
  private readonly foundEnd: number;

  constructor(onion: ByteTarget, contents: OnionContents, opened: OpenedRevision, { comment = "" }: OnionSettings) {
    this.onion = onion;
    this.contents = contents;
    this.opened = opened;
    this.comment = comment;
    this.foundEnd = onion.byteLength();
    this.firstPage = this.aligned(this.foundEnd);
  }

  /** Nobody else opens the file from here on. */
  lock(): void {
    const { header } = this.contents;
    writeHeader(this.onion, { ...header, flags: header.flags | ONION_FLAG.WRITE_LOCK });
  }

  commit(written: WrittenRevision): void {
    try {
      this.writeRevision(written);
    } catch (cause) {
      this.abandon();
      throw cause;
    }
  }

  abandon(): void {
    const { onion, foundEnd } = this;
    try {
      writeHeader(onion, this.contents.header);
      if (onion.byteLength() > foundEnd) onion.truncate(foundEnd);
    } catch (error) {
      // What led here is what the caller gets to know of. A lock that stays can be opened by force.
      if (!isHdf5Error(error)) throw error;
    }
  }

  private writeRevision({ logicalEnd, pages, onionEnd }: WrittenRevision): void {
    const { onion } = this;
    const { header, history } = this.contents;
    const record = this.record(logicalEnd, pages);
    const byteLength = sizeOfOnionRevisionRecord(record);
    const writer = new Writer(undefined, byteLength);
    encodeOnionRevisionRecord(writer, record);
    onion.write(onionEnd, writer.toBytes());
    const historyAddress = this.aligned(onionEnd + byteLength);
    const longer = { records: [...history.records, { address: onionEnd, byteLength }] };
    writeHistory(onion, historyAddress, longer);
    // The header must not lead to what is not there, whenever the machine stops.
    onion.sync();
    const historyByteLength = sizeOfOnionHistory(longer);
    writeHeader(onion, { ...header, flags: this.flags(), historyAddress, historyByteLength });
  }

  private record(logicalEnd: number, pages: OnionRevisionRecord["pages"]): OnionRevisionRecord {
    const { opened, comment } = this;
    const revision = this.contents.history.records.length;
    return {
      revision,
      // One that was made from the original is its own parent, as the first is.
      parentRevision: opened.revision ?? revision,
      timeOfCreation: timeText(new Date()),
      logicalEnd,
      pageSize: opened.pageSize,
      pages,
      comment,
    };
  }

  /** Without the lock. */
  private flags(): number {
    const { header, history } = this.contents;
    const newest = history.records.length === 0 ? undefined : history.records.length - 1;
    const flags = header.flags & ~ONION_FLAG.WRITE_LOCK;
    return this.opened.revision === newest ? flags : flags | ONION_FLAG.DIVERGENT_HISTORY;
  }

  /** Where something behind an address begins. */
  private aligned(address: number): number {
    const { flags, pageSize } = this.contents.header;
    return (flags & ONION_FLAG.PAGE_ALIGNMENT) === 0 ? address : Math.ceil(address / pageSize) * pageSize;
  }
}
