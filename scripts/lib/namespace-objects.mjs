// The objects that stand for `export * as h5f`, made as a bundler can drop them, and as an engine makes them at once.
//
// esbuild makes each with a call that defines a getter for each member: a bundler keeps the call, and with it every function of
// the namespace, in programs that use none of them, and an import makes hundreds of functions and descriptors. The members of
// these modules are never set again once they are there. So the object is made of them in one piece, behind all that the
// file defines.
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { libraryFiles } from "./library-files.mjs";

/** @param dist - The folder of the package as it was built, whose files are changed. */
export function makeNamespacesPlain(dist) {
  for (const path of libraryFiles(dist)) writeFileSync(path, withPlainNamespaces(readFileSync(path, "utf8")));
}

/** Text of a module that esbuild has made. */
export function withPlainNamespaces(text) {
  if (!text.includes("__export(")) return text;
  const { statements } = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest, true);
  const found = statements.flatMap((statement, i) => namespaceMade(statement, statements[i - 1]) ?? []);
  const end = statements.findLast(ts.isExportDeclaration)?.getStart() ?? text.length;
  let result = "";
  let at = 0;
  for (const { start, end: behind } of found) {
    result += text.slice(at, start);
    at = behind;
  }
  return `${result}${text.slice(at, end)}${found.map(objectOf).join("")}${text.slice(end)}`;
}

/** Of `var NAME={};__export(NAME,{member:()=>value,…});`, whose second statement is asked about. */
function namespaceMade(statement, before) {
  if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return undefined;
  const { expression, arguments: given } = statement.expression;
  if (expression.getText() !== "__export") return undefined;
  const [name, getters] = given;
  if (before?.getText() !== `var ${name.getText()}={};`) {
    throw new Error(`the namespace ${name.getText()} is not made as esbuild makes them: ${before?.getText()}`);
  }
  const members = getters.properties.map(({ name: member, initializer }) => [member.getText(), initializer.body]);
  const other = members.find(([, value]) => !ts.isIdentifier(value));
  if (other !== undefined) throw new Error(`the member ${other[0]} of ${name.getText()} is no name`);
  return { name: name.getText(), members, start: before.getStart(), end: statement.end };
}

function objectOf({ name, members }) {
  const list = members.map(([member, { text }]) => (member === text ? text : `${member}:${text}`));
  // Nobody sets a member of a module; lines stay short.
  return `var ${name}=/* @__PURE__ */Object.freeze({${list.join(",\n")}});\n`;
}
