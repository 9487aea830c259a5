/** Drivers by the names that the HDF5 tools have for them. Reference implementation: h5tools.c, `h5tools_set_fapl_vfd`. */
import { defaultMultiLayout, type SpreadDriver, splitLayout } from "../engine/file-drivers.ts";
import { UsageError } from "./option-reader.ts";

/** A driver of one file, or one of several. */
export type ToolDriver = { readonly name: string; readonly spread: SpreadDriver | undefined };

const ONE_FILE = ["sec2", "stdio", "core", "log"];

export const SEC2: ToolDriver = { name: "sec2", spread: undefined };
const FAMILY: ToolDriver = { name: "family", spread: { kind: "family", memberByteLength: undefined } };
const SPLIT: ToolDriver = { name: "split", spread: { kind: "multi", layout: splitLayout() } };
const MULTI: ToolDriver = { name: "multi", spread: { kind: "multi", layout: defaultMultiLayout() } };

/** What is tried in turn where no driver is named. */
export const DRIVERS_TO_TRY: readonly ToolDriver[] = [SEC2, FAMILY, SPLIT, MULTI];

/** A revision of the onion driver: a number, or settings in braces of which one is `revision_num`. */
export function revisionOf(info: string | undefined): number | undefined {
  const text = info?.startsWith("{") ? /revision_num\s*:\s*(\w+)/.exec(info)?.[1] : info;
  if (text === undefined || text.endsWith("REVISION_ID_LATEST")) return undefined;
  const digits = /^\s*(\d+)/.exec(text)?.[1];
  if (digits === undefined) throw new UsageError(`not a revision: "${info}"`);
  return Number(digits);
}

/** The driver of a name; undefined for no name. @throws UsageError for one that is not known. */
export function driverNamed(name: string | undefined, info: string | undefined): ToolDriver | undefined {
  if (name === undefined) return undefined;
  if (name === "onion") return { name, spread: { kind: "onion", revision: revisionOf(info) } };
  const known = [FAMILY, SPLIT, MULTI].find((driver) => driver.name === name);
  if (known !== undefined) return known;
  if (ONE_FILE.includes(name)) return { name, spread: undefined };
  throw new UsageError(`unknown file driver "${name}"`);
}
