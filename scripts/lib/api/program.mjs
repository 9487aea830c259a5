// The package's exports and the tests' uses of them, as the TypeScript compiler sees both.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../process.mjs";

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

export function openProgram() {
  const configPath = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(configPath, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = ["index.ts", "lowlevel/index.ts"].map((path) => join(root, "src", path));
  const tests = filesBelow(join(root, "test"));
  const program = ts.createProgram([...entries, ...tests], options);
  const checker = program.getTypeChecker();
  const [high, low] = entries.map((path) => checker.getSymbolAtLocation(program.getSourceFile(path)));
  return { program, checker, high, low, tests };
}

function unaliased(checker, symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** A member of a class, an interface or an object that is not hidden. */
function memberOf(checker, owner, name) {
  const { Class, Interface, Value } = ts.SymbolFlags;
  const types = [];
  if (owner.flags & (Class | Interface)) types.push(checker.getDeclaredTypeOfSymbol(owner));
  if (owner.flags & Value) types.push(checker.getTypeOfSymbol(owner));
  for (const type of types) {
    const found = checker.getPropertiesOfType(type).find((property) => nameOf(property) === name);
    if (found?.declarations?.some((node) => !(ts.getCombinedModifierFlags(node) & HIDDEN))) return found;
  }
  return undefined;
}

/** The compiler calls `[Symbol.iterator]` `__@iterator@…`. */
function nameOf(symbol) {
  const { escapedName } = symbol;
  const wellKnown = /^__@(\w+?)(@|$)/.exec(escapedName);
  return wellKnown === null ? ts.unescapeLeadingUnderscores(escapedName) : `[Symbol.${wellKnown[1]}]`;
}

/** Finds exports by paths as `h5d.DatasetID.read` (of `h5ts/lowlevel`) and `File.flush` (of `h5ts`). */
export function exportFinder({ checker, high, low }) {
  const tables = new Map();
  const exportsOf = (module) => {
    let table = tables.get(module);
    if (table === undefined) {
      const list = checker.getExportsOfModule(module).map((symbol) => [symbol.name, unaliased(checker, symbol)]);
      table = new Map(list);
      tables.set(module, table);
    }
    return table;
  };
  const step = (owner, name) =>
    owner.flags & ts.SymbolFlags.ValueModule ? exportsOf(owner).get(name) : memberOf(checker, owner, name);
  const find = (path) => {
    const [first, ...rest] = path.split(/\.(?![^[]*\])/);
    let symbol = exportsOf(low).get(first) ?? exportsOf(high).get(first);
    for (const name of rest) symbol = symbol && step(symbol, name);
    return symbol;
  };
  const namesOf = (module) => {
    const symbol = exportsOf(low).get(module);
    return symbol === undefined ? [] : [...exportsOf(symbol).keys()];
  };
  return { find, namesOf };
}

/** Symbols by what declares them, the same for every instance of a generic class. */
export function declarationsOf(symbol) {
  return symbol.declarations ?? [];
}

/** Every declaration that a test uses, and the names of the properties that tests' objects are compared with. */
export function usesOfTests({ program, checker, tests }) {
  const used = new Set();
  const literalKeys = new Set();
  const use = (symbol) => {
    if (symbol === undefined) return;
    for (const node of declarationsOf(unaliased(checker, symbol))) used.add(node);
  };
  const useIterator = (expression) => {
    const type = checker.getTypeAtLocation(expression);
    use(checker.getPropertiesOfType(type).find((property) => nameOf(property) === "[Symbol.iterator]"));
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isIdentifier(node)) {
      if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) literalKeys.add(node.text);
      else if (ts.isBindingElement(node.parent)) useBound(node.parent, node);
      else use(checker.getSymbolAtLocation(node));
    } else if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) {
      use(checker.getSymbolAtLocation(node.argumentExpression));
    } else if (ts.isElementAccessExpression(node)) {
      use(checker.getSymbolAtLocation(node.argumentExpression.name ?? node.argumentExpression));
      useWellKnown(node);
    } else if (ts.isForOfStatement(node) || ts.isSpreadElement(node)) {
      useIterator(node.expression);
    } else if (ts.isTemplateSpan(node)) {
      useProperty(node.expression, "toString");
    } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "String") {
      for (const argument of node.arguments) useProperty(argument, "toString");
    } else if (ts.isVariableDeclarationList(node) && node.flags & ts.NodeFlags.Using) {
      for (const { initializer } of node.declarations) useProperty(initializer, "[Symbol.dispose]");
    }
    ts.forEachChild(node, visit);
  };
  const useProperty = (expression, name) => {
    const type = checker.getTypeAtLocation(expression);
    use(checker.getPropertiesOfType(type).find((property) => nameOf(property) === name));
  };
  /** `object[Symbol.iterator]` */
  const useWellKnown = ({ expression, argumentExpression }) => {
    if (ts.isPropertyAccessExpression(argumentExpression)) {
      useProperty(expression, `[${argumentExpression.getText()}]`);
    }
  };
  /** `const { shape } = dataset` */
  const useBound = (element, identifier) => {
    const property = element.propertyName ?? element.name;
    if (property !== identifier || !ts.isObjectBindingPattern(element.parent)) return;
    const type = checker.getTypeAtLocation(element.parent);
    use(checker.getPropertyOfType(type, identifier.text));
  };
  for (const path of tests) visit(program.getSourceFile(path));
  return { used, literalKeys };
}

/** Whether a symbol is used: itself, a member of the class, or, of a plain record, a property of its name. */
export function isUsed(checker, symbol, { used, literalKeys }) {
  const nodes = declarationsOf(symbol);
  if (nodes.some((node) => used.has(node))) return true;
  if (nodes.some((node) => ts.isPropertySignature(node) && literalKeys.has(symbol.name))) return true;
  if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return false;
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  return members.some((member) => isUsed(checker, member, { used, literalKeys }));
}

/** Whether an export can be found at run time: a type cannot, nor a field of a class before there is an instance. */
export function isThereAtRunTime(symbol) {
  const { Value, Property } = ts.SymbolFlags;
  return (symbol.flags & Value) !== 0 && (symbol.flags & Property) === 0;
}
