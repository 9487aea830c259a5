// Writes docs/api-coverage.md. Options:
//   --check   nothing is written; fails when the page is out of date or a share is not reached
//   --gaps    prints what is missing, of the modules named or of all, and writes nothing
//   --json    prints what stands for each member, and writes nothing
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultPaths, entryOf, keyOf, readEntries, readInventory } from "./lib/api/inventory.mjs";
import { renderPage, sharesOf } from "./lib/api/page.mjs";
import { exportFinder, isThereAtRunTime, isUsed, openProgram, usesOfTests } from "./lib/api/program.mjs";
import { root } from "./lib/process.mjs";

/** Shares that must be reached. */
const LEAST = { cCore: 1, cUseful: 0.95, lowLevel: 1, highLevel: 1 };
const pagePath = join(root, "docs/api-coverage.md");

function judge() {
  const opened = openProgram();
  const { find, namesOf } = exportFinder(opened);
  const uses = usesOfTests(opened);
  const entries = readEntries();
  const inventory = readInventory();
  const problems = [];
  const members = inventory.map((member) => {
    const entry = entryOf(member, entries);
    if (entry?.reason !== undefined) return { ...member, entry, state: "without" };
    const wanted = entry?.paths ?? defaultPaths(member, namesOf);
    const found = wanted.filter((path) => find(path) !== undefined);
    if (entry !== undefined) {
      for (const path of wanted.filter((each) => !found.includes(each))) {
        problems.push(`docs/api/${entry.file}: ${entry.key} is to be ${path}, which is not exported`);
      }
    }
    const paths = entry === undefined ? preferTested(opened, uses, found, find) : found;
    if (paths.length === 0) return { ...member, entry, paths: wanted, state: "gap" };
    const byValue = member.value !== undefined && member.kind === "constant";
    const tested = byValue || paths.every((path) => isUsed(opened.checker, find(path), uses));
    const atRunTime = paths.filter((path) => isThereAtRunTime(find(path)));
    return { ...member, entry, paths, atRunTime, state: tested ? "covered" : "untested" };
  });
  const known = new Set(inventory.map(keyOf));
  for (const { key, file } of entries.values()) {
    const isKnown = key.endsWith("*") ? [...known].some((name) => name.startsWith(key.slice(0, -1))) : known.has(key);
    if (!isKnown) problems.push(`docs/api/${file}: there is no ${key}`);
  }
  return { members, problems };
}

/** Of the places where the rule finds a name, one that a test uses. */
function preferTested({ checker }, uses, found, find) {
  const tested = found.find((path) => isUsed(checker, find(path), uses));
  return (tested === undefined ? found : [tested]).slice(0, 1);
}

function printGaps(members, modules) {
  for (const member of members) {
    if (modules.length > 0 && !modules.includes(member.module.toLowerCase())) continue;
    if (member.face === "c" && member.class === "c-only" && member.state === "gap") continue;
    if (member.state === "gap") console.log(`${keyOf(member)}\t${member.class}\tno export`);
    if (member.state === "untested") console.log(`${keyOf(member)}\t${member.class}\tno test of ${member.paths}`);
  }
}

function check(members, shares, problems) {
  for (const member of members) {
    if (member.state === "gap") problems.push(`${keyOf(member)}: neither an export nor a reason`);
    if (member.state === "untested") problems.push(`${keyOf(member)}: no test of ${member.paths}`);
  }
  for (const { key, title, share } of shares) {
    if (share < LEAST[key]) problems.push(`${title}: ${(share * 100).toFixed(2)} %, wanted ${LEAST[key] * 100} %`);
  }
  if (!existsSync(pagePath) || readFileSync(pagePath, "utf8") !== renderPage(members, shares)) {
    problems.push("docs/api-coverage.md is out of date: run node scripts/api-coverage.mjs");
  }
}

const args = process.argv.slice(2);
const { members, problems } = judge();
const shares = sharesOf(members);
if (args.includes("--json")) {
  const rows = members.map((member) => ({
    key: keyOf(member),
    kind: member.kind,
    value: member.value,
    state: member.state,
    paths: member.paths,
    atRunTime: member.atRunTime,
  }));
  console.log(JSON.stringify(rows));
} else if (args.includes("--gaps")) {
  printGaps(
    members,
    args.filter((arg) => !arg.startsWith("--")),
  );
} else if (args.includes("--check")) check(members, shares, problems);
else writeFileSync(pagePath, renderPage(members, shares));

const report = args.includes("--json") ? console.error : console.log;
for (const { title, covered, total, share } of shares) {
  report(`${title}: ${covered} of ${total}, ${(share * 100).toFixed(1)} %`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
