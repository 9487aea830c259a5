// Which exports, and which members of exported classes and records, have no docstring. What needs none of its own:
// - a constant in an unbroken run of constants, none with a docstring of its own, whose first has one: it speaks for the group
//   (an empty line ends the run);
// - what tells the variants of a record apart: `kind`, `class`, `version`, and what has a literal for a type;
// - `decode…`, `encode…` and `sizeOf…` of `src/format`: `src/format/index.ts` says what they do with every structure;
// - members that JavaScript calls (`[Symbol.iterator]`, `[Symbol.dispose]`, …);
// - what overrides a documented member, or carries out a documented member of an interface: editors show that one.
// Of functions and members the name of the C function alone is no docstring: it says neither unit nor default.
import { relative, sep } from "node:path";
import ts from "typescript";

const { Accessor, Alias, Class, Interface, Method, TypeAlias, TypeParameter, ValueModule, Variable } = ts.SymbolFlags;
/** What is called, or asked for. */
const CALLED = ts.SymbolFlags.Function | Method | Accessor | Variable;
const VARIANTS = new Set(["kind", "class", "version"]);
const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** Names of what `entries` export without a docstring: `{ name, file, line }`, of files in `folder`. */
export function undocumented(program, entries, folder) {
  const checker = program.getTypeChecker();
  const seen = new Set();
  const missing = [];
  let total = 0;

  const isOurs = (symbol) => symbol.declarations?.some((node) => fileOf(node).startsWith(folder)) ?? false;
  const judge = (name, symbol) => {
    if (seen.has(symbol) || !isOurs(symbol)) return false;
    seen.add(symbol);
    total++;
    if (!isDocumented(symbol, checker, folder)) missing.push({ name, ...placeOf(symbol, folder) });
    return true;
  };
  const visit = (name, symbol) => {
    const real = symbol.flags & Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!judge(name, real)) return;
    if (real.flags & ValueModule) visitAll(`${name}.`, checker.getExportsOfModule(real));
    if (real.flags & (Class | Interface | TypeAlias)) {
      for (const member of membersOf(real, checker)) judge(`${name}.${member.name}`, member);
    }
  };
  const visitAll = (prefix, symbols) => {
    for (const symbol of symbols) visit(`${prefix}${symbol.name}`, symbol);
  };

  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
    if (module !== undefined) visitAll("", checker.getExportsOfModule(module));
  }
  return { total, missing };
}

const fileOf = (node) => node.getSourceFile().fileName.replaceAll("/", sep);

function placeOf(symbol, folder) {
  const node = symbol.declarations[0];
  const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return { file: relative(folder, fileOf(node)), line: line + 1 };
}

/** Members that others see: of instances, inherited ones too, and of the class itself. */
function membersOf(symbol, checker) {
  const node = symbol.declarations.find(ts.isTypeAliasDeclaration);
  // Of unions, conditions and the like there is nothing to be asked for.
  if (node !== undefined && !ts.isTypeLiteralNode(node.type) && !ts.isTypeReferenceNode(node.type)) return [];
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const ofClass = symbol.flags & Class ? [...(symbol.exports?.values() ?? [])] : [];
  return [...members, ...ofClass].filter(
    (member) => !(member.flags & TypeParameter) && member.name !== "prototype" && isSeen(member),
  );
}

function isSeen({ name, declarations = [] }) {
  if (name.startsWith("__")) return false;
  return declarations.some(
    (node) => !(ts.getCombinedModifierFlags(node) & HIDDEN) && !(node.name && ts.isPrivateIdentifier(node.name)),
  );
}

function isDocumented(symbol, checker, folder) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const isConstant = /^[A-Z0-9_]+$/.test(symbol.name);
  if (symbol.flags & CALLED && !isConstant && /^C: `\w+`\.?$/.test(text)) return false;
  if (text !== "" || symbol.getJsDocTags(checker).length > 0) return true;
  return symbol.declarations.some(
    (node) =>
      (ts.isSourceFile(node) && /^\/\*\*/.test(node.text)) ||
      isOfDocumentedGroup(node) ||
      isVariantName(node) ||
      isCodecOfStructure(symbol, node, folder),
  );
}

function isOfDocumentedGroup(node) {
  if (!ts.isVariableDeclaration(node)) return false;
  const source = node.getSourceFile();
  let at = source.statements.indexOf(node.parent.parent);
  while (at > 0 && ts.getJSDocCommentsAndTags(source.statements[at]).length === 0) {
    const before = source.statements[at - 1];
    const between = source.text.slice(before.end, source.statements[at].getStart());
    if (!ts.isVariableStatement(before) || /\n[ \t]*\n/.test(between)) return false;
    at--;
  }
  return at >= 0 && ts.getJSDocCommentsAndTags(source.statements[at]).length > 0;
}

function isVariantName(node) {
  if (!ts.isPropertySignature(node)) return false;
  return VARIANTS.has(node.name.getText()) || (node.type !== undefined && ts.isLiteralTypeNode(node.type));
}

function isCodecOfStructure({ name, flags }, node, folder) {
  if (flags & (Class | Interface | TypeAlias | Variable)) return false;
  return relative(folder, fileOf(node)).startsWith(`format${sep}`) && /^(decode|encode|sizeOf)[A-Z]/.test(name);
}
