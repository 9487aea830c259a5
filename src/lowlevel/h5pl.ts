/**
 * Plug-ins: filters that are found when a dataset needs them. C: `H5PL`. h5py: `h5py.h5pl`.
 *
 * The C library looks for shared libraries in the folders of a table of paths. Here a plug-in is a filter in JavaScript that
 * somebody has put at a place, which has whatever name they like; places are searched in the order of the table.
 */
import type { Filter } from "../filters/filter.ts";
import { setFilterFinder } from "../filters/registry.ts";
import { argumentError } from "./api-error.ts";
import { type Name, type Size, toInt, toName, toUnsigned } from "./arguments.ts";

/** Kinds of plug-ins, bits of the loading state. C: `H5PL_FILTER_PLUGIN`, … */
export const FILTER_PLUGIN = 0x0001;
export const ALL_PLUGIN = 0xffff;

/** Where plug-ins are looked for unless the table is changed. C: `H5PL_DEFAULT_PATH`. */
export const DEFAULT_PATH = "/usr/local/hdf5/lib/plugin";

const paths: string[] = [DEFAULT_PATH];
/** Filters by place and number. */
const places = new Map<string, Map<number, Filter>>();
let loadingState = ALL_PLUGIN;

function findPlugin(id: number): Filter | undefined {
  if ((loadingState & FILTER_PLUGIN) === 0) return undefined;
  for (const path of paths) {
    const found = places.get(path)?.get(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Puts a filter at a place, instead of one of that number there. It is used, and registered, when a dataset needs its number,
 * nobody has registered one, and the place is in the table of paths.
 *
 * @param path - Default: the first place of the table.
 */
export function provide(filter: Filter, path: Name = paths[0] ?? DEFAULT_PATH): void {
  const place = requirePath("H5PLprepend", path);
  const filters = places.get(place) ?? new Map<number, Filter>();
  filters.set(filter.id, filter);
  places.set(place, filters);
  setFilterFinder(findPlugin);
}

/** Takes a filter away from a place; one that was found there before stays registered. Returns whether there was one. */
export function withdraw(filterCode: Size, path: Name = paths[0] ?? DEFAULT_PATH): boolean {
  return places.get(toName(path))?.delete(toInt(filterCode)) ?? false;
}

/** Which kinds of plug-ins are used: bits of `h5pl.…_PLUGIN`. Default all. C: `H5PLset_loading_state`. */
export function setLoadingState(kinds: Size): void {
  loadingState = toUnsigned(kinds);
}

/** Which kinds of plug-ins are used: bits of `h5pl.…_PLUGIN`, all by default. C: `H5PLget_loading_state`. */
export function getLoadingState(): number {
  return loadingState;
}

function requirePath(where: string, path: Name): string {
  const text = toName(path);
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", "plugin_path parameter cannot have length zero");
  return text;
}

function requireIndex(where: string, index: Size): number {
  const position = toUnsigned(index);
  if (position < paths.length) return position;
  const problem = `index path out of bounds for table - can't be more than ${paths.length - 1}`;
  throw argumentError(where, "ARGS", "BADVALUE", paths.length === 0 ? "path table is empty" : problem);
}

/** Adds a place behind the others. @throws ValueError for an empty one. C: `H5PLappend`. */
export function append(searchPath: Name): void {
  paths.push(requirePath("H5PLappend", searchPath));
}

/** Adds a place before the others. @throws as {@link append}. C: `H5PLprepend`. */
export function prepend(searchPath: Name): void {
  paths.unshift(requirePath("H5PLprepend", searchPath));
}

/**
 * Puts another place at a position of the table.
 *
 * @throws ValueError for a position that there is none of. C: `H5PLreplace`.
 */
export function replace(searchPath: Name, index: Size): void {
  const path = requirePath("H5PLreplace", searchPath);
  paths[requireIndex("H5PLreplace", index)] = path;
}

/**
 * Adds a place at a position of the table, where one is unless the table is empty; those from there on move back.
 *
 * @throws ValueError for another position. C: `H5PLinsert`.
 */
export function insert(searchPath: Name, index: Size): void {
  const path = requirePath("H5PLinsert", searchPath);
  paths.splice(paths.length === 0 && toUnsigned(index) === 0 ? 0 : requireIndex("H5PLinsert", index), 0, path);
}

/** Takes a place out of the table. @throws as {@link replace}. C: `H5PLremove`. */
export function remove(index: Size): void {
  paths.splice(requireIndex("H5PLremove", index), 1);
}

/** The place at a position of the table, from 0. @throws as {@link replace}. C: `H5PLget`. */
export function get(index: Size): string {
  return paths[requireIndex("H5PLget", index)] as string;
}

/** Number of places in the table; 1 at first. C: `H5PLsize`. */
export function size(): number {
  return paths.length;
}
