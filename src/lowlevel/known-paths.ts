/** Which paths open objects may have: thousands may be open while thousands of links that none of them came by are deleted. */

/** So many paths may be added to those of a moment before they are looked up anew. */
const LEAST_ADDED = 1024;

/** Paths of objects that are or were open, and all above them; unknown before anybody asks. */
export class KnownPaths {
  private paths: Set<string> | undefined;
  private most = 0;

  /** An object has this path now. */
  add(path: string | null): void {
    const { paths } = this;
    if (paths === undefined || path === null) return;
    let rest = path;
    while (rest !== "" && !paths.has(rest)) {
      paths.add(rest);
      rest = rest.slice(0, rest.lastIndexOf("/"));
    }
    // Those of objects that were closed are among them.
    if (paths.size > this.most) this.paths = undefined;
  }

  /**
   * Whether an object may be at a path, or below it.
   *
   * @param list - Gives the paths of all that are open.
   */
  mayLeadTo(path: string, list: () => Iterable<string | null>): boolean {
    if (this.paths === undefined) {
      this.paths = new Set();
      this.most = Number.POSITIVE_INFINITY;
      for (const known of list()) this.add(known);
      this.most = 2 * this.paths.size + LEAST_ADDED;
    }
    return this.paths.has(path);
  }
}
