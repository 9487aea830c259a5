// Methods of classes, as functions that are compiled along with the script that they are in.
//
// No parentheses help a method that stands in its class. So those that are called at the start leave it, and are defined on
// its prototype by a function that is handed the class: a call marked as pure, which a bundler drops with the class.
import ts from "typescript";

/** Defines functions as a class does: not enumerable, and to be replaced. */
const DEFINE = `(function(made,methods,getters,statics){
let define=(target,functions,key,descriptor)=>{for(let name in functions)descriptor[key]=functions[name],Object.defineProperty(target,name,descriptor)};
let method={value:made,writable:!0,configurable:!0};
define(made.prototype,methods,"value",method);define(made,statics,"value",method);define(made.prototype,getters,"get",{get:made,configurable:!0});
return made})`;

/** The function that defines them, for a module in which this name is not used. */
export const definition = (name) => `var ${name}=${DEFINE};\n`;

/** A name for that function. */
export function unusedName(text) {
  let name = "early";
  while (text.includes(name)) name += "_";
  return name;
}

/**
 * A class of the top level with members to be defined early, undefined where it has none.
 *
 * @param isCalled - Whether a function that begins at an offset is called at the start.
 * @param name - Of the function that defines them.
 * @returns Where the class stands, and the pieces that take its place: new text, or parts `{start, end}` of the text.
 */
export function earlyClass(node, isCalled, name) {
  const isDeclaration = ts.isClassDeclaration(node);
  const given = isDeclaration ? node.name.text : node.parent.name.text;
  if (node.members.some(isMadeOfTheClass)) return undefined;
  const moved = node.members.filter((member) => isMovable(member, node, given) && isCalledAt(member, isCalled));
  if (moved.length === 0) return undefined;
  const [start, open] = [node.getStart(), node.members.pos];
  const head =
    node.name === undefined ? [`class ${given}`, { start: start + "class".length, end: open }] : [{ start, end: open }];
  const kinds = [isPlainMethod, ts.isGetAccessor, isStaticMethod].map((is) => moved.filter(is));
  const lists = kinds.slice(0, kinds.findLastIndex(({ length }) => length > 0) + 1);
  return {
    start,
    end: node.end,
    pieces: [
      `${isDeclaration ? `var ${given}=` : ""}/* @__PURE__ */ ${name}(`,
      ...head,
      ...without(moved, open, node.end),
      ...lists.flatMap((members) => [",{", ...members.flatMap(asFunction), "}"]),
      isDeclaration ? ");" : ")",
    ],
  };
}

/** Classes at the top level: declared, or what a variable is made with. */
export function topLevelClasses(statements) {
  return statements.flatMap((statement) => {
    if (ts.isClassDeclaration(statement)) return statement.modifiers === undefined ? [statement] : [];
    if (!ts.isVariableStatement(statement)) return [];
    const values = statement.declarationList.declarations.map(({ initializer }) => initializer);
    return values.filter((value) => value !== undefined && ts.isClassExpression(value));
  });
}

const isStatic = ({ modifiers = [] }) => modifiers.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
const isPlainMethod = (member) => ts.isMethodDeclaration(member) && !isStatic(member);
const isStaticMethod = (member) => ts.isMethodDeclaration(member) && isStatic(member);

/** What is evaluated with the class may call methods that are not there yet. */
const isMadeOfTheClass = (member) =>
  ts.isClassStaticBlockDeclaration(member) ||
  (ts.isPropertyDeclaration(member) &&
    isStatic(member) &&
    contains(member, (node) => ts.isCallExpression(node) || ts.isNewExpression(node)));

/** Functions without what only a class's own have: private names, `super`, a name of the class that it has only inside. */
function isMovable(member, node, given) {
  const isMethod = ts.isMethodDeclaration(member);
  if (!isMethod && !(ts.isGetAccessor(member) && !isStatic(member))) return false;
  if (!ts.isIdentifier(member.name)) return false;
  if (member.modifiers?.some(({ kind }) => kind !== ts.SyntaxKind.StaticKeyword)) return false;
  // A setter is defined along with its getter.
  if (node.members.some((other) => ts.isSetAccessor(other) && other.name.getText() === member.name.text)) return false;
  if (contains(member, (part) => part.kind === ts.SyntaxKind.SuperKeyword || ts.isPrivateIdentifier(part)))
    return false;
  const inner = node.name?.text ?? given;
  return inner === given || !contains(member, (part) => ts.isIdentifier(part) && part.text === inner);
}

/** A function begins with `get`, but behind `static`. */
const isCalledAt = (member, isCalled) => isCalled(member.getStart()) || isCalled(member.name.getStart());

const contains = (node, is) => is(node) || ts.forEachChild(node, (child) => contains(child, is) || undefined) === true;

/** Parts of a text without these members. */
function without(members, start, end) {
  const parts = [];
  let at = start;
  for (const member of members) {
    parts.push({ start: at, end: member.getStart() });
    at = member.end;
  }
  return [...parts, { start: at, end }];
}

function asFunction(member) {
  const { name, asteriskToken, end } = member;
  return [`${name.text}:(function${asteriskToken ? "*" : ""}`, { start: name.end, end }, "),\n"];
}
