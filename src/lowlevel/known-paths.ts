/**
 * Open objects by their paths: thousands may be open while thousands of links are deleted or renamed, of which most lead to
 * none of them, and others to one.
 */

/** So many may be added to those of a moment before they are looked up anew. */
const LEAST_ADDED = 1024;

/** What has a path. */
export interface PathHolder {
  readonly valid: boolean;
  pathInFile(): string | null;
  /** By which the file knows it without keeping it; none while the file keeps it. */
  readonly fileReference: WeakRef<PathHolder> | undefined;
}

interface PathEntry<H> {
  readonly holders: Set<H | WeakRef<PathHolder>>;
  /** Paths right below that are known, too. */
  readonly below: Set<string>;
}

/** Who has which path; unknown before anybody asks. */
export class KnownPaths<H extends PathHolder> {
  private entries: Map<string, PathEntry<H>> | undefined;
  private added = 0;
  private most = 0;

  /** A holder has its path now. */
  add(holder: H): void {
    const { entries } = this;
    if (entries === undefined) return;
    const path = holder.pathInFile();
    if (path === null) return;
    entryAt(entries, path).holders.add(holder.fileReference ?? holder);
    // Who is gone without a word is among them.
    if (++this.added > this.most) this.entries = undefined;
  }

  /** A holder is no more, or another thing stands for it from now on, and it will be added again. */
  remove(holder: H): void {
    const { entries } = this;
    if (entries === undefined) return;
    const known = entries.get(holder.pathInFile() ?? "")?.holders;
    if (known === undefined) return;
    known.delete(holder);
    if (holder.fileReference !== undefined) known.delete(holder.fileReference);
  }

  /**
   * Takes out those at a path and below it.
   *
   * @param list - Gives all that there are.
   */
  take(path: string, list: () => Iterable<H>): H[] {
    const entries = this.entries ?? this.lookUp(list());
    const taken: H[] = [];
    if (!entries.has(path)) return taken;
    entries.get(parentOf(path))?.below.delete(path);
    const paths = [path];
    for (let next = paths.pop(); next !== undefined; next = paths.pop()) {
      const entry = entries.get(next);
      entries.delete(next);
      for (const known of entry?.holders ?? []) {
        const holder = known instanceof WeakRef ? (known.deref() as H | undefined) : known;
        if (holder?.valid) taken.push(holder);
      }
      for (const lower of entry?.below ?? []) paths.push(lower);
    }
    return taken;
  }

  private lookUp(list: Iterable<H>): Map<string, PathEntry<H>> {
    const entries = new Map<string, PathEntry<H>>();
    this.entries = entries;
    this.added = 0;
    this.most = Number.POSITIVE_INFINITY;
    for (const holder of list) this.add(holder);
    this.most = 2 * this.added + LEAST_ADDED;
    return entries;
  }
}

/** Also of "/a" that of the root, "". */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The entry of a path, which all above it lead to. */
function entryAt<H>(entries: Map<string, PathEntry<H>>, path: string): PathEntry<H> {
  const known = entries.get(path);
  if (known !== undefined) return known;
  const entry: PathEntry<H> = { holders: new Set(), below: new Set() };
  entries.set(path, entry);
  if (path !== "") entryAt(entries, parentOf(path)).below.add(path);
  return entry;
}
