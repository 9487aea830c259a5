// Writes docs/api/c-functions.tsv and docs/api/h5py-members.tsv from descriptions of the two interfaces:
//   node scripts/api-inventory.mjs hdf5-c-api.json h5py-api.json
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/process.mjs";

const [cPath, h5pyPath] = process.argv.slice(2);
if (h5pyPath === undefined) throw new Error("Give the description of the C interface, then that of h5py's");

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

function writeTable(name, columns, rows) {
  const lines = [columns, ...rows].map((row) => row.join("\t"));
  writeFileSync(join(root, "docs/api", name), `${lines.join("\n")}\n`);
}

const c = readJson(cPath);
writeTable(
  "c-functions.tsv",
  ["name", "module", "class", "since"],
  c.functions.map((entry) => [entry.name, entry.module, entry.class, entry.since ?? ""]),
);

const h5py = readJson(h5pyPath);
/** Numbers that a double holds; identifiers and counts of all ones are others. */
const numberOf = (value) => (Number.isSafeInteger(value) ? value : "");
const low = Object.values(h5py.lowLevel)
  .flat()
  .map((entry) => {
    const name = entry.class === undefined ? entry.name : `${entry.class}.${entry.name}`;
    return [entry.module, name, entry.kind, entry.scope, entry.in37 ? "3.7" : "", numberOf(entry.value)];
  });
const high = [...h5py.topLevel.map((entry) => ({ kind: "function", ...entry })), ...h5py.highLevel].map((entry) => {
  const name = entry.class === undefined ? entry.name : `${entry.class}.${entry.name}`;
  return ["h5py", name, entry.kind, "core", entry.in37 ? "3.7" : "", ""];
});
writeTable("h5py-members.tsv", ["module", "name", "kind", "class", "in", "value"], [...low, ...high]);
