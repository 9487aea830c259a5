#!/usr/bin/env node
/** What the command `h5ts` starts. The program itself is a module that is imported late, so that a runtime can keep it compiled. */
import module from "node:module";

/** Node 22.1 and later: what is imported from now on is kept compiled, in a folder for temporary files, for the runs to come. */
const { enableCompileCache } = module as { enableCompileCache?: () => unknown };
try {
  enableCompileCache?.();
} catch {
  // A runtime that has the function and cannot do it: the program starts as it did before.
}
await import("./program.ts");
