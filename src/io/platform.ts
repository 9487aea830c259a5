/** Modules of the runtime, found without an import statement, so that bundles for browsers and edges stay free of them. */

/**
 * A built-in module of Node, or of a runtime that offers Node's, such as `node:fs`.
 *
 * @returns `undefined` where there is no such module. Node has the function since 20.16.
 */
export function builtinModule(name: string): unknown {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  if (typeof process?.getBuiltinModule !== "function") return undefined;
  try {
    return process.getBuiltinModule(name);
  } catch {
    // Runtimes with a part of Node refuse the modules they lack, each in its own way.
    return undefined;
  }
}
