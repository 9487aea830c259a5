// Functions that nearly every program runs are compiled when the library is loaded.
//
// An engine passes over a function when it reads a file, and reads it a second time to compile it when it is first called.
// One that stands in parentheses it compiles at once (https://v8.dev/blog/preparser#pife), and where Node keeps compiled
// code, such a function is kept too, while one that is compiled later is not. Which functions those are is found by running
// a program. Methods cannot be marked.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Marks in the files of a folder what a program runs of them. @returns how many functions were marked. */
export function markEagerFunctions(folder, program, ...words) {
  let count = 0;
  for (const [path, starts] of functionsThatRun(program, words)) {
    if (!path.startsWith(folder)) continue;
    const text = readFileSync(path, "utf8");
    const eager = functionsAt(text, starts);
    if (eager.length > 0) writeFileSync(path, withFirst(text, eager));
    count += eager.length;
  }
  return count;
}

/**
 * A module whose functions stand first and in parentheses if they begin at these offsets: there they are before anything of
 * the module runs, as declared ones are.
 */
export const withEagerFunctions = (text, starts) => withFirst(text, functionsAt(text, starts));

function functionsAt(text, starts) {
  const { statements } = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest, true);
  return statements.filter(
    (statement) =>
      ts.isFunctionDeclaration(statement) && statement.modifiers === undefined && starts.has(statement.getStart()),
  );
}

function withFirst(text, eager) {
  let first = "";
  let rest = "";
  let at = 0;
  for (const statement of eager) {
    const { name, end } = statement;
    const start = statement.getStart();
    // It takes the name of the variable; one of its own would cost a scope.
    first += `var ${name.text}=(${text.slice(start, name.getStart())}${text.slice(name.end, end)});\n`;
    rest += text.slice(at, start);
    at = end;
  }
  return first + rest + text.slice(at);
}

/** Offsets of the functions that a program runs, by the path of their file. */
function functionsThatRun(program, words) {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-coverage-"));
  try {
    // Of functions that come out of a cache, an engine cannot tell.
    const env = { ...process.env, NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: "1" };
    const { status, stderr } = spawnSync(process.execPath, [program, ...words], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return startsIn(readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8"))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function startsIn(reports) {
  const found = new Map();
  for (const { url, functions } of reports.flatMap(({ result }) => result)) {
    if (!url.startsWith("file:")) continue;
    const ran = functions.map(({ ranges: [range] }) => range).filter(({ count }) => count > 0);
    found.set(fileURLToPath(url), new Set(ran.map(({ startOffset }) => startOffset)));
  }
  return found;
}
