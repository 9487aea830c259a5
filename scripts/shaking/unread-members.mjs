// Members that are set and never read: what is decoded of a structure since its bytes are there, and only writers ask for.
//
// A member counts as read wherever its name is asked for, of whatever object; so names do, and the checker is not needed.
import ts from "typescript";
import { accessOf } from "./syntax.mjs";

const parsed = (text) => ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest, true);

/**
 * Names that no module asks for.
 *
 * @param texts - of all modules
 * @param inner - names of members that nobody outside knows
 */
export function unreadNames(texts, inner) {
  const unread = new Set(inner);
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isPropertyAccessExpression(node) && accessOf(node).isRead) unread.delete(node.name.text);
    if (ts.isBindingElement(node)) unread.delete((node.propertyName ?? node.name).text);
    if (isTarget(node)) for (const { name } of node.properties) unread.delete(name?.text);
    ts.forEachChild(node, visit);
  };
  for (const text of texts) visit(parsed(text));
  return unread;
}

/** `({ name } = object)` */
const isTarget = (node) =>
  ts.isObjectLiteralExpression(node) && ts.isBinaryExpression(node.parent) && node.parent.left === node;

/** The text of a module without entries of literals that have such a name, and whose values come of no call and no access. */
export function withoutUnread(text, unread) {
  let result = "";
  let at = 0;
  const visit = (node) => {
    if (ts.isTypeNode(node)) return;
    if (isUnread(node, unread)) {
      result += text.slice(at, node.getStart());
      at = node.getEnd();
      while (/[\s,]/.test(text[at])) at++;
    } else ts.forEachChild(node, visit);
  };
  visit(parsed(text));
  return result + text.slice(at);
}

function isUnread(node, unread) {
  const isEntry = ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);
  if (!isEntry || !ts.isIdentifier(node.name) || !unread.has(node.name.text)) return false;
  return ts.isShorthandPropertyAssignment(node) || isPlain(node.initializer);
}

function isPlain(node) {
  if (ts.isBinaryExpression(node)) return !isAssignment(node) && isPlain(node.left) && isPlain(node.right);
  if (ts.isPrefixUnaryExpression(node)) return isPlain(node.operand);
  if (ts.isParenthesizedExpression(node)) return isPlain(node.expression);
  if (ts.isConditionalExpression(node)) return [node.condition, node.whenTrue, node.whenFalse].every(isPlain);
  return ts.isIdentifier(node) || ts.isLiteralExpression(node) || ts.isArrowFunction(node) || isKeyword(node);
}

const isAssignment = ({ operatorToken: { kind } }) =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const isKeyword = ({ kind }) =>
  kind === ts.SyntaxKind.TrueKeyword || kind === ts.SyntaxKind.FalseKeyword || kind === ts.SyntaxKind.NullKeyword;
