/** A group whose bytes arrive later. */
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { AsyncDataset } from "./async-dataset.ts";
import { withMembers } from "./async-members.ts";
import { type AsyncNamedType, AsyncObject, OBJECT_MEMBERS } from "./async-object.ts";
import type { DatasetAccessOptions } from "./dataset-access.ts";
import type { Rank } from "./dtype-types.ts";
import { type GetOptions, Group } from "./group.ts";
import type { LinkedFileOptions } from "./group-options.ts";
import type { Link, LinkClass } from "./link-classes.ts";

const GROUP_MEMBERS = [
  "getGroup",
  "has",
  "items",
  "keys",
  "length",
  "reversed",
  "values",
] as const satisfies readonly (keyof Group)[];

/** An object that a path leads to. */
export type AsyncMember = AsyncGroup | AsyncDataset | AsyncNamedType;
/** The class that stands for an object's. */
export type AsyncMemberClass = typeof AsyncGroup | typeof AsyncDataset | typeof AsyncNamedType;

type Awaitable<T> = T | null | undefined | Promise<T | null | undefined>;

/** A group whose bytes arrive later: the members of `Group` that read, each giving a promise. */
export class AsyncGroup extends /* @__PURE__ */ withMembers(AsyncObject<Group>, Group, OBJECT_MEMBERS, GROUP_MEMBERS) {
  /** As `Group.get`; `getclass` gives the asynchronous class. */
  get<T extends AsyncMember = AsyncDataset>(path: string | ReferenceValue, options?: LinkedFileOptions): Promise<T>;
  get<D = undefined>(path: string, options: GetOptions<D> & { getclass: true; getlink: true }): Promise<LinkClass | D>;
  get<D = undefined>(path: string, options: GetOptions<D> & { getlink: true; getclass?: false }): Promise<Link | D>;
  get<D = undefined>(
    path: string,
    options: GetOptions<D> & { getclass: true; getlink?: false },
  ): Promise<AsyncMemberClass | D>;
  get<T extends AsyncMember, D>(
    path: string,
    options: LinkedFileOptions & { default: D; getclass?: false; getlink?: false },
  ): Promise<T | D>;
  get(path: string | ReferenceValue, options: GetOptions<unknown> = {}): Promise<unknown> {
    return this.wrapped((group) =>
      (group.get as (path: string | ReferenceValue, options: object) => unknown).call(group, path, options),
    );
  }

  /** As `Group.getDataset`. */
  getDataset<D = string, S extends Rank = "array">(
    path: string,
    options: DatasetAccessOptions = {},
  ): Promise<AsyncDataset<D, S>> {
    return this.wrapped((group) => group.getDataset(path, options)) as Promise<AsyncDataset<D, S>>;
  }

  /** As `Group.visit`; paths are collected before the first call. */
  async visit<T>(func: (name: string) => Awaitable<T>): Promise<T | null> {
    const names = await this.perform((group) => {
      const found: string[] = [];
      group.visit((name) => void found.push(name));
      return found;
    });
    return firstResult(names, func);
  }

  /** As `Group.visitItems`. */
  visitItems<T>(func: (name: string, object: AsyncMember) => Awaitable<T>): Promise<T | null> {
    return this.visit<T>(async (name) => func(name, await this.get<AsyncMember>(name)));
  }

  /** As `Group.visitLinks`; paths are collected before the first call. */
  visitLinks<T>(func: (name: string) => Awaitable<T>): Promise<T | null> {
    return this.visitItemsLinks<T>((name) => func(name));
  }

  /** As `Group.visitItemsLinks`; links are collected before the first call. */
  async visitItemsLinks<T>(func: (name: string, link: Link) => Awaitable<T>): Promise<T | null> {
    const links = await this.perform((group) => {
      const found: [string, Link][] = [];
      group.visitItemsLinks((name, link) => void found.push([name, link]));
      return found;
    });
    return firstResult(links, ([name, link]) => func(name, link));
  }

  /** Names. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.perform((group) => group.keys());
  }
}

async function firstResult<I, T>(items: readonly I[], func: (item: I) => Awaitable<T>): Promise<T | null> {
  for (const item of items) {
    const result = await func(item);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}
