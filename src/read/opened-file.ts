/** Files that are only read, and the others that names in them lead to. */

import type { ChunkCacheSettings } from "../engine/chunks/chunk-cache-settings.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { ExternalAccess, FileOpener } from "../engine/file-opener.ts";
import type { OpenFileOptions } from "../engine/file-options.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { H5File } from "../engine/h5-file.ts";
import type { Selection } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import { openPath } from "../io/path-source.ts";
import type { ByteSource } from "../io/source.ts";
import { beginAccess } from "../lowlevel/dataset-access.ts";
import { followExternal, isFollowingLink } from "../lowlevel/external-links.ts";
import { OPENING_DEFAULTS } from "../lowlevel/file-access.ts";
import { type FileResolver, fileSystemOpener, resolvingOpener } from "../lowlevel/file-finder.ts";
import type { DatasetAccessRequest, ObjectPlace, PlaceFile, SpaceQuestions } from "../lowlevel/open-object.ts";
import { identityOf } from "../lowlevel/open-source.ts";
import { ACC_RDONLY, ACC_SWMR_READ } from "../lowlevel/shared-file.ts";
import { type FileOfHandles, Handle } from "./handle.ts";
import { Space } from "./space.ts";

/** How a file is opened. */
export interface OpeningSettings {
  readonly chunkCache: ChunkCacheSettings;
  readonly externalAccess: ExternalAccess | undefined;
  readonly resolver: FileResolver | undefined;
  /** Whether another process may be writing to it. */
  readonly swmr: boolean | undefined;
}

/** A file of the set, however many handles it has. */
interface Member {
  readonly engine: H5File;
  readonly source: ByteSource;
  readonly name: string;
  /** What the system knows it by; for bytes a number. */
  readonly identity: string;
  /** Whether it stays open with the first file: as that, or for a virtual dataset. */
  isKept: boolean;
  /** Held by the handles of its objects. */
  opening?: WeakRef<OpenedFile>;
}

let nextNumber = 1;

/** Files that were opened to follow a link close when their last handle is dropped. */
const dropped = new FinalizationRegistry<OpenFiles>((files) => files.closeUnused());

/** A file and the others that were opened for it. */
class OpenFiles {
  readonly #members = new Map<H5File, Member>();
  readonly #opener: FileOpener;
  readonly #externalAccess: ExternalAccess;

  constructor({ resolver, externalAccess }: OpeningSettings) {
    const open = (found: string | ByteSource, from: H5File) => this.#openOther(found, from);
    this.#opener = resolver === undefined ? fileSystemOpener(open) : resolvingOpener(resolver, open);
    this.#externalAccess = externalAccess ?? "anywhere";
  }

  #openOther(found: string | ByteSource, from: H5File): H5File {
    const member = this.open(found, { swmrRead: from.storage.isChanging });
    if (!isFollowingLink()) member.isKept = true;
    return member.engine;
  }

  /** Opens a file, unless it is open in the set. */
  open(name: string | ByteSource, options: OpenFileOptions): Member {
    const isPath = typeof name === "string";
    const source = isPath ? openPath(name, "r") : name;
    const identity = identityOf(source) || `${nextNumber++}`;
    for (const known of this.#members.values()) {
      if (known.identity !== identity) continue;
      if (known.source !== source) source.close();
      return known;
    }
    try {
      const engine = H5File.open(source, {
        ...options,
        opener: this.#opener,
        externalAccess: this.#externalAccess,
      });
      // Whatever may have to be fetched first is, before anyone gets to know of the file.
      engine.root();
      engine.externalResolver = followExternal;
      const member = { engine, source, name: isPath ? name : name.name, identity, isKept: false };
      this.#members.set(engine, member);
      return member;
    } catch (error) {
      // A source that the caller made stays open: the operation may be started over with it.
      if (isPath) source.close();
      throw error;
    }
  }

  openingOf(engine: H5File): OpenedFile {
    const member = this.#members.get(engine) as Member;
    const known = member.opening?.deref();
    if (known !== undefined) return known;
    const opening = new OpenedFile(this, member);
    member.opening = new WeakRef(opening);
    dropped.register(opening, this);
    return opening;
  }

  /** Closes files that nobody has handles of. */
  closeUnused(): void {
    for (const member of this.#members.values()) {
      if (!member.isKept && member.opening?.deref() === undefined) this.#close(member);
    }
  }

  #close({ engine }: Member): void {
    this.#members.delete(engine);
    engine.close();
  }

  /** Closes a file; with the first one also those that stayed open with it, and of which nobody has handles. */
  close(member: Member): void {
    this.#close(member);
    if (!member.isKept) return;
    for (const other of this.#members.values()) other.isKept = false;
    this.closeUnused();
  }
}

export class OpenedFile implements FileOfHandles {
  readonly #files: OpenFiles;
  readonly #member: Member;

  constructor(files: OpenFiles, member: Member) {
    this.#files = files;
    this.#member = member;
  }

  /** @throws the engine's errors. */
  static open(name: string | ByteSource, settings: OpeningSettings): OpenedFile {
    const files = new OpenFiles(settings);
    const member = files.open(name, { chunkCache: settings.chunkCache, swmrRead: settings.swmr === true });
    member.isKept = true;
    return new OpenedFile(files, member);
  }

  get engine(): H5File {
    return this.#member.engine;
  }

  get source(): ByteSource {
    return this.#member.source;
  }

  get name(): string {
    return this.#member.name;
  }

  get identity(): string {
    return this.#member.identity;
  }

  get access(): PlaceFile["access"] {
    const { nslots, nbytes, w0 } = this.engine.chunkCache;
    return { ...OPENING_DEFAULTS, chunkCacheSlots: nslots, chunkCacheBytes: nbytes, chunkCacheW0: w0 };
  }

  get intent(): number {
    return this.engine.storage.isChanging ? ACC_SWMR_READ : ACC_RDONLY;
  }

  closeUnused(): void {
    this.#files.closeUnused();
  }

  another(engine: H5File): OpenedFile {
    return this.#files.openingOf(engine);
  }

  root(): Handle<GroupObject> {
    return new Handle<GroupObject>({ file: this, object: this.engine.root(), path: "/" });
  }

  handleOf({ object, path }: ObjectPlace): Handle {
    if (object instanceof DatasetObject) return this.datasetHandle({ object, path }, {});
    return new Handle({ file: this, object, path });
  }

  datasetHandle(
    { object, path }: Pick<ObjectPlace<DatasetObject>, "object" | "path">,
    { changes }: DatasetAccessRequest,
  ): Handle<DatasetObject> {
    const isFirst = !this.engine.isOpenAt(object.address);
    const handle = new Handle({ file: this, object, path });
    beginAccess(handle, isFirst, changes);
    return handle;
  }

  spaceOf(extent: Dataspace, selection: Selection): SpaceQuestions {
    return new Space(extent, selection);
  }

  close(): void {
    this.#files.close(this.#member);
  }
}
