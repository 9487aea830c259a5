/** What a program has made so far, as far as it is worth knowing to go on: calls that fail are taken to have worked. */
import type { Random } from "../trees/random.ts";
import type { SelectionSpec, TypeSpec } from "./calls.ts";
import type { Targets } from "./random-values.ts";

export interface ModelDataset {
  readonly path: string;
  readonly type: TypeSpec;
  /** The path under which it was made, where it has another one now. */
  readonly origin?: string;
  /** Null of one without elements. */
  shape: readonly number[] | null;
  readonly maxshape: readonly (number | null)[] | null;
  readonly chunks: boolean;
  readonly isVirtual?: boolean;
  /** Whether it shows virtual datasets: what goes through two of them the C library writes wrongly. */
  readonly isNested?: boolean;
  /** Whether it is in another file, of which neither hard links nor virtual mappings lead here. */
  readonly isElsewhere?: boolean;
  isSource?: boolean;
  /** Whether it has the n-bit filter, which h5py forgets where it makes a dataset like another. */
  readonly hasNbit?: boolean;
  /** Of one whose chunks are read and written as they are stored. */
  readonly stored?: { readonly chunks: readonly number[]; readonly filters: number };
}

export interface ModelAttribute {
  readonly path: string;
  readonly name: string;
  readonly type: TypeSpec;
  readonly shape: readonly number[] | null;
}

const NAMES = ["a", "b", "c", "d", "ä", "x y"];

export class ProgramModel {
  readonly groups = ["/"];
  readonly datasets: ModelDataset[] = [];
  readonly attributes: ModelAttribute[] = [];
  /** Of other objects and links. */
  readonly others: string[] = [];
  /** Committed datatypes. */
  readonly types: { path: string; type: TypeSpec }[] = [];
  readonly regions: { path: string; selection: SelectionSpec }[] = [];
  /** Whether there may be references: what they lead to is not removed. */
  isReferred = false;
  /** Scales, and what they were attached to. */
  readonly attached = new Set<string>();
  /** Whether objects have several names, of which references lead to one or another. */
  hasAliases = false;
  /** Whether h5ts has objects open for as long as the file. */
  readonly keepsOpen: boolean;
  /** What was made many of. */
  readonly bursts: {
    path: string;
    what: "groups" | "attributes" | "datasets" | "softLinks";
    count: number;
  }[] = [];
  /** Names in the other file, and what is known of datasets there. */
  readonly elsewhere: { name: string; dataset: ModelDataset | undefined }[] = [];
  /** Whether the file was opened for reading alone. */
  isReadOnly = false;
  private made = 0;

  constructor(keepsOpen: boolean) {
    this.keepsOpen = keepsOpen;
  }

  get targets(): Targets {
    const refer = () => {
      this.isReferred = true;
    };
    if (this.hasAliases) return { refer, objects: [], regions: [] };
    return { refer, objects: [...this.groups, ...this.datasets.map(({ path }) => path)], regions: this.regions };
  }

  /** Whether virtual datasets that stay open hold their sources, which nothing leads to any more once they are removed. */
  get holdsSources(): boolean {
    return this.keepsOpen && this.datasets.some(({ isSource }) => isSource);
  }

  nextNumber(): number {
    return this.made++;
  }

  /** A path that is free, or now and then one that is not. */
  newPath(random: Random): string {
    if (random.chance(0.02)) return this.anyPath(random);
    const name = `${random.pick(NAMES)}${this.made++}`;
    const parent = random.chance(0.1) ? `n${this.made}` : random.pick(this.groups);
    const path = parent === "/" ? name : `${parent}/${name}`;
    return random.chance(0.2) ? `/${path}` : path;
  }

  anyPath(random: Random): string {
    if (random.chance(0.03)) return random.pick(["nope", "a/nope", "/", ".", ""]);
    const paths = [...this.groups, ...this.datasets.map(({ path }) => path), ...this.others];
    return random.pick(paths);
  }

  dataset(random: Random): ModelDataset | undefined {
    const picked = random.chance(0.6) ? this.datasets.at(-1) : random.pick([undefined, ...this.datasets]);
    // What was made under a name that was taken is not there.
    return this.datasets.find(({ path }) => path === picked?.path);
  }

  /** What goes with a path goes. */
  remove(path: string): void {
    const isGone = (each: string) => each === path || each.startsWith(`${path}/`);
    keep(this.groups, (each) => each === "/" || !isGone(each));
    keep(this.datasets, (each) => !isGone(each.path));
    keep(this.attributes, (each) => !isGone(each.path));
    keep(this.others, (each) => !isGone(each));
    keep(this.types, (each) => !isGone(each.path));
    keep(this.regions, (each) => !isGone(each.path));
  }
}

function keep<T>(list: T[], test: (item: T) => boolean): void {
  list.splice(0, list.length, ...list.filter(test));
}
