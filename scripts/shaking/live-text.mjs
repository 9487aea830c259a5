// The text of a source file without what a program does not reach.
import ts from "typescript";
import { isFunctionMember, isLocalFunction, isModuleVariable, nameOf } from "./syntax.mjs";

/**
 * @param isLive - Of a function, class, variable, member or property of a literal: whether it is reached
 * @param known - Edits that follow from what is known of the program, `{ start, end, text }`
 */
export function liveText(source, isLive, known) {
  const { text } = source;
  const edits = [...known];
  const replace = (node, replacement) =>
    edits.push({ start: node.getFullStart(), end: node.getEnd(), text: replacement });
  const visit = (node) => {
    if (ts.isTypeNode(node)) return;
    if (ts.isClassLike(node) && (isLive(node) || ts.isSourceFile(node.parent))) {
      for (const member of node.members) {
        const isDead =
          !isLive(node) || (isFunctionMember(member) && !isLive(member) && nameOf(member.name) !== undefined);
        if (isDead) replace(member, "");
        else visit(member);
      }
    } else if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (isLive(property)) visit(property);
        else edits.push({ start: property.getFullStart(), end: endWithComma(property, text), text: "" });
      }
    } else if (isDeadVariable(node, isLive)) {
      replace(node.initializer, " undefined");
    } else if (ts.isFunctionDeclaration(node) && ts.isSourceFile(node.parent) && !isLive(node)) {
      if (node.body !== undefined) replace(node.body, "{}");
    } else {
      ts.forEachChild(node, visit);
    }
  };
  ts.forEachChild(source, visit);
  return applied(text, edits);
}

function isDeadVariable(node, isLive) {
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined || !ts.isIdentifier(node.name)) return false;
  return (isLocalFunction(node) || isModuleVariable(node)) && !isLive(node);
}

function endWithComma(property, text) {
  let end = property.getEnd();
  while (/\s/.test(text[end] ?? "")) end++;
  return text[end] === "," ? end + 1 : property.getEnd();
}

/** Outer edits win over those within. */
function applied(text, edits) {
  edits.sort((a, b) => a.start - b.start || b.end - a.end);
  let result = "";
  let at = 0;
  for (const { start, end, text: replacement } of edits) {
    if (start < at) continue;
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
