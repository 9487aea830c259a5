// Names of members that nobody outside a program can know, so that a build may give them shorter ones.
//
// A member is named alike wherever its name stands, so a name is inner only if it is so everywhere: no type of the platform
// has it, no type that users see, nothing that comes from outside by a cast; and no text of the program is the name, nor
// is it among those of an object whose members are asked for by names made at run time.
import ts from "typescript";
import { isPublic, nameOf } from "./syntax.mjs";

/** Shorter ones are not worth it. */
const LEAST_LENGTH = 3;

/** Functions of the language that look at members of an object, whatever their names. */
const LISTING = new Set([
  "assign",
  "entries",
  "fromEntries",
  "getOwnPropertyDescriptors",
  "getOwnPropertyNames",
  "keys",
  "ownKeys",
  "stringify",
  "values",
]);

const OUTER = ts.TypeFlags.Any | ts.TypeFlags.Unknown;

export class InnerNames {
  #program;
  #checker;
  #isOurs;
  #isHidden;
  #isAdapter;
  #withheld;
  #declared = new Set();
  #outer = new Set();
  #walked = new Set();
  /** Of a type: whether nobody outside has values of it, although a type that is gone through leads to it. */
  #inside = (type) => this.#isClassIn(type, this.#isHidden);

  /**
   * @param isOurs - of a file name: whether it is a source of the program
   * @param options.isHidden - of a file name: whether users never look into objects of its classes
   * @param options.isAdapter - of a file name: whether what it declares may be what others made
   * @param options.withheld - names of members of which users have no use, although they are no private ones
   */
  constructor(program, isOurs, { isHidden = () => false, isAdapter = () => false, withheld = [] } = {}) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#isOurs = isOurs;
    this.#isHidden = isHidden;
    this.#isAdapter = isAdapter;
    this.#withheld = new Set(withheld);
  }

  /** The names. @param entries - modules whose exports are seen by users */
  of(entries) {
    for (const entry of entries) {
      const module = this.#checker.getSymbolAtLocation(this.#program.getSourceFile(entry));
      for (const symbol of this.#checker.getExportsOfModule(module)) this.#export(symbol);
    }
    // Nobody outside makes objects of our classes.
    this.#inside = (type) => this.#isClassIn(type, this.#isOurs);
    for (const source of this.#program.getSourceFiles()) {
      if (this.#isOurs(source.fileName)) this.#ourNode(source);
      if (!this.#isOurs(source.fileName) || this.#isAdapter(source.fileName)) this.#platformNode(source);
    }
    return [...this.#declared].filter((name) => name.length >= LEAST_LENGTH && !this.#outer.has(name)).sort();
  }

  #export(given) {
    const symbol = given.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(given) : given;
    if (symbol.flags & ts.SymbolFlags.Type) this.#seen(this.#checker.getDeclaredTypeOfSymbol(symbol));
    if (symbol.flags & ts.SymbolFlags.Value) this.#seen(this.#checker.getTypeOfSymbol(symbol));
  }

  #platformNode(node) {
    if (node.name !== undefined && !ts.isParameter(node)) this.#outer.add(nameOf(node.name));
    ts.forEachChild(node, (child) => this.#platformNode(child));
  }

  #ourNode(node) {
    if (isMember(node)) this.#declared.add(nameOf(node.name));
    if (ts.isStringLiteralLike(node) && !ts.isLiteralTypeNode(node.parent)) this.#outer.add(node.text);
    if (isAmbient(node)) this.#ambient(node);
    if (ts.isAsExpression(node)) this.#claim(node.expression, node.type);
    if (ts.isVariableDeclaration(node) && node.type && node.initializer) {
      this.#claim(node.initializer, node.type);
      this.#table(node.initializer, node.type);
    }
    if (ts.isElementAccessExpression(node)) this.#elementAccess(node);
    if (ts.isForInStatement(node)) this.#listed(node.expression);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword) this.#listed(node.right);
    if (ts.isCallExpression(node)) this.#call(node);
    ts.forEachChild(node, (child) => this.#ourNode(child));
  }

  /** What is declared to be there without being made here. */
  #ambient(node) {
    if (node.name !== undefined) this.#seen(this.#checker.getTypeAtLocation(node.name));
    for (const { name } of node.declarationList?.declarations ?? []) this.#seen(this.#checker.getTypeAtLocation(name));
  }

  /** What comes from outside has the names that a cast or a declaration says. */
  #claim(expression, type) {
    if (!this.#isOuter(this.#checker.getTypeAtLocation(expression))) return;
    this.#seen(this.#checker.getTypeAtLocation(type));
  }

  /** A table whose type tells nothing of its keys is looked up by what comes at run time. */
  #table(expression, type) {
    if (this.#checker.getTypeAtLocation(type).getStringIndexType() !== undefined) this.#listed(expression);
  }

  /** Whether a value may have been made outside. */
  #isOuter(type) {
    if (type.flags & OUTER) return true;
    if (type.isUnionOrIntersection()) return type.types.some((part) => this.#isOuter(part));
    if (type.symbol === undefined || type.symbol.name === "Function") return false;
    const { declarations = [] } = type.symbol;
    if (declarations.some((found) => this.#isOurs(found.getSourceFile().fileName))) return false;
    const parts = this.#checker.getTypeArguments(type);
    return parts.length === 0 || parts.some((part) => this.#isOuter(part));
  }

  #isOurType({ symbol }) {
    return symbol?.declarations?.some((found) => this.#isOurs(found.getSourceFile().fileName)) ?? false;
  }

  #isClassIn({ symbol }, isThere) {
    return (
      symbol?.declarations?.some((found) => ts.isClassLike(found) && isThere(found.getSourceFile().fileName)) ?? false
    );
  }

  #elementAccess({ expression, argumentExpression }) {
    const { flags } = this.#checker.getTypeAtLocation(argumentExpression);
    const isPlain = (flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.ESSymbolLike)) !== 0;
    if (!isPlain && !ts.isStringLiteralLike(argumentExpression)) this.#listed(expression);
  }

  #call({ expression, arguments: given }) {
    if (ts.isPropertyAccessExpression(expression) && LISTING.has(expression.name.text)) {
      for (const argument of given) this.#listed(argument);
    }
  }

  /** Names of an object, of which the program learns at run time. */
  #listed(node) {
    const type = this.#checker.getApparentType(this.#checker.getTypeAtLocation(node));
    for (const part of type.isUnion() ? type.types : [type]) {
      for (const { name } of part.getProperties()) this.#outer.add(name);
    }
  }

  /** A type of which users have values, or give some. */
  #seen(type) {
    if (type === undefined || this.#walked.has(type) || this.#inside(type)) return;
    this.#walked.add(type);
    if (type.isUnionOrIntersection()) for (const part of type.types) this.#seen(part);
    // Of our own generic types, users see what the members show of the arguments.
    if (!this.#isOurType(type)) for (const part of this.#checker.getTypeArguments(type) ?? []) this.#seen(part);
    if (type.isTypeParameter()) this.#seen(type.getConstraint());
    for (const base of type.getBaseTypes?.() ?? []) this.#seen(base);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) this.#signature(signature);
    for (const index of this.#checker.getIndexInfosOfType(type)) this.#seen(index.type);
    for (const property of type.getProperties()) this.#property(property);
  }

  #signature(signature) {
    this.#seen(signature.getReturnType());
    for (const parameter of signature.getParameters()) this.#seen(this.#checker.getTypeOfSymbol(parameter));
  }

  #property(property) {
    const { declarations = [], name } = property;
    const isOurs = declarations.some((found) => this.#isOurs(found.getSourceFile().fileName) && isPublic(found));
    if (!isOurs && declarations.length > 0) return;
    this.#outer.add(name);
    if (!this.#withheld.has(name)) this.#seen(this.#checker.getTypeOfSymbol(property));
  }
}

function isMember(node) {
  const isNamed =
    ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isParameterPropertyDeclaration(node, node.parent);
  return isNamed && ts.isIdentifier(node.name);
}

const isAmbient = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword);
