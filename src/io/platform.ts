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

interface ProcessLike {
  readonly pid?: number;
  kill?(pid: number, signal: number): void;
}

/** Which process this is; undefined where there are none. */
export function thisProcess(): { readonly process: number; readonly host: string } | undefined {
  const { Deno: deno, process } = globalThis as { Deno?: { pid?: number; hostname?(): string }; process?: ProcessLike };
  const pid = process?.pid ?? deno?.pid;
  if (pid === undefined) return undefined;
  const os = builtinModule("node:os") as { hostname?(): string } | undefined;
  try {
    return { process: pid, host: os?.hostname?.() ?? deno?.hostname?.() ?? "" };
  } catch {
    // Deno asks for a permission.
    return { process: pid, host: "" };
  }
}

/** Whether a process of this machine is there; undefined where that cannot be told. */
export function processExists(pid: number): boolean | undefined {
  const { process } = globalThis as { process?: ProcessLike };
  if (typeof process?.kill !== "function") return undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return false;
    // One that belongs to somebody else is there as well.
    return code === "EPERM" ? true : undefined;
  }
}
