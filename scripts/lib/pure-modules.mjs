// Calls at the top level of a module, marked as such that do nothing but give a value.
//
// Modules of the package have no effects; package.json says so of its files. But a build joins many modules into one file, of
// which a bundler then keeps each call that may have some effect, and all that is behind it, although nobody uses the result.
// The sources are marked for the build itself, and what was built once more: esbuild takes marks away along with blanks.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { libraryFiles } from "./library-files.mjs";
import { movedMap, pieceText } from "./moved-map.mjs";

const MARK = "/* @__PURE__ */ ";

/** Text of a module, with marks in front of the calls that make its constants, and the classes that its classes extend. */
export const marked = (text) => edited(text, editsOf(text));

/** @param dist - The folder of the package as it was built, whose files are changed. */
export function markBuilt(dist) {
  for (const path of libraryFiles(dist)) {
    const text = readFileSync(path, "utf8");
    const pieces = piecesOf(text, editsOf(text));
    writeFileSync(path, joined(text, pieces));
    const mapPath = `${path}.map`;
    if (existsSync(mapPath)) {
      writeFileSync(mapPath, JSON.stringify(movedMap(JSON.parse(readFileSync(mapPath, "utf8")), text, pieces)));
    }
  }
}

/** A plugin for esbuild that marks so the sources in a folder. */
export const pureModules = (folder) => ({
  name: "pure modules",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      path.startsWith(folder) ? { contents: marked(readFileSync(path, "utf8")), loader: "ts" } : undefined,
    );
  },
});

const isCall = (node) => ts.isCallExpression(node) || ts.isNewExpression(node);

/** Lists and objects into which others are spread, which is as good as a call. */
const isJoined = (node) =>
  (ts.isArrayLiteralExpression(node) && node.elements.some(ts.isSpreadElement)) ||
  (ts.isObjectLiteralExpression(node) && node.properties.some(ts.isSpreadAssignment));

const isMarked = (node) => node.getFullText().slice(0, node.getLeadingTriviaWidth()).includes("@__PURE__");

const insertion = (at, text) => ({ start: at, end: at, text });

function marksIn(root) {
  const marks = [];
  const marked = new Set();
  const visit = (node) => {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
    const start = node.getStart();
    if (isJoined(node)) marks.push(insertion(start, `${MARK}(() => (`), insertion(node.getEnd(), "))()"));
    else {
      if (isCall(node) && !marked.has(start) && !isMarked(node)) marks.push(insertion(start, MARK));
      if (isCall(node)) marked.add(start);
      ts.forEachChild(node, visit);
    }
  };
  visit(root);
  return marks;
}

/** Bundlers see no mark behind `extends`: what is called there becomes a constant. */
function baseOf(statement) {
  const heritage = statement.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const base = heritage?.types[0].expression;
  if (base === undefined || !isCall(base)) return [];
  const name = `BaseOf${statement.name.text}`;
  const [start, end] = [base.getStart(), base.getEnd()];
  const shifted = marksIn(base).map(({ start: at, text }) => insertion(at - start, text));
  const made = edited(base.getText(), shifted);
  return [insertion(statement.getStart(), `const ${name} = ${made}; `), { start, end, text: name }];
}

function editsOf(text) {
  const { statements } = ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest, true);
  return statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) return marksIn(statement);
    return ts.isClassDeclaration(statement) ? baseOf(statement) : [];
  });
}

const edited = (text, edits) => joined(text, piecesOf(text, edits));

const joined = (text, pieces) => pieces.map((piece) => pieceText(text, piece)).join("");

/** What the new text is joined from: new text, or parts `{start, end}` of the text that there was. */
function piecesOf(text, edits) {
  const pieces = [];
  let at = 0;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => a.start - b.start)) {
    pieces.push({ start: at, end: start }, replacement);
    at = end;
  }
  return [...pieces, { start: at, end: text.length }];
}
