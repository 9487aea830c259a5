// What there is to cover, and what stands for it here: docs/api/*.tsv and docs/api/*.json.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../process.mjs";

const folder = join(root, "docs/api");

function readTable(name) {
  const [columns, ...rows] = readFileSync(join(folder, name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value])));
}

/** C functions, members of h5py's modules, members of h5py itself: what is counted apart. */
export function readInventory() {
  const c = readTable("c-functions.tsv").map((member) => ({ ...member, face: "c", kind: "function" }));
  const h5py = readTable("h5py-members.tsv").map((member) => ({
    ...member,
    face: member.module === "h5py" ? "high" : "low",
    ...(member.value === "" ? { value: undefined } : { value: Number(member.value) }),
  }));
  return [...c, ...h5py];
}

/** What the entries call a member: a C function by its name, all else with its module. */
export function keyOf({ face, module, name }) {
  return face === "c" ? name : `${module}.${name}`;
}

/** Every entry of the mapping files; a key stands in one of them only. */
export function readEntries() {
  const entries = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    for (const [key, value] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")))) {
      if (entries.has(key)) throw new Error(`docs/api/${file}: ${key} stands in ${entries.get(key).file} too`);
      entries.set(key, { key, file, ...parseEntry(file, key, value) });
    }
  }
  return entries;
}

/** `"h5d.open"`, `["h5d.open", "h5d.create"]`, `{ "why": "…" }`, `{ "pythonOnly": "…" }`. */
function parseEntry(file, key, value) {
  const paths = typeof value === "string" ? [value] : value;
  if (Array.isArray(paths) && paths.length > 0 && paths.every((path) => typeof path === "string")) return { paths };
  const [kind, ...more] = Object.keys(value);
  if (["why", "pythonOnly"].includes(kind) && more.length === 0 && typeof value[kind] === "string") {
    return { reason: value[kind], pythonOnly: kind === "pythonOnly" };
  }
  throw new Error(`docs/api/${file}: ${key} names exports, or tells why there are none`);
}

/** The entry of a member: its own, or the longest of those that end in a star. */
export function entryOf(member, entries) {
  const key = keyOf(member);
  const own = entries.get(key);
  if (own !== undefined) return own;
  let found;
  for (const entry of entries.values()) {
    if (!entry.key.endsWith("*") || !key.startsWith(entry.key.slice(0, -1))) continue;
    if (found === undefined || entry.key.length > found.key.length) found = entry;
  }
  return found;
}

export const camelCase = (name) => name.replace(/(?<=[a-z0-9])_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Python's names for what JavaScript has syntax for. */
const SPECIAL = {
  __iter__: ["[Symbol.iterator]"],
  __len__: ["length", "size"],
  __contains__: ["has"],
  __getitem__: ["get"],
  __setitem__: ["set"],
  __delitem__: ["delete"],
  __repr__: ["toString"],
  __str__: ["toString"],
  __exit__: ["[Symbol.dispose]"],
  __bool__: ["valid"],
  __eq__: ["equals"],
  __hash__: ["hash"],
  __copy__: ["copy"],
  __reversed__: ["reversed"],
};

/** Where a member is looked for that has no entry. */
export function defaultPaths(member, exportsOf) {
  return member.face === "c" ? defaultOfFunction(member, exportsOf) : defaultOfMember(member);
}

const MODULE_OF = { H5DO: "h5d", H5LD: "h5d" };

/** H5Dget_chunk_info: `h5d.getChunkInfo`, or `getChunkInfo` of a class of `h5d`. */
function defaultOfFunction({ name, module }, exportsOf) {
  const ours = MODULE_OF[module] ?? module.toLowerCase();
  const bare = name.slice(module.length).replace(/(?<=[a-z])\d$/, "");
  const member = camelCase(bare.replace(/^_/, ""));
  const classes = exportsOf(ours).filter((exported) => /^[A-Z]\w*[a-z]/.test(exported));
  return [`${ours}.${member}`, ...classes.map((exported) => `${ours}.${exported}.${member}`)];
}

/** `h5d.DatasetID.get_chunk_info`: `h5d.DatasetID.getChunkInfo`; classes and constants keep their names. */
function defaultOfMember({ module, name, kind, face }) {
  const path = name.split(".");
  const last = path.at(-1);
  const lasts = SPECIAL[last] ?? [kind === "class" || kind === "constant" ? last : camelCase(last)];
  const start = face === "high" ? [] : [module];
  if (last === "__init__") return [[...start, ...path.slice(0, -1)].join(".")];
  return lasts.map((ours) => [...start, ...path.slice(0, -1), ours].join("."));
}
