// Which code a program can reach, members of classes included.
//
// A bundler leaves out functions that nobody names, but keeps every member of a class that somebody makes: of a class that
// reads and writes, a program that reads would carry both. Here the TypeScript checker tells which members an access can
// mean, and what no access means goes from the source text before it is bundled (rapid type analysis).
//
// Reached is what a reached part names; of a class that is made, the members that an access through it, through a class
// above it or through a type that it fits can mean; of an object literal, the functions that are asked for likewise.
// Accesses by names that are made while the program runs go unseen: what they mean must be given by an entry.
import ts from "typescript";
import { KnownValues } from "./known-values.mjs";
import { liveText } from "./live-text.mjs";
import { MemberQuestions } from "./member-questions.mjs";
import {
  accessOf,
  fixedNumber,
  isFunctionMember,
  isLocalFunction,
  isModuleVariable,
  isPublic,
  nameOf,
  requiredNames,
  tableOf,
} from "./syntax.mjs";

/** Members that the language itself asks for. */
const WELL_KNOWN = new Set(["constructor", "toString", "valueOf", "toJSON", "then", "next", "return", "throw"]);

const UNREACHABLE = '{ throw new Error("no write intent on file"); }';

/** A value as it stands in a source. */
const textOf = (value) => (value === undefined ? "undefined" : JSON.stringify(value));

export class LiveCode {
  #program;
  #checker;
  #isOurs;
  #withheld;
  #known;
  #questions;
  #queue = [];
  #seen = new Set();
  #shells = new Set();
  #modules = new Set();
  #given = new Set();
  #edits = new Map();
  /** Node -> the node that led to it. */
  #reasons = new Map();
  #current;

  /**
   * @param options.program - a ts.Program over the sources
   * @param options.isOurs - of a file name: whether its code is to be gone through
   * @param options.assumptions - what is known of the program, see `KnownValues`
   * @param options.withheld - classes whose members a user does not ask for, although something gives their objects
   */
  constructor({ program, isOurs, assumptions = {}, withheld = [] }) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#isOurs = isOurs;
    this.#withheld = new Set(withheld);
    this.#known = new KnownValues(this.#checker, assumptions);
    this.#questions = new MemberQuestions(this.#checker, isOurs, (node, place) => this.#take(node, place));
  }

  /** Assumptions about what is not there, or not reached. */
  get unusedAssumptions() {
    return this.#known.unused;
  }

  /** What leads to a reached node, from itself to an entry. */
  reasonsOf(node) {
    const chain = [];
    for (let next = node; next !== undefined; next = this.#reasons.get(next)) chain.push(next);
    return chain;
  }

  isLive(node) {
    return this.#seen.has(node);
  }

  /** The text of a source without what is out of reach. */
  textOf(fileName) {
    const source = this.#program.getSourceFile(fileName);
    return liveText(source, (node) => this.#seen.has(node), this.#edits.get(source) ?? []);
  }

  /**
   * Everything that a module exports is reached; of its interfaces and classes, and of what its functions and their members give, also
   * the members, wherever a class has them.
   */
  addEntry(fileName) {
    const source = this.#program.getSourceFile(fileName);
    this.#enterModule(source);
    for (const exported of this.#checker.getExportsOfModule(this.#checker.getSymbolAtLocation(source))) {
      const symbol = this.#resolve(exported);
      if (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))
        this.#give(this.#checker.getDeclaredTypeOfSymbol(symbol));
      if (symbol.flags & ts.SymbolFlags.Function) this.#give(this.#checker.getTypeOfSymbol(symbol));
      this.#name(symbol);
    }
    for (let unit = this.#queue.pop(); unit !== undefined; unit = this.#queue.pop()) unit();
  }

  /** A program gets values of a type: it may ask for their members, and for those of what they give. */
  #give(type) {
    if (this.#given.has(type) || this.#withheld.has(type.symbol?.name)) return;
    this.#given.add(type);
    if (type.isUnionOrIntersection()) for (const part of type.types) this.#give(part);
    for (const argument of this.#checker.getTypeArguments(type) ?? []) this.#give(argument);
    for (const signature of type.getCallSignatures()) this.#give(signature.getReturnType());
    const isOwn = (declaration) => this.#isOurs(declaration.getSourceFile().fileName) && isPublic(declaration);
    const own = type.getProperties().filter(({ declarations }) => declarations?.some(isOwn));
    const names = requiredNames(own);
    for (const property of own) {
      this.#questions.askGiven(type, names, property.name, this.#current);
      this.#give(this.#checker.getTypeOfSymbol(property));
    }
  }

  #once(node, action, reason = this.#current) {
    if (this.#seen.has(node)) return;
    this.#seen.add(node);
    this.#reasons.set(node, reason);
    this.#queue.push(() => {
      this.#current = node;
      action();
    });
  }

  #enterModule(source) {
    if (this.#modules.has(source)) return;
    this.#modules.add(source);
    for (const statement of source.statements) {
      if (this.#known.isUnreachableCall(statement)) {
        this.#edit(source, statement.getStart(), statement.getEnd(), "");
      } else if (ts.isExpressionStatement(statement) || ts.isIfStatement(statement) || ts.isForOfStatement(statement)) {
        this.#once(statement, () => this.#scan(statement));
      }
      if (ts.isExportAssignment(statement)) this.#once(statement, () => this.#scan(statement.expression));
    }
  }

  #resolve(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** Somebody names a symbol: what it stands for on the top level of a module is reachable. */
  #name(given, shellOnly = false) {
    const symbol = this.#resolve(given);
    for (const declaration of symbol.declarations ?? []) {
      if (ts.isSourceFile(declaration)) {
        if (!this.#isOurs(declaration.fileName)) continue;
        for (const exported of this.#checker.getExportsOfModule(symbol)) this.#name(exported);
      } else {
        this.#declare(declaration, shellOnly);
      }
    }
  }

  #declare(declaration, shellOnly) {
    const source = declaration.getSourceFile();
    if (!this.#isOurs(source.fileName)) return;
    if (ts.isFunctionDeclaration(declaration)) {
      if (declaration.body === undefined) return;
      this.#once(declaration, () => {
        this.#enterModule(source);
        this.#scanFunction(declaration);
      });
    } else if (ts.isClassLike(declaration)) {
      this.#classOf(declaration, shellOnly);
    } else if (ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration)) {
      let root = declaration;
      while (!ts.isVariableDeclaration(root)) {
        if (ts.isParameter(root)) return;
        root = root.parent;
      }
      if (isLocalFunction(root)) {
        this.#once(root, () => this.#scan(root.initializer));
        return;
      }
      if (!isModuleVariable(root)) return;
      this.#moduleVariable(root);
      if (tableOf(root) === undefined) return;
      const { initializer } = root;
      this.#once(initializer, () => this.#scan(initializer));
    }
  }

  /** A variable of a module; what is in a table is reached with the entries that are named, or with the table as a whole. */
  #moduleVariable(declaration) {
    this.#once(declaration, () => {
      this.#enterModule(declaration.getSourceFile());
      if (!ts.isIdentifier(declaration.name)) this.#scan(declaration.name);
      const { initializer } = declaration;
      if (initializer !== undefined && tableOf(declaration) === undefined) this.#scan(initializer);
    });
  }

  /** `TABLE.name`, where the table has numbers that stay: whether the number is put there instead. */
  #fixedEntry(node, object) {
    const table = object && this.#resolve(object).valueDeclaration;
    if (table === undefined || !ts.isVariableDeclaration(table) || table.initializer === undefined) return false;
    const number = this.#isOurs(table.getSourceFile().fileName) ? fixedNumber(table, node.name.text) : undefined;
    if (number === undefined) return false;
    this.#edit(node.getSourceFile(), node.getStart(), node.getEnd(), `(${number})`);
    return true;
  }

  /** `TABLE.name`: whether it is an entry of a table, which is then reached without the others. */
  #tableEntry(object, name, isWrite) {
    const declaration = object && this.#resolve(object).valueDeclaration;
    if (declaration === undefined || !this.#isOurs(declaration.getSourceFile().fileName)) return false;
    const entry = isWrite ? undefined : tableOf(declaration)?.find((property) => nameOf(property.name) === name);
    if (entry === undefined) return false;
    this.#moduleVariable(declaration);
    this.#once(entry, () => this.#scanProperty(entry));
    return true;
  }

  /** @param shellOnly - nobody makes one: it is only asked whether something is of the class. */
  #classOf(node, shellOnly) {
    const shell = () => {
      this.#enterModule(node.getSourceFile());
      for (const clause of node.heritageClauses ?? []) {
        if (clause.token !== ts.SyntaxKind.ExtendsKeyword) continue;
        for (const { expression } of clause.types) this.#scan(expression);
      }
    };
    if (!this.#shells.has(node)) {
      this.#shells.add(node);
      this.#queue.push(shell);
    }
    if (shellOnly) return;
    this.#once(node, () => {
      this.#questions.addClass(node);
      for (const member of node.members) this.#classMember(node, member);
    });
  }

  #classMember(node, member) {
    const name = nameOf(member.name);
    if (isFunctionMember(member) && name !== undefined && !WELL_KNOWN.has(name)) {
      this.#questions.addMember(node, name, member);
    } else if (ts.isPropertyDeclaration(member)) {
      if (member.name && ts.isComputedPropertyName(member.name)) this.#scan(member.name.expression);
      if (member.initializer !== undefined) this.#scan(member.initializer);
    } else if (ts.isClassStaticBlockDeclaration(member)) {
      this.#scan(member.body);
    } else {
      this.#member(member);
    }
  }

  /** A member of a class, or a function of a literal, that an access can mean. */
  #take(node, place) {
    if (ts.isObjectLiteralExpression(node.parent)) this.#once(node, () => this.#scanProperty(node), place);
    else this.#member(node, place);
  }

  #member(member, reason = this.#current) {
    if (member.body === undefined && !ts.isConstructorDeclaration(member)) return;
    const action = () => {
      if (member.name !== undefined && ts.isComputedPropertyName(member.name)) this.#scan(member.name.expression);
      this.#scanFunction(member);
    };
    this.#once(member, action, reason);
  }

  /** An access `x.name`, which the checker says is to `symbol`; to the export of a module, it names that. */
  #ask(symbol, name, access) {
    const resolved = symbol && this.#resolve(symbol);
    const isExport = resolved?.declarations?.some(
      (declaration) =>
        ts.isFunctionDeclaration(declaration) ||
        ts.isVariableDeclaration(declaration) ||
        ts.isClassLike(declaration) ||
        ts.isSourceFile(declaration),
    );
    if (isExport) this.#name(resolved);
    else this.#questions.askSymbol(resolved, name, access, this.#current);
  }

  #edit(source, start, end, text) {
    if (!this.#edits.has(source)) this.#edits.set(source, []);
    this.#edits.get(source).push({ start, end, text });
  }

  #scanFunction(node) {
    // A function that nobody calls in this program says so, should somebody call it all the same.
    if (node.body !== undefined && node.name !== undefined && this.#known.isUnreachable(node)) {
      this.#edit(node.getSourceFile(), node.body.getStart(), node.body.getEnd(), UNREACHABLE);
      return;
    }
    for (const parameter of node.parameters) {
      this.#scan(parameter.name);
      if (parameter.initializer !== undefined) this.#scan(parameter.initializer);
    }
    if (node.body !== undefined) this.#scan(node.body);
  }

  #scanBlock(statements, end) {
    for (const [i, statement] of statements.entries()) {
      this.#scan(statement);
      if (!this.#known.endsFlow(statement)) continue;
      if (i + 1 < statements.length) this.#edit(statement.getSourceFile(), statement.getEnd(), end, "");
      return;
    }
  }

  #branch(node, condition, whenTrue, whenFalse) {
    const value = this.#known.condition(condition);
    if (value === undefined) {
      this.#scan(condition);
      this.#scan(whenTrue);
      if (whenFalse !== undefined) this.#scan(whenFalse);
      return;
    }
    this.#edit(node.getSourceFile(), condition.getStart(), condition.getEnd(), String(value));
    const taken = value ? whenTrue : whenFalse;
    if (taken !== undefined) this.#scan(taken);
  }

  #scan(node) {
    if (ts.isIdentifier(node)) {
      const symbol = this.#checker.getSymbolAtLocation(node);
      if (symbol !== undefined) this.#name(symbol);
      return;
    }
    if (ts.isExpressionWithTypeArguments(node)) {
      this.#scan(node.expression);
      return;
    }
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isBlock(node)) {
      this.#scanBlock(node.statements, node.getEnd() - 1);
      return;
    }
    if (ts.isIfStatement(node)) {
      this.#branch(node, node.expression, node.thenStatement, node.elseStatement);
      return;
    }
    if (ts.isConditionalExpression(node)) {
      this.#branch(node, node.condition, node.whenTrue, node.whenFalse);
      return;
    }
    if (ts.isBinaryExpression(node)) {
      this.#binary(node);
      return;
    }
    if (ts.isPropertyAccessExpression(node)) {
      this.#propertyAccess(node);
      return;
    }
    if (ts.isElementAccessExpression(node)) {
      this.#elementAccess(node);
      return;
    }
    if (ts.isObjectBindingPattern(node)) {
      this.#pattern(node);
      return;
    }
    if (ts.isBindingElement(node)) {
      this.#scan(node.name);
      if (node.initializer !== undefined) this.#scan(node.initializer);
      return;
    }
    if (ts.isClassLike(node)) {
      this.#classOf(node, false);
      return;
    }
    if (ts.isObjectLiteralExpression(node)) {
      this.#literal(node);
      return;
    }
    if (ts.isFunctionLike(node)) {
      this.#scanFunction(node);
      return;
    }
    if (isLocalFunction(node)) return;
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) {
      if (ts.isBindingName(node.name) && !ts.isIdentifier(node.name)) this.#scan(node.name);
      if (node.initializer !== undefined) this.#scan(node.initializer);
      return;
    }
    if (ts.isCallExpression(node)) {
      if (this.#knownCall(node)) return;
      this.#namesForClass(node);
    }
    if (ts.isSatisfiesExpression(node)) {
      this.#names(node);
      this.#scan(node.expression);
      return;
    }
    if (ts.isLabeledStatement(node)) {
      this.#scan(node.statement);
      return;
    }
    if (ts.isBreakOrContinueStatement(node)) return;
    ts.forEachChild(node, (child) => this.#scan(child));
  }

  /** A call whose result is known, or of a function that is known not to be there. */
  #knownCall(node) {
    const { expression, questionDotToken } = node;
    const isAbsent = questionDotToken !== undefined && this.#known.isUndefined(expression);
    const known = isAbsent ? [undefined] : this.#known.of(node);
    if (known === undefined) return false;
    this.#edit(node.getSourceFile(), node.getStart(), node.getEnd(), textOf(known[0]));
    return true;
  }

  /** `["a", "b"] satisfies (keyof T)[]`: names by which members will be asked for. */
  #names({ expression, type }) {
    const isKeys = (part) => ts.isTypeOperatorNode(part) && part.operator === ts.SyntaxKind.KeyOfKeyword;
    const find = (part) => (isKeys(part) ? part.type : ts.forEachChild(part, find));
    const of = find(type);
    if (of === undefined) return;
    this.#askByNames(expression, this.#checker.getTypeFromTypeNode(of));
  }

  /** `f(SomeClass, ["a", "b"])`: names of members of the class. */
  #namesForClass({ arguments: given }) {
    const names = given.filter((argument) => ts.isArrayLiteralExpression(argument));
    if (names.length === 0) return;
    for (const argument of given) {
      const prototype = this.#checker.getTypeAtLocation(argument).getProperty("prototype");
      if (prototype === undefined) continue;
      for (const list of names) this.#askByNames(list, this.#checker.getTypeOfSymbol(prototype));
    }
  }

  #askByNames(node, object) {
    if (!ts.isStringLiteralLike(node)) ts.forEachChild(node, (child) => this.#askByNames(child, object));
    else if (object.getProperty(node.text)) this.#ask(object.getProperty(node.text), node.text, { object });
  }

  #binary(node) {
    const { kind } = node.operatorToken;
    if (kind === ts.SyntaxKind.InstanceOfKeyword && ts.isIdentifier(node.right)) {
      this.#scan(node.left);
      const symbol = this.#checker.getSymbolAtLocation(node.right);
      if (symbol !== undefined) this.#name(symbol, true);
      return;
    }
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) {
      const value = this.#known.condition(node.left);
      const isAnd = kind === ts.SyntaxKind.AmpersandAmpersandToken;
      if (value !== undefined) {
        this.#edit(node.getSourceFile(), node.left.getStart(), node.left.getEnd(), String(value));
        if (value === isAnd) this.#scan(node.right);
        return;
      }
    }
    this.#scan(node.left);
    this.#scan(node.right);
  }

  #propertyAccess(node) {
    const { name, expression, questionDotToken } = node;
    if (questionDotToken !== undefined) {
      if (this.#known.isUndefined(expression)) {
        this.#edit(node.getSourceFile(), expression.getStart(), expression.getEnd(), "undefined");
        return;
      }
    }
    const object = ts.isIdentifier(expression) ? this.#checker.getSymbolAtLocation(expression) : undefined;
    if (this.#fixedEntry(node, object)) return;
    if (this.#tableEntry(object, name.text, accessOf(node).isWrite)) return;
    const isNamespace =
      object !== undefined && (this.#resolve(object).declarations ?? []).some((found) => ts.isSourceFile(found));
    if (!isNamespace) this.#scan(expression);
    const access = { ...accessOf(node), object: this.#checker.getTypeAtLocation(expression) };
    this.#ask(this.#checker.getSymbolAtLocation(name), name.text, access);
  }

  #elementAccess(node) {
    this.#scan(node.expression);
    this.#scan(node.argumentExpression);
    const type = this.#checker.getTypeAtLocation(node.expression);
    const key = this.#checker.getTypeAtLocation(node.argumentExpression);
    if (key.flags & ts.TypeFlags.NumberLike) return;
    if (key.isStringLiteral()) {
      this.#ask(type.getProperty(key.value), key.value, { object: type });
      return;
    }
    if (key.isUnion() && key.types.every((part) => part.isStringLiteral())) {
      for (const part of key.types) this.#ask(type.getProperty(part.value), part.value, { object: type });
      return;
    }
    if (key.flags & ts.TypeFlags.ESSymbolLike) return;
    const apparent = this.#checker.getApparentType(type);
    for (const property of apparent.getProperties()) this.#ask(property, property.name, { object: apparent });
  }

  #pattern(node) {
    const type = this.#checker.getTypeAtLocation(node);
    for (const element of node.elements) {
      const name = nameOf(element.propertyName ?? element.name);
      if (element.dotDotDotToken === undefined && name !== undefined)
        this.#ask(type.getProperty(name), name, { object: type });
      this.#scan(element);
    }
  }

  #literal(node) {
    const isTarget = ts.isBinaryExpression(node.parent) && node.parent.left === node;
    const context = this.#checker.getContextualType(node);
    const given = this.#checker.getTypeAtLocation(node);
    for (const property of node.properties) {
      const name = nameOf(property.name);
      if (isTarget && name !== undefined) this.#questions.askAny(name, this.#current);
      const known =
        isTarget || property.initializer === undefined ? undefined : this.#known.ofProperty(property, context);
      if (known !== undefined) {
        const { initializer } = property;
        this.#once(property, () => {});
        this.#edit(node.getSourceFile(), initializer.getStart(), initializer.getEnd(), textOf(known[0]));
      } else if (name !== undefined && this.#canWait(property, name, context)) {
        this.#questions.addLiteralFunction(property, name, given);
      } else {
        this.#once(property, () => this.#scanProperty(property));
      }
    }
  }

  #scanProperty(property) {
    if (property.name !== undefined && ts.isComputedPropertyName(property.name)) this.#scan(property.name.expression);
    if (ts.isShorthandPropertyAssignment(property)) {
      const symbol = this.#checker.getShorthandAssignmentValueSymbol(property);
      if (symbol !== undefined) this.#name(symbol);
    } else if (ts.isPropertyAssignment(property)) this.#scan(property.initializer);
    else if (ts.isSpreadAssignment(property)) this.#scan(property.expression);
    else this.#scanFunction(property);
  }

  /** Functions in a literal whose type says which names can be asked for. */
  #canWait(property, name, context) {
    const isFunction =
      ts.isMethodDeclaration(property) ||
      ts.isGetAccessorDeclaration(property) ||
      (ts.isPropertyAssignment(property) &&
        (ts.isArrowFunction(property.initializer) ||
          ts.isFunctionExpression(property.initializer) ||
          ((ts.isIdentifier(property.initializer) || ts.isPropertyAccessExpression(property.initializer)) &&
            this.#checker.getTypeAtLocation(property.initializer).getCallSignatures().length > 0))) ||
      (ts.isShorthandPropertyAssignment(property) &&
        this.#checker.getTypeAtLocation(property.name).getCallSignatures().length > 0);
    if (!isFunction) return false;
    if (context === undefined) return true;
    const expected = this.#checker.getNonNullableType(context).getProperty(name);
    if (expected === undefined)
      return (context.getStringIndexType?.() ?? undefined) === undefined && !context.isUnion();
    return (expected.declarations ?? []).every((found) => this.#isOurs(found.getSourceFile().fileName));
  }
}
