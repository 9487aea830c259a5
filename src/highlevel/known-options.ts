/** Whether all options that are given have a meaning. */
import { plainError } from "../lowlevel/api-error.ts";

/** All names of the options `O`: the compiler has it complete. */
export type OptionNames<O> = Readonly<Record<keyof O, true>>;

/**
 * For a parameter of options whose type is inferred, which would let any more names through: those that `K` lacks have no
 * possible value.
 */
export type NoOthers<O, K> = { readonly [N in Exclude<keyof O, keyof K>]: never };

/** The first name that means nothing and has a value; undefined if there is none. */
export function strayOption(options: object, known: Readonly<Record<string, true>>): string | undefined {
  for (const name in options) {
    if (!Object.hasOwn(known, name) && (options as Record<string, unknown>)[name] !== undefined) return name;
  }
  return undefined;
}

/**
 * What is misspelt, or spelt as in Python, would be passed over without a word.
 *
 * @param func - Whose options they are.
 * @throws TypeError "createDataset() got an unexpected keyword argument 'x'".
 */
export function requireKnown(options: object, known: Readonly<Record<string, true>>, func: string): void {
  const stray = strayOption(options, known);
  if (stray === undefined) return;
  const similar = Object.keys(known).find((name) => spelling(name) === spelling(stray));
  const hint = similar === undefined ? "" : `. Did you mean '${similar}'?`;
  throw plainError("TypeError", `${func}() got an unexpected keyword argument '${stray}'${hint}`);
}

/** What `compression_opts`, `compressionopts` and `compressionOpts` have in common. */
function spelling(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
