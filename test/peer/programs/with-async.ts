/** The calls of programs that read, made with a file whose bytes arrive later. */
import {
  type AsyncByteSource,
  AsyncDataset,
  type AsyncFile,
  AsyncGroup,
  type AsyncMember,
  type File,
  type Link,
  openAsync,
} from "../../../src/index.ts";
import type { Answer, Call } from "./calls.ts";
import { linkClass, linkOf, readValue, slicesOf } from "./canonical.ts";
import { NotAGroup } from "./container-calls.ts";
import { dtypeOf, selectionOf } from "./values.ts";
import { type DirectCall, directOf, NotADataset } from "./with-h5ts.ts";

type CallOf<N extends Call["call"]> = Extract<Call, { call: N }>;

const READING = [
  "keys",
  "items",
  "has",
  "visit",
  "visitItems",
  "visitUntil",
  "get",
  "attrGet",
  "attrItems",
  "attrHas",
  "attrKeys",
  "attrDefault",
] as const;
const DATASETS = ["read", "readDirect", "len", "iterChunks", "scales", "region"] as const;
type ReadingName = (typeof READING)[number] | (typeof DATASETS)[number];
type ReadingCall = CallOf<ReadingName | "popItem" | "clear" | "relations" | "attrPopItem" | "attrClear"> & {
  readonly call: ReadingName;
};

export function isReading(call: Call): call is ReadingCall {
  return [...READING, ...DATASETS].some((name) => name === call.call);
}

/** Bytes that come later, in their own time. */
function lateBytes(bytes: Uint8Array): AsyncByteSource {
  return {
    name: "late.h5",
    byteLength: async () => bytes.length,
    read: async (offset, byteLength) => {
      await new Promise((resolve) => setImmediate(resolve));
      return bytes.slice(offset, offset + byteLength);
    },
  };
}

export class AsyncReader {
  private readonly file: AsyncFile;
  /** The same file with its bytes at hand, for arguments and for what references lead to. */
  private readonly known: File;

  private constructor(file: AsyncFile, known: File) {
    this.file = file;
    this.known = known;
  }

  /** @param pageSize - Null: all bytes are there. */
  static async open(bytes: Uint8Array, known: File, pageSize: number | null): Promise<AsyncReader> {
    const small = { pageSize: pageSize ?? 0, cacheSize: 4096, headSize: 512, joinedGap: 0 };
    const file = pageSize === null ? await openAsync(bytes) : await openAsync(lateBytes(bytes), small);
    return new AsyncReader(file, known);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async answer(call: ReadingCall): Promise<Answer> {
    try {
      const ok: unknown = await (this[call.call] as (call: ReadingCall) => Promise<unknown>)(call);
      return { ok: ok === undefined ? null : ok };
    } catch (error) {
      if (error instanceof Error) return { error: error.name, text: error.message };
      throw error;
    }
  }

  private member(path: string): Promise<AsyncMember> {
    return this.file.get<AsyncMember>(path);
  }

  private async group(path: string): Promise<AsyncGroup> {
    const found = await this.member(path);
    if (found instanceof AsyncGroup) return found;
    throw new NotAGroup();
  }

  protected async items({ path }: { path: string }) {
    return (await (await this.group(path)).items()).map(([name, each]) => [name, classOf(each)]);
  }

  protected async visitUntil({ path, count }: CallOf<"visitUntil">) {
    const found: string[] = [];
    const result = await (await this.group(path)).visit((name) => (found.push(name) === count ? name : undefined));
    return [result, found];
  }

  protected async attrItems({ path }: { path: string }) {
    const items = (await (await this.attrs(path)).items()) as [string, unknown][];
    return items.map(([name, value]) => [name, readValue(value, this.known)]);
  }

  private async dataset(path: string): Promise<AsyncDataset> {
    const found = await this.member(path);
    if (found instanceof AsyncDataset) return found;
    throw new NotADataset();
  }

  protected async keys({ path }: { path: string }) {
    const group = await this.group(path);
    const values = await group.values();
    return [await group.keys(), await group.length, await group.reversed(), values.map(classOf)];
  }

  protected has({ path }: { path: string }) {
    return this.file.has(path);
  }

  protected async visit({ path }: { path: string }) {
    const found: string[] = [];
    await (await this.group(path)).visit((name) => void found.push(name));
    return found;
  }

  protected async visitItems({ path }: { path: string }) {
    const found: unknown[] = [];
    await (await this.group(path)).visitItems((name, each) => void found.push([name, classOf(each), each.name]));
    return found;
  }

  protected async get({ path, fallback, getclass, getlink }: CallOf<"get">) {
    const found: unknown = await this.file.get(path, {
      ...(fallback ? { default: "fallback" } : {}),
      ...(getclass || getlink ? { getclass, getlink } : {}),
    } as object);
    if (found === undefined || typeof found === "string") return found;
    if (getclass && getlink) return linkClass(new (found as new (a: string, b: string) => Link)("", ""));
    if (getclass) return found === AsyncGroup ? "Group" : found === AsyncDataset ? "Dataset" : "Datatype";
    return getlink ? linkOf(found as Link) : [classOf(found), (found as AsyncMember).name];
  }

  private async attrs(path: string) {
    return await (await this.member(path)).attrs;
  }

  protected async attrGet({ path, name }: CallOf<"attrGet">) {
    return readValue(await (await this.attrs(path)).get(name), this.known);
  }

  protected async attrDefault({ path, name }: CallOf<"attrDefault">) {
    const value: unknown = await (await this.attrs(path)).get(name, { default: "fallback" });
    return typeof value === "string" ? value : String(value).startsWith("Empty");
  }

  protected async attrHas({ path, name }: CallOf<"attrHas">) {
    return (await this.attrs(path)).has(name);
  }

  protected async attrKeys({ path }: { path: string }) {
    return (await this.attrs(path)).keys();
  }

  protected async read({ path, selection, view }: CallOf<"read">) {
    const dataset = await this.dataset(path);
    const args = selectionOf(selection, this.known);
    const values = () => {
      if (view === undefined) return dataset.read<unknown>(args);
      if ("astype" in view) return dataset.astype(dtypeOf(view.astype)).then((each) => each.read<unknown>(args));
      if ("fields" in view) return dataset.fields(view.fields).then((each) => each.read<unknown>(args));
      return dataset.asstr(view.asstr ?? undefined, view.errors).then((each) => each.read<unknown>(args));
    };
    return readValue(await values(), this.known);
  }

  protected async readDirect(call: DirectCall) {
    const dataset = await this.dataset(call.path);
    const { given, selections } = directOf(call, this.known);
    await dataset.readDirect(given, selections);
    return readValue(given, this.known);
  }

  protected async len({ path }: { path: string }) {
    return (await this.dataset(path)).len();
  }

  protected async iterChunks({ path, selection }: CallOf<"iterChunks">) {
    const dataset = await this.dataset(path);
    const args = selection === undefined ? undefined : (selectionOf(selection, this.known) as number);
    return Array.from(await dataset.iterChunks(args), slicesOf);
  }

  protected async scales({ path }: { path: string }) {
    const found: unknown[] = [];
    for await (const each of await (await this.dataset(path)).dims) {
      const items = (await each.items()) as unknown as [string, AsyncDataset][];
      // Their own names are null: what was not opened by a path would have to look for one.
      const scales = items.map(async ([name, scale]) => [name, await scale.run((dataset) => dataset.name)]);
      found.push([await each.label, await each.length, await Promise.all(scales)]);
    }
    return found;
  }

  protected async region({ path, selection }: CallOf<"region">) {
    const proxy = await (await this.dataset(path)).regionref;
    const reference = await proxy.get(selectionOf(selection, this.known));
    return [await proxy.shape(reference), await proxy.selection(reference)];
  }
}

function classOf(thing: unknown): string {
  if (thing === undefined) return "NoneType";
  return thing instanceof AsyncDataset ? "Dataset" : thing instanceof AsyncGroup ? "Group" : "Datatype";
}
