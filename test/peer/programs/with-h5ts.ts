/** The calls of programs, made with h5ts. */

import type { Datatype as DatatypeValue } from "../../../src/format/datatype.ts";
import {
  type CopyOptions,
  Dataset,
  type DatasetOptions,
  type Datatype,
  type DirectArray,
  type DirectSelections,
  ExternalLink,
  type File,
  Group,
  h5t,
  type Link,
  type Member,
  SoftLink,
  VirtualLayout,
  VirtualSource,
} from "../../../src/index.ts";
import type { Answer, Call, CreationSpec, Program, StorageSpec } from "./calls.ts";
import { classOf, info, linkClass, linkOf, readValue, slicesOf } from "./canonical.ts";
import { LowLevelCalls } from "./low-level-calls.ts";
import { dtypeOf, givenValue, selectionOf } from "./values.ts";

type CallOf<N extends Call["call"]> = Extract<Call, { call: N }>;
export type DirectCall = Extract<Call, { array: unknown }>;

/** In the words of peer.py. */
export class NotADataset extends Error {
  override readonly name = "TypeError";

  constructor() {
    super("not a dataset");
  }
}

/** An array of the caller's, and what goes where. */
export function directOf(call: Pick<DirectCall, "array" | "source" | "destination">, f: File) {
  const { source, destination } = call;
  const selections: DirectSelections = {
    ...(source === undefined ? {} : { source: selectionOf(source, f) }),
    ...(destination === undefined ? {} : { destination: selectionOf(destination, f) }),
  };
  return { given: givenValue(call.array, f) as DirectArray, selections };
}

/** A file of h5ts, and the calls as methods of the same names. */
export class Session extends LowLevelCalls {
  private readonly keepsOpen: boolean;
  private readonly opened: Member[] = [];

  /** @param mode - `w` for a new file, `r` for one that is there. */
  constructor(path: string, spec: Program["file"], mode: "w" | "r" = "w") {
    super(path, spec, mode);
    this.keepsOpen = spec.keepsOpen;
  }

  answer(call: Call): Answer {
    try {
      const ok = (this[call.call] as (call: Call) => unknown)(call);
      return { ok: ok === undefined ? null : ok };
    } catch (error) {
      if (error instanceof Error) return { error: error.name, text: error.message };
      throw error;
    } finally {
      if (!this.keepsOpen) this.closeOpened();
    }
  }

  /** As Python does it, as soon as nobody has them. */
  private closeOpened(): void {
    for (const each of this.opened.splice(0)) if (each.isOpen) each.id.close();
  }

  protected override member(path: string): Member {
    return this.opens(this.file.get<Member>(path));
  }

  protected override opens<T extends Member>(member: T): T {
    this.opened.push(member);
    return member;
  }

  protected override dataset(path: string): Dataset {
    const found = this.member(path);
    if (found instanceof Dataset) return found;
    throw new NotADataset();
  }

  protected override made(dataset: Dataset) {
    return info(this.opens(dataset), this.file);
  }

  private createGroup({ path, trackOrder }: CallOf<"createGroup">) {
    return this.file.createGroup(path, trackOrder === undefined ? {} : { trackOrder }).name;
  }

  private requireGroup({ path }: { path: string }) {
    return this.file.requireGroup(path).name;
  }

  protected override options(spec: CreationSpec | StorageSpec): DatasetOptions {
    const { dtype, named, data, fillvalue, ...others } = spec as CreationSpec;
    return {
      ...others,
      ...(dtype === undefined ? {} : { dtype: dtypeOf(dtype) }),
      ...(named === undefined ? {} : { dtype: this.member(named) as Datatype }),
      ...(data === undefined ? {} : { data: givenValue(data, this.file) }),
      ...(fillvalue === undefined ? {} : { fillvalue: givenValue(fillvalue, this.file) }),
    };
  }

  private createDataset({ path, options }: CallOf<"createDataset">) {
    return this.made(this.file.createDataset(path, this.options(options)));
  }

  private requireDataset({ path, shape, dtype, exact }: CallOf<"requireDataset">) {
    return this.made(this.file.requireDataset(path, { shape, dtype: dtypeOf(dtype), exact }));
  }

  private createLike({ path, other, options }: CallOf<"createLike">) {
    return this.made(this.file.createDatasetLike(path, this.dataset(other), this.options(options)));
  }

  private createVirtual({ path, shape, dtype, fillvalue, mappings }: CallOf<"createVirtual">) {
    const layout = new VirtualLayout({ shape, dtype: dtypeOf(dtype) });
    for (const { target, source, elsewhere, selection } of mappings) {
      const whole =
        elsewhere === undefined
          ? new VirtualSource(this.dataset(source))
          : new VirtualSource(elsewhere.file, {
              name: source,
              shape: elsewhere.shape,
              dtype: dtypeOf(elsewhere.dtype),
            });
      const part = whole.select(selectionOf(selection, this.file) as number);
      layout.set(selectionOf(target, this.file) as number, part);
    }
    const options = fillvalue === undefined ? {} : { fillvalue: givenValue(fillvalue, this.file) };
    return this.made(this.file.createVirtualDataset(path, layout, options));
  }

  private set({ path, value }: CallOf<"set">) {
    this.file.set(path, givenValue(value, this.file));
  }

  private link({ path, soft, file, hard }: CallOf<"link">) {
    if (hard !== undefined) this.file.set(path, this.member(hard));
    else this.file.set(path, file === undefined ? new SoftLink(soft ?? "") : new ExternalLink(file, soft ?? ""));
  }

  private commit({ path, dtype }: CallOf<"commit">) {
    this.file.set(path, h5t.pyCreate(dtypeOf(dtype) as string | DatatypeValue));
  }

  private delete({ path }: { path: string }) {
    this.file.delete(path);
  }

  private move({ path, to }: CallOf<"move">) {
    this.file.move(path, to);
  }

  private copy({ path, to, into, flags }: CallOf<"copy">) {
    this.file.copy(path, into ? (this.member(to) as Group) : to, flags as CopyOptions);
  }

  private get({ path, fallback, getclass, getlink }: CallOf<"get">) {
    const found: unknown = this.file.get(path, {
      ...(fallback ? { default: "fallback" } : {}),
      ...(getclass || getlink ? { getclass, getlink } : {}),
    } as object);
    if (found === undefined || typeof found === "string") return found;
    if (getclass && getlink) return linkClass(new (found as new (a: string, b: string) => Link)("", ""));
    if (getclass) return found === Group ? "Group" : found === Dataset ? "Dataset" : "Datatype";
    return getlink ? linkOf(found as Link) : [classOf(found), (found as Member).name];
  }

  private keys({ path }: { path: string }) {
    const group = this.group(path);
    return [group.keys(), group.length, group.reversed(), Array.from(group.values(), classOf)];
  }

  private has({ path }: { path: string }) {
    return this.file.has(path);
  }

  private visit({ path }: { path: string }) {
    const found: string[] = [];
    this.group(path).visit((name) => void found.push(name));
    return found;
  }

  private visitItems({ path }: { path: string }) {
    const found: unknown[] = [];
    this.group(path).visitItems((name, each) => void found.push([name, classOf(each), each.name]));
    return found;
  }

  private info({ path }: { path: string }) {
    return info(this.member(path), this.file);
  }

  private attrSet({ path, name, value }: CallOf<"attrSet">) {
    this.member(path).attrs.set(name, givenValue(value, this.file));
  }

  private attrModify({ path, name, value }: CallOf<"attrModify">) {
    this.member(path).attrs.modify(name, givenValue(value, this.file));
  }

  private attrCreate({ path, name, value, shape, dtype, named }: CallOf<"attrCreate">) {
    // Before the object, as there.
    const type = named === undefined ? dtype && dtypeOf(dtype) : (this.member(named) as Datatype);
    this.member(path).attrs.create(name, givenValue(value, this.file), {
      ...(type === undefined ? {} : { dtype: type }),
      ...(shape === undefined ? {} : { shape }),
    });
  }

  private attrGet({ path, name }: CallOf<"attrGet">) {
    return readValue(this.member(path).attrs.get(name), this.file);
  }

  private attrDefault({ path, name }: CallOf<"attrDefault">) {
    const value: unknown = this.member(path).attrs.get(name, { default: "fallback" });
    return typeof value === "string" ? value : String(value).startsWith("Empty");
  }

  private attrDelete({ path, name }: CallOf<"attrDelete">) {
    this.member(path).attrs.delete(name);
  }

  private attrPop({ path, name }: CallOf<"attrPop">) {
    return readValue(this.member(path).attrs.pop(name), this.file);
  }

  private attrHas({ path, name }: CallOf<"attrHas">) {
    return this.member(path).attrs.has(name);
  }

  private attrKeys({ path }: { path: string }) {
    return this.member(path).attrs.keys();
  }

  private read({ path, selection, view }: CallOf<"read">) {
    const dataset = this.dataset(path);
    const args = selectionOf(selection, this.file);
    if (view === undefined) return readValue(dataset.read<unknown>(args), this.file);
    if ("astype" in view) return readValue(dataset.astype(dtypeOf(view.astype)).read<unknown>(args), this.file);
    if ("fields" in view) return readValue(dataset.fields(view.fields).read<unknown>(args), this.file);
    return readValue(dataset.asstr(view.asstr ?? undefined, view.errors).read<unknown>(args), this.file);
  }

  private write({ path, selection, value }: CallOf<"write">) {
    this.dataset(path).write(selectionOf(selection, this.file), givenValue(value, this.file));
  }

  private readDirect(call: DirectCall) {
    const dataset = this.dataset(call.path);
    const { given, selections } = directOf(call, this.file);
    dataset.readDirect(given, selections);
    return readValue(given, this.file);
  }

  private writeDirect(call: DirectCall) {
    const dataset = this.dataset(call.path);
    const { given, selections } = directOf(call, this.file);
    dataset.writeDirect(given, selections);
  }

  private resize({ path, size, axis }: CallOf<"resize">) {
    const dataset = this.dataset(path);
    dataset.resize(size, axis);
    return dataset.shape;
  }

  private iterate({ path }: { path: string }) {
    return Array.from(this.dataset(path), (row) => readValue(row, this.file));
  }

  private len({ path }: { path: string }) {
    return this.dataset(path).len();
  }

  private iterChunks({ path, selection }: CallOf<"iterChunks">) {
    const args = selection === undefined ? undefined : (selectionOf(selection, this.file) as number);
    return Array.from(this.dataset(path).iterChunks(args), slicesOf);
  }

  private label({ path, axis, text }: CallOf<"label">) {
    const dimension = this.dataset(path).dims.get(axis);
    dimension.label = text;
    return dimension.label;
  }

  private makeScale({ path, name }: CallOf<"makeScale">) {
    this.dataset(path).makeScale(name);
  }

  private attach({ path, axis, scale }: CallOf<"attach">) {
    this.dataset(path).dims.get(axis).attachScale(this.dataset(scale));
  }

  private detach({ path, axis, scale }: CallOf<"detach">) {
    this.dataset(path).dims.get(axis).detachScale(this.dataset(scale));
  }

  private scales({ path }: { path: string }) {
    return Array.from(this.dataset(path).dims, (d) => [
      d.label,
      d.length,
      d.items().map(([name, each]) => [name, each.name]),
    ]);
  }

  override scale({ path, axis, which }: CallOf<"scale">) {
    return this.dataset(path).dims.get(axis).get(which).name;
  }

  private region({ path, selection }: CallOf<"region">) {
    const dataset = this.dataset(path);
    const reference = dataset.regionref.get(selectionOf(selection, this.file));
    return [dataset.regionref.shape(reference), dataset.regionref.selection(reference)];
  }
}
