// Questions about single nodes of a syntax tree.
import ts from "typescript";

/** Methods and accessors. */
export const isFunctionMember = (node) =>
  ts.isMethodDeclaration(node) || ts.isGetAccessorDeclaration(node) || ts.isSetAccessorDeclaration(node);

/** The name of a member or variable, undefined for one that is computed. */
export function nameOf(name) {
  if (name === undefined) return undefined;
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name)) return name.text;
  return ts.isNumericLiteral(name) ? name.text : undefined;
}

export function isPublic(declaration) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHidden = (ts.getCombinedModifierFlags(declaration) & hidden) !== 0;
  return !isHidden && !ts.isPrivateIdentifier(declaration.name ?? declaration);
}

/** Whether a variable within a function holds another function. */
export function isLocalFunction(node) {
  return (
    ts.isVariableDeclaration(node) &&
    ts.isIdentifier(node.name) &&
    node.initializer !== undefined &&
    (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer)) &&
    !ts.isSourceFile(node.parent.parent.parent)
  );
}

/** Whether a variable is one of its module. */
export function isModuleVariable(declaration) {
  const statement = declaration.parent.parent;
  return ts.isVariableStatement(statement) && ts.isSourceFile(statement.parent);
}

/** The entries of a constant of a module that is a literal of plain entries; undefined for anything else. */
export function tableOf(declaration) {
  if (!ts.isVariableDeclaration(declaration) || !isModuleVariable(declaration)) return undefined;
  if ((declaration.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
  let literal = declaration.initializer;
  while (literal && (ts.isAsExpression(literal) || ts.isSatisfiesExpression(literal))) literal = literal.expression;
  if (literal === undefined || !ts.isObjectLiteralExpression(literal)) return undefined;
  const isPlain = (property) => ts.isPropertyAssignment(property) && nameOf(property.name) !== undefined;
  return literal.properties.every(isPlain) ? literal.properties : undefined;
}

/** Whether a type may stand for several. */
export function isWithinGeneric(node) {
  for (let next = node; next !== undefined; next = next.parent) if ((next.typeParameters?.length ?? 0) > 0) return true;
  return false;
}

/** Whether a property is read, written, or both. */
export function accessOf(node) {
  const { parent } = node;
  if (parent !== undefined && ts.isBinaryExpression(parent) && parent.left === node) {
    const { kind } = parent.operatorToken;
    if (kind === ts.SyntaxKind.EqualsToken) return { isRead: false, isWrite: true };
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) {
      return { isRead: true, isWrite: true };
    }
  }
  if (parent !== undefined && (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))) {
    return { isRead: true, isWrite: true };
  }
  return { isRead: true, isWrite: false };
}

/** Names of the members that everything of a type has. */
export function requiredNames(properties) {
  return properties
    .filter(({ flags, name }) => (flags & ts.SymbolFlags.Optional) === 0 && !name.startsWith("__@"))
    .map(({ name }) => name);
}

/** The text of the number that an entry of a constant table is, if nothing may change it: of one that is declared `as const`. */
export function fixedNumber(table, name) {
  const { initializer } = table;
  const isFixed = ts.isAsExpression(initializer) && ts.isConstTypeReference(initializer.type);
  const value = isFixed && tableOf(table)?.find((entry) => nameOf(entry.name) === name)?.initializer;
  return value && ts.isNumericLiteral(value) ? value.getText() : undefined;
}
