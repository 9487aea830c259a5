// Names of classes, as a program sees them in `constructor.name` and in what is printed of an object.
//
// A bundler that has made a variable of a class, `var File = class _File`, gives it another name for the sake of what in the
// class speaks of itself. The variable is never set again, and can be spoken of as well.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { topLevelClasses } from "./early-methods.mjs";

/** @param dist - The folder of the package as it was built, whose files are changed; not those with maps, whose names are short anyway. */
export function nameClasses(dist) {
  for (const file of readdirSync(dist, { recursive: true })) {
    const path = join(dist, file);
    if (path.endsWith(".js") && !existsSync(`${path}.map`)) writeFileSync(path, named(readFileSync(path, "utf8")));
  }
}

/** Text of a module in which classes have the names of their variables. */
export function named(text) {
  const { statements } = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest, true);
  const uses = topLevelClasses(statements).flatMap(ownNames);
  let result = "";
  let at = 0;
  for (const use of uses) {
    result += text.slice(at, use.getStart()) + use.text.slice(1);
    at = use.end;
  }
  return result + text.slice(at);
}

/** Where a class that is named otherwise than its variable has its name; nowhere if the variable is hidden from something in it. */
function ownNames(node) {
  if (!ts.isClassExpression(node) || node.name === undefined) return [];
  const { text: outer } = node.parent.name;
  const inner = node.name.text;
  if (inner !== `_${outer}`) return [];
  const names = identifiersIn(node);
  const uses = names.filter((name) => name.text === inner && !isMemberName(name));
  const isHidden = names.some((name) => name.text === outer && isBinding(name));
  return isHidden || uses.some(({ parent }) => ts.isShorthandPropertyAssignment(parent)) ? [] : uses;
}

function identifiersIn(node) {
  if (ts.isIdentifier(node)) return [node];
  const found = [];
  ts.forEachChild(node, (child) => {
    found.push(...identifiersIn(child));
  });
  return found;
}

const MEMBERS = [ts.isPropertyAccessExpression, ts.isPropertyAssignment, ts.isClassElement];
const isMemberName = (name) =>
  name.parent.propertyName === name || (name.parent.name === name && MEMBERS.some((is) => is(name.parent)));

/** Whether an identifier is where something of that name is made. */
const isBinding = (name) => name.parent.name === name && !isMemberName(name);
