// Functions that almost every program calls are compiled along with the script that they are in.
//
// An engine only skims a function at first, and reads it again with its first call, when it also has to find out anew what all
// the names in it stand for. A function expression in parentheses is compiled at once. So the functions of a module that
// are called at the start become such expressions, before all else that the module does.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { definition, earlyClass, topLevelClasses, unusedName } from "./early-methods.mjs";
import { movedMap, pieceText } from "./moved-map.mjs";
import { root } from "./process.mjs";

/** @param dist - The folder of the package as it was built, whose files are changed. */
export function compileEarly(dist) {
  const script = join(root, "scripts/lib/first-calls.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, dist], { encoding: "utf8" });
  if (status !== 0) throw new Error(`what is called first was not found out:\n${stderr}`);
  for (const [path, starts] of Object.entries(JSON.parse(stdout))) {
    const text = readFileSync(path, "utf8");
    const pieces = piecesOf(text, new Set(starts));
    writeFileSync(path, joined(text, pieces));
    const mapPath = `${path}.map`;
    if (existsSync(mapPath)) {
      writeFileSync(mapPath, JSON.stringify(movedMap(JSON.parse(readFileSync(mapPath, "utf8")), text, pieces)));
    }
  }
}

/** Text of a module whose functions at these offsets come first, as expressions. */
export const early = (text, starts) => joined(text, piecesOf(text, new Set(starts)));

const joined = (text, pieces) => pieces.map((piece) => pieceText(text, piece)).join("");

/** What the new text is joined from: new text, or parts `{start, end}` of the text that there was. */
export function piecesOf(text, starts) {
  const { statements } = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest, true);
  const called = statements.filter((node) => isPlainFunction(node) && starts.has(startOf(text, node)));
  const name = unusedName(text);
  const classes = topLevelClasses(statements)
    .map((node) => earlyClass(node, (start) => starts.has(start), name))
    .filter((found) => found !== undefined);
  if (called.length === 0 && classes.length === 0) return [{ start: 0, end: text.length }];
  const head = statements.findLast(ts.isImportDeclaration)?.end ?? 0;
  const first = called.flatMap((node) => {
    const { name, asteriskToken, end } = node;
    const { text: word } = name;
    return [`var ${word}=(function${asteriskToken ? "*" : ""}`, { start: name.end, end }, ");\n"];
  });
  const gone = called.map((node) => ({ start: startOf(text, node), end: node.end, pieces: [] }));
  const rest = [];
  let at = head;
  for (const { start, end, pieces } of [...gone, ...classes].sort((a, b) => a.start - b.start)) {
    rest.push({ start: at, end: start }, ...pieces);
    at = end;
  }
  const defined = classes.length > 0 ? [definition(name)] : [];
  return [{ start: 0, end: head }, "\n", ...defined, ...first, ...rest, { start: at, end: text.length }];
}

/** One that is neither exported where it is nor asynchronous. */
const isPlainFunction = (node) => ts.isFunctionDeclaration(node) && node.modifiers === undefined;

/** Behind blanks and comments. */
const startOf = (text, node) => ts.skipTrivia(text, node.pos);
