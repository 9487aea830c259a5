// What is known of values in a program before it runs, from what is assumed of it.
import ts from "typescript";
import { nameOf } from "./syntax.mjs";

export class KnownValues {
  #checker;
  #values;
  #unreachable;
  #unused;

  /**
   * @param assumptions.values - "Type.member", "function(variable)", "function(variable.member)" or, of what a call gives and
   *   does nothing else, "function()" -> its value in this program
   * @param assumptions.unreachable - "Class.member" and names of functions that are never called in it
   */
  constructor(checker, { values = {}, unreachable = [] }) {
    this.#checker = checker;
    this.#values = new Map(Object.entries(values));
    this.#unreachable = new Set(unreachable);
    this.#unused = new Set([...this.#values.keys(), ...unreachable]);
  }

  /** Assumptions about what the program does not have. */
  get unused() {
    return [...this.#unused];
  }

  #use(key) {
    this.#unused.delete(key);
    return true;
  }

  /** Whether a function is never called. */
  isUnreachable(node) {
    const name = nameOf(node.name);
    const className = node.parent?.name?.text;
    const key = className === undefined ? name : `${className}.${name}`;
    return this.#unreachable.has(key) && this.#use(key);
  }

  /** Whether a statement is a call of such a function, which is a mistake of the assumption, or prepares for one. */
  isUnreachableCall(statement) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) return false;
    const { expression } = statement.expression;
    return ts.isIdentifier(expression) && this.#unreachable.has(expression.text) && this.#use(expression.text);
  }

  #qualified(node) {
    const symbol = this.#checker.getSymbolAtLocation(node);
    const className = symbol?.declarations?.[0]?.parent?.name?.text;
    return className === undefined ? undefined : `${className}.${symbol.name}`;
  }

  #keyOfAccess({ expression, name }) {
    const declared = this.#qualified(name);
    if (declared !== undefined || !ts.isIdentifier(expression)) return declared;
    const object = this.#checker.getSymbolAtLocation(expression)?.valueDeclaration;
    const within = object && ts.findAncestor(object, ts.isFunctionLike);
    return within && `${nameOf(within.name)}(${expression.text}.${name.text})`;
  }

  #keyOf(node) {
    if (ts.isCallExpression(node)) return ts.isIdentifier(node.expression) ? `${node.expression.text}()` : undefined;
    if (ts.isPropertyAccessExpression(node)) return this.#keyOfAccess(node);
    if (!ts.isIdentifier(node)) return undefined;
    const declaration = this.#checker.getSymbolAtLocation(node)?.valueDeclaration;
    if (declaration === undefined) return undefined;
    if (ts.isParameter(declaration)) return `${nameOf(declaration.parent.name)}(${node.text})`;
    if (ts.isVariableDeclaration(declaration)) {
      const within = ts.findAncestor(declaration, ts.isFunctionLike);
      return within && `${nameOf(within.name)}(${node.text})`;
    }
    // A variable that was taken out of an object: `const { writable } = storage`.
    if (!ts.isBindingElement(declaration) || declaration.initializer !== undefined) return undefined;
    const name = nameOf(declaration.propertyName ?? declaration.name);
    const property = name && this.#checker.getTypeAtLocation(declaration.parent).getProperty(name);
    return `${property?.declarations?.[0]?.parent?.name?.text}.${name}`;
  }

  /** The value of an expression, in a list; undefined when it is not known. */
  of(node) {
    if (this.#values.size === 0) return undefined;
    const key = this.#keyOf(node);
    if (this.#values.has(key) && this.#use(key)) return [this.#values.get(key)];
    const initializer = this.#constantOf(node);
    return initializer && this.of(initializer);
  }

  /** What a constant was made from. */
  #constantOf(node) {
    const declaration = ts.isIdentifier(node) ? this.#checker.getSymbolAtLocation(node)?.valueDeclaration : undefined;
    if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
    return declaration.parent.flags & ts.NodeFlags.Const ? declaration.initializer : undefined;
  }

  /** The value of a property of a literal, in a list; undefined when it is not known. */
  ofProperty(property, type) {
    if (this.#values.size === 0 || property.name === undefined || type === undefined) return undefined;
    const name = nameOf(property.name);
    const symbol = name === undefined ? undefined : this.#checker.getNonNullableType(type).getProperty(name);
    const key = `${symbol?.declarations?.[0]?.parent?.name?.text}.${name}`;
    return this.#values.has(key) && this.#use(key) ? [this.#values.get(key)] : undefined;
  }

  isUndefined(node) {
    const known = this.of(node);
    return known !== undefined && known[0] === undefined;
  }

  /** What a condition is; undefined when it is not known. */
  condition(node) {
    if (ts.isParenthesizedExpression(node)) return this.condition(node.expression);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const value = this.condition(node.operand);
      return value === undefined ? undefined : !value;
    }
    if (ts.isBinaryExpression(node)) return this.#binary(node);
    if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
    const known = this.of(node);
    if (known !== undefined) return Boolean(known[0]);
    const initializer = this.#constantOf(node);
    return initializer && this.condition(initializer);
  }

  #binary({ left, right, operatorToken: { kind } }) {
    if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) {
      const known = this.of(left);
      if (known === undefined) return undefined;
      const isSame = kind === ts.SyntaxKind.EqualsEqualsEqualsToken;
      if (ts.isStringLiteralLike(right)) return (known[0] === right.text) === isSame;
      if (right.kind === ts.SyntaxKind.NullKeyword) return (known[0] === null) === isSame;
      return right.getText() === "undefined" ? (known[0] === undefined) === isSame : undefined;
    }
    if (kind === ts.SyntaxKind.QuestionQuestionToken) {
      return this.isUndefined(left) ? this.condition(right) : undefined;
    }
    const isAnd = kind === ts.SyntaxKind.AmpersandAmpersandToken;
    if (!isAnd && kind !== ts.SyntaxKind.BarBarToken) return undefined;
    const a = this.condition(left);
    const b = this.condition(right);
    if (a === !isAnd || b === !isAnd) return !isAnd;
    return a === undefined || b === undefined ? undefined : isAnd;
  }

  /** Whether nothing behind a statement is reached. */
  endsFlow(statement) {
    if (ts.isReturnStatement(statement) || ts.isThrowStatement(statement)) return true;
    if (ts.isBlock(statement)) return statement.statements.some((inner) => this.endsFlow(inner));
    if (!ts.isIfStatement(statement)) return false;
    const value = this.condition(statement.expression);
    const taken = value ? statement.thenStatement : statement.elseStatement;
    return value !== undefined && taken !== undefined && this.endsFlow(taken);
  }
}
