/** What groups and attributes do as mappings, and calls that concern several files, made with h5ts. */
import { dirname, join } from "node:path";
import {
  type CopyOptions,
  type DatasetOptions,
  File,
  type FileOptions,
  Group,
  type Member,
  SoftLink,
} from "../../../src/index.ts";
import type { Call, ContainerCall, CreationSpec, Program, ValueSpec } from "./calls.ts";
import { classOf, info, readValue } from "./canonical.ts";
import { SpaceWatch } from "./space-watch.ts";
import { givenValue } from "./values.ts";

type CallOf<N extends Call["call"]> = Extract<Call, { call: N }>;

/** In the words of peer.py. */
export class NotAGroup extends Error {
  override readonly name = "TypeError";

  constructor() {
    super("not a group");
  }
}

export function libverOf({ libver }: Program["file"]) {
  return libver as Exclude<FileOptions["libver"], undefined>;
}

/** What opening a file that is there may be told. */
function accessOf({ options }: Program["file"]): FileOptions {
  const { rdccNbytes, alignmentThreshold, alignmentInterval } = options;
  return {
    ...(rdccNbytes === undefined ? {} : { rdccNbytes }),
    ...(alignmentThreshold === undefined ? {} : { alignmentThreshold }),
    ...(alignmentInterval === undefined ? {} : { alignmentInterval }),
  };
}

/** Calls as methods of the same names. */
export abstract class ContainerCalls implements Record<ContainerCall["call"], unknown> {
  protected file: File;
  private readonly path: string;
  private readonly spec: Program["file"];
  private readonly space: SpaceWatch;

  constructor(path: string, spec: Program["file"], mode: "w" | "r") {
    this.path = path;
    this.spec = spec;
    const { trackOrder, options } = spec;
    this.space = new SpaceWatch(spec);
    this.file =
      mode === "r" ? new File(path, "r") : new File(path, "w", { libver: libverOf(spec), trackOrder, ...options });
    if (mode === "w") this.space.begin(this.file);
  }

  protected abstract member(path: string): Member;
  protected abstract options(spec: CreationSpec): DatasetOptions;

  /** What is wrong with the use of space so far. */
  get spaceProblems(): readonly string[] {
    return this.space.problems;
  }

  close(): void {
    this.space.end(this.file);
    this.file.close();
  }

  reopen({ mode = "r+" }: CallOf<"reopen">) {
    this.close();
    const refusal = mode === "x" ? this.refusalOfNew() : undefined;
    const options = { libver: libverOf(this.spec), ...accessOf(this.spec) };
    this.file = new File(this.path, mode === "x" ? "r+" : mode, options);
    if (mode !== "r") this.space.begin(this.file);
    return [refusal ?? mode, this.file.mode, this.file.userblockSize, this.file.libver];
  }

  private refusalOfNew(): string {
    try {
      new File(this.path, "x").close();
      return "made";
    } catch (error) {
      return (error as Error).name;
    }
  }

  protected group(path: string): Group {
    const found = this.member(path);
    if (found instanceof Group) return found;
    throw new NotAGroup();
  }

  items({ path }: { path: string }) {
    return Array.from(this.group(path).items(), ([name, each]) => [name, classOf(each)]);
  }

  popItem({ path }: { path: string }) {
    const [name, each] = this.group(path).popItem();
    return [name, classOf(each)];
  }

  clear({ path }: { path: string }) {
    this.group(path).clear();
  }

  relations({ path }: { path: string }) {
    const thing = this.member(path);
    const { parent } = thing;
    const again = this.member(thing.name ?? "");
    return [
      parent.name,
      thing.equals(again),
      !thing.equals(again),
      thing.equals(parent),
      thing.hash() === again.hash(),
      thing.isOpen,
      this.file.get(thing.ref).name,
      thing.file.equals(this.file),
      this.file.has(thing.name ?? ""),
    ];
  }

  pop({ path, name, fallback }: CallOf<"pop">) {
    const found = this.group(path).pop<string>(name, ...(fallback ? (["fallback"] as const) : []));
    return typeof found === "string" ? found : classOf(found);
  }

  private given(values: readonly (readonly [string, ValueSpec])[]): [string, unknown][] {
    return values.map(([name, value]) => [name, givenValue(value, this.file)]);
  }

  update({ path, values }: CallOf<"update">) {
    this.group(path).update(this.given(values));
  }

  setDefault({ path, name, value }: CallOf<"setDefault">) {
    return info(this.group(path).setDefault(name, givenValue(value, this.file)), this.file);
  }

  visitUntil({ path, count }: CallOf<"visitUntil">) {
    const found: string[] = [];
    const result = this.group(path).visit((name) => (found.push(name) === count ? name : undefined));
    return [result, found];
  }

  attrItems({ path }: { path: string }) {
    return Array.from(this.member(path).attrs.items(), ([name, value]) => [name, readValue(value, this.file)]);
  }

  attrPopItem({ path }: { path: string }) {
    const { attrs } = this.member(path);
    const [name] = attrs.keys();
    if (name === undefined) throw new NoAttributes();
    attrs.pop(name);
    return name;
  }

  attrClear({ path }: { path: string }) {
    const { attrs } = this.member(path);
    for (const name of attrs.keys()) attrs.delete(name);
  }

  attrUpdate({ path, values }: CallOf<"attrUpdate">) {
    this.member(path).attrs.update(this.given(values));
  }

  attrSetDefault({ path, name, value }: CallOf<"attrSetDefault">) {
    const { attrs } = this.member(path);
    if (!attrs.has(name)) attrs.set(name, givenValue(value, this.file));
    return readValue(attrs.get(name), this.file);
  }

  anonymous({ path, options }: CallOf<"anonymous">) {
    const made =
      options === undefined ? this.file.createGroup(null) : this.file.createDataset(null, this.options(options));
    const before = made.name;
    try {
      this.file.set(path, made);
    } finally {
      // In Python it ends with the call.
      made.id.close();
    }
    return [before, info(this.member(path), this.file)];
  }

  burst({ path, what, count }: CallOf<"burst" | "prune">) {
    const thing = what === "attributes" ? this.member(path) : this.group(path);
    for (let i = 0; i < count; i++) this.addOne(thing, what, i);
    return what === "attributes" ? thing.attrs.length : (thing as Group).length;
  }

  private addOne(thing: Member, what: CallOf<"burst" | "prune">["what"], i: number): void {
    const name = `${what}${i}`;
    const numbers = Int32Array.from({ length: i }, (_, n) => n);
    switch (what) {
      case "groups":
        (thing as Group).createGroup(name).id.close();
        break;
      case "datasets":
        (thing as Group).createDataset(name, { data: numbers }).id.close();
        break;
      case "softLinks":
        (thing as Group).set(name, new SoftLink(`/${name}`));
        break;
      case "attributes":
        thing.attrs.set(name, numbers);
    }
  }

  prune({ path, what, count, every = 1 }: CallOf<"burst" | "prune">) {
    const container = what === "attributes" ? this.member(path).attrs : this.group(path);
    for (let i = 0; i < count; i += every) container.delete(`${what}${i}`);
    return container.length;
  }

  private other(): File {
    return new File(join(dirname(this.path), "other.h5"), "a", { libver: libverOf(this.spec) });
  }

  copyOut({ path, to, flags }: CallOf<"copyOut" | "copyIn">) {
    using other = this.other();
    this.file.copy(path, other, { name: to, ...flags } as CopyOptions);
    return other.keys();
  }

  copyIn({ path, to, flags }: CallOf<"copyOut" | "copyIn">) {
    using other = this.other();
    this.file.copy(other.get<Member>(path), this.file, { name: to, ...flags } as CopyOptions);
    return other.keys();
  }

  abstract scale(call: CallOf<"scale">): unknown;
}

/** In Python's words. */
class NoAttributes extends Error {
  override readonly name = "KeyError";
}
