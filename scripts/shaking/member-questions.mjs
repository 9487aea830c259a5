// Accesses to members, and the members of classes and object literals that they can mean.
import ts from "typescript";
import { isWithinGeneric, requiredNames } from "./syntax.mjs";

const PLAIN = ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.BigIntLike;

/**
 * @typedef Question
 * An access to a member `name`: of the class `above`, on something of the class `through`, which is that or one below; through a
 * `type` that is no class; or through who knows what.
 */
export class MemberQuestions {
  #checker;
  #isOurs;
  #take;
  #asked = [];
  #keys = new Set();
  #ids = new Map();
  #fitting = new Map();
  /** Class -> its members that wait for an access. */
  #classes = new Map();
  /** Class -> itself and those above it. */
  #above = new Map();
  /** Class -> classes below it. */
  #below = new Map();
  /** Functions in object literals that wait. */
  #literals = [];

  /**
   * @param isOurs - Of a file name: whether the members of its types are looked at
   * @param take - Called with a member, or function of a literal, that an access can mean, and where that is
   */
  constructor(checker, isOurs, take) {
    this.#checker = checker;
    this.#isOurs = isOurs;
    this.#take = take;
  }

  /** The class and those above it. */
  #ancestors(node) {
    const known = this.#above.get(node);
    if (known !== undefined) return known;
    const all = [];
    this.#above.set(node, all);
    for (let next = node; next !== undefined && !all.includes(next); ) {
      all.push(next);
      const heritage = next.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
      const type = heritage && this.#checker.getTypeAtLocation(heritage.types[0]);
      next = type && classIn(type);
    }
    return all;
  }

  /** A class that the program makes objects of. Members above it may be asked for through what only it fits. */
  addClass(node) {
    this.#classes.set(node, []);
    for (const above of this.#ancestors(node)) {
      if (!this.#below.has(above)) this.#below.set(above, new Set());
      this.#below.get(above).add(node);
      for (const waiting of this.#classes.get(above) ?? []) {
        const question = this.#asked.find((asked) => asked.type !== undefined && this.#means(asked, waiting));
        if (question !== undefined) this.#take(waiting.member, question.place);
      }
    }
  }

  addMember(node, name, member) {
    const waiting = { node, name, member };
    const question = this.#asked.find((asked) => this.#means(asked, waiting));
    if (question !== undefined) this.#take(member, question.place);
    else this.#classes.get(node).push(waiting);
  }

  /** @param type - Of the literal. */
  addLiteralFunction(property, name, type) {
    const waiting = { property, name, type };
    const question = this.#asked.find((asked) => this.#meansLiteral(asked, waiting));
    if (question !== undefined) this.#take(property, question.place);
    else this.#literals.push(waiting);
  }

  #means({ name, above, through, type, isWrite, isRead }, waiting) {
    if (name !== waiting.name) return false;
    const isSetter = ts.isSetAccessorDeclaration(waiting.member);
    if (isSetter ? !isWrite : ts.isGetAccessorDeclaration(waiting.member) && !isRead) return false;
    if (above !== undefined) {
      const ancestors = this.#ancestors(waiting.node);
      // What is of a class is of one below it; the member may be one of a class above.
      if (!ancestors.includes(above)) return false;
      return ancestors.includes(through) || this.#ancestors(through).includes(waiting.node);
    }
    if (type === undefined) return true;
    // A member of a class is one of those below it, which may have more.
    for (const node of [waiting.node, ...(this.#below.get(waiting.node) ?? [])]) {
      if (this.#fits(this.#checker.getTypeAtLocation(node), type)) return true;
    }
    return false;
  }

  #meansLiteral({ name, above, type }, waiting) {
    if (name !== waiting.name) return false;
    if (above === undefined) return type === undefined || this.#fits(waiting.type, type);
    return this.#checker.isTypeAssignableTo(waiting.type, this.#checker.getTypeAtLocation(above));
  }

  /** Whether something of a type may be where another is expected. Of generic types only the names of members count. */
  #fits(given, { type, names, isGeneric }) {
    const key = `${given.id} ${type.id}`;
    let result = this.#fitting.get(key);
    if (result === undefined) {
      result = isGeneric
        ? names.every((name) => given.getProperty(name) !== undefined)
        : this.#checker.isTypeAssignableTo(given, type);
      this.#fitting.set(key, result);
    }
    return result;
  }

  #id(node) {
    if (!this.#ids.has(node)) this.#ids.set(node, this.#ids.size);
    return this.#ids.get(node);
  }

  #ask(question, key) {
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#asked.push(question);
    for (const members of this.#classes.values()) {
      for (const waiting of members) if (this.#means(question, waiting)) this.#take(waiting.member, question.place);
    }
    for (const waiting of this.#literals) {
      if (this.#meansLiteral(question, waiting)) this.#take(waiting.property, question.place);
    }
  }

  /** An access through who knows what. */
  askAny(name, place) {
    this.#ask({ name, isRead: true, isWrite: true, place }, `any ${name}`);
  }

  /** An access that a user of the program may make: `names` are all members of the type. */
  askGiven(type, names, name, place) {
    const question = { name, type: { type, names, isGeneric: true }, isRead: true, isWrite: false, place };
    this.#ask(question, `given ${type.id} ${name}`);
  }

  /**
   * An access to what the checker says is `symbol`.
   *
   * @param access.object - The type of what is before the dot
   */
  askSymbol(symbol, name, { isRead = true, isWrite = false, object }, place) {
    const declarations = symbol?.declarations ?? [];
    const access = { name, isRead, isWrite, place, object };
    if (declarations.length === 0) this.#askUndeclared(symbol, object, access);
    for (const declaration of declarations) {
      if (this.#isOurs(declaration.getSourceFile().fileName)) this.#askDeclared(declaration, access);
    }
  }

  #askUndeclared(symbol, object, access) {
    const { name, isRead, isWrite } = access;
    // Of a mapped type over names: the values of a table, if they are no functions.
    if (symbol !== undefined && this.#isPlain(this.#checker.getTypeOfSymbol(symbol))) return;
    if (object === undefined || object.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) {
      this.askAny(name, access.place);
      return;
    }
    const type = { type: object, names: [name], isGeneric: false };
    this.#ask({ ...access, type }, `type ${object.id} ${name} ${isRead} ${isWrite}`);
  }

  #askDeclared(declaration, access) {
    const { parent } = declaration;
    const { name, isRead, isWrite, object } = access;
    const key = `${this.#id(parent)} ${name} ${isRead} ${isWrite}`;
    if (ts.isClassLike(parent)) {
      const through = this.#classOf(object, parent);
      this.#ask({ ...access, above: parent, through }, `${key} ${this.#id(through)}`);
    } else if (
      ts.isInterfaceDeclaration(parent) ||
      ts.isTypeLiteralNode(parent) ||
      ts.isObjectLiteralExpression(parent)
    ) {
      const type = this.#checker.getTypeAtLocation(parent);
      const expected = { type, names: requiredNames(type.getProperties()), isGeneric: isWithinGeneric(parent) };
      this.#ask({ ...access, type: expected }, key);
    } else {
      this.askAny(name, access.place);
    }
  }

  /** The class that something is of, if it is one below `above`; else that. */
  #classOf(type, above) {
    const symbol = type && this.#checker.getApparentType(type).symbol;
    const node = symbol?.declarations?.find((declaration) => ts.isClassLike(declaration));
    return node !== undefined && this.#ancestors(node).includes(above) ? node : above;
  }

  #isPlain(type) {
    return type.isUnion() ? type.types.every((part) => this.#isPlain(part)) : (type.flags & PLAIN) !== 0;
  }
}

/** The class that something is of; of what a function makes of a class, to which it adds members, that class. */
function classIn(type) {
  const parts = type.isIntersection() ? type.types : [type];
  return parts.flatMap(({ symbol }) => symbol?.declarations ?? []).find((declaration) => ts.isClassLike(declaration));
}
