// Calls at the top level of a module, marked as such that do nothing but give a value.
//
// Modules of the package have no effects; package.json says so of its files. But a build joins many modules into one file, of
// which a bundler then keeps each call that may have some effect, and all that is behind it, although nobody uses the result.
import { readFileSync } from "node:fs";
import ts from "typescript";

const MARK = "/* @__PURE__ */ ";

/** Text of a module, with marks in front of the calls that make its constants, and the classes that its classes extend. */
export function marked(text) {
  const source = ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest, true);
  return edited(
    text,
    source.statements.flatMap((statement) => {
      if (ts.isVariableStatement(statement)) return marksIn(statement);
      return ts.isClassDeclaration(statement) ? baseOf(statement) : [];
    }),
  );
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

const insertion = (at, text) => ({ start: at, end: at, text });

function marksIn(root) {
  const marks = [];
  const marked = new Set();
  const visit = (node) => {
    if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
    const start = node.getStart();
    if (isJoined(node)) marks.push(insertion(start, `${MARK}(() => (`), insertion(node.getEnd(), "))()"));
    else {
      if (isCall(node) && !marked.has(start)) marks.push(insertion(start, MARK));
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

function edited(text, edits) {
  edits.sort((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const { start, end, text: replacement } of edits) {
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
