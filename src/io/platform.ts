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

/** An environment variable of Node, Bun or Deno; undefined where there is none, or it may not be asked for. */
export function environmentVariable(name: string): string | undefined {
  const { Deno: deno, process } = globalThis as {
    Deno?: { env?: { get(name: string): string | undefined } };
    process?: { env?: Record<string, string | undefined> };
  };
  try {
    return deno?.env === undefined ? process?.env?.[name] : deno.env.get(name);
  } catch {
    return undefined;
  }
}
