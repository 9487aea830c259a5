// Mends the declarations of namespaces (`export * as h5f`) that tsup writes. A member that stands in another file of the
// declarations comes out as `declare const h5f_FileInfo: typeof FileInfo`, whatever it is: a type is an error so, and a class
// is no type any more. Here such a member is imported under the second name instead, with all that it means. And a namespace gets
// the comment that heads its module, for editors to show.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./process.mjs";

const importLine = /^import \{ (.*) \} from '(.*)';$/gm;

/** Name in this file → what stands behind `import` and `from` for it. */
function importedNames(text) {
  const names = new Map();
  for (const [, list, module] of text.matchAll(importLine)) {
    for (const specifier of list.split(", ")) {
      const [outer, inner = outer] = specifier.replace(/^type /, "").split(" as ");
      names.set(inner, { outer, module });
    }
  }
  return names;
}

/** A file of declarations with its namespaces made right; `commentOf` gives the comment that a namespace of a name is to have. */
export function withNamespaceTypes(text, commentOf = () => undefined) {
  const imported = importedNames(text);
  const namespaces = new Set([...text.matchAll(/^declare namespace (\w+) \{$/gm)].map(([, name]) => name));
  const added = new Map();
  const mended = text.replace(
    /^declare const ([A-Za-z0-9]+)_(\w+): typeof (\w+);\n/gm,
    (line, namespace, member, name) => {
      const from = imported.get(name);
      if (member !== name || from === undefined || !namespaces.has(namespace)) return line;
      added.set(from.module, [...(added.get(from.module) ?? []), `${from.outer} as ${namespace}_${member}`]);
      return "";
    },
  );
  const whole = mended.replace(importLine, (line, list, module) =>
    added.has(module) ? `import { ${[list, ...added.get(module)].join(", ")} } from '${module}';` : line,
  );
  return whole.replace(/^declare namespace (\w+) \{$/gm, (line, name) => {
    const comment = commentOf(name);
    return comment === undefined ? line : `${comment}\n${line}`;
  });
}

/** The comment at the head of the module that is exported as a namespace of this name. */
function headOf(name) {
  const paths = ["lowlevel", "highlevel"].map((folder) => join(root, "src", folder, `${name}.ts`));
  const path = paths.find((each) => existsSync(each));
  return path && /^\/\*\*.*?\*\//s.exec(readFileSync(path, "utf8"))?.[0];
}

/** Mends all declarations below a folder. */
export function mendNamespaceTypes(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const mended = withNamespaceTypes(text, headOf);
    if (mended !== text) writeFileSync(path, mended);
  }
}
