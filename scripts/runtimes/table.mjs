// The results as a table for the README.
const begin = "<!-- runtimes: made by scripts/runtimes.mjs --write -->";
const end = "<!-- end of runtimes -->";

const mark = (failure) => (failure === undefined ? "yes" : failure === null ? "–" : "**no**");

export function tableOf(all) {
  const names = Object.keys(all);
  const checks = all[names[0]].map(({ name }) => name);
  const rows = checks.map((check) => {
    const cells = names.map((name) => mark(all[name].find((each) => each.name === check).failure));
    return `| ${check} | ${cells.join(" | ")} |`;
  });
  return [`| | ${names.join(" | ")} |`, `| --- |${" --- |".repeat(names.length)}`, ...rows].join("\n");
}

/** @throws Error when the text has no place for it. */
export function replaceTable(text, table) {
  const start = text.indexOf(begin);
  const stop = text.indexOf(end);
  if (start < 0 || stop < start) throw new Error(`README.md has no place for the table of runtimes: ${begin} … ${end}`);
  return `${text.slice(0, start + begin.length)}\n${table}\n${text.slice(stop)}`;
}
