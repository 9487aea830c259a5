/** Options of the facade that mean nothing. */
import { isMapping, noMapping, optionsProblem, strayOption } from "../base/known-options.ts";
import { plainError } from "../lowlevel/api-error.ts";

export type { OptionNames } from "../base/known-options.ts";

/**
 * For a parameter of options whose type is inferred, which would let any more names through: those that `K` lacks have no
 * possible value.
 */
export type NoOthers<O, K> = { readonly [N in Exclude<keyof O, keyof K>]: never };

/**
 * What is misspelt, or spelt as in Python, would be passed over without a word.
 *
 * @param func - Whose options they are.
 * @throws TypeError "createDataset() got an unexpected keyword argument 'x'".
 */
export function requireKnown(options: object, known: Readonly<Record<string, unknown>>, func: string): void {
  const problem = optionsProblem(options, known, func);
  if (problem !== undefined) throw plainError("TypeError", problem);
}

/**
 * The same for opening a file, in h5py's words.
 *
 * @throws TypeError "'x' is an invalid keyword argument for this function".
 */
export function requireFileOptions(options: object, known: Readonly<Record<string, unknown>>): void {
  const stray = strayOption(options, known);
  if (stray !== undefined) throw plainError("TypeError", `'${stray}' is an invalid keyword argument for this function`);
}

/** @throws TypeError for what can hold no options of opening a file. */
export function requireMapping(options: object): void {
  if (!isMapping(options)) throw plainError("TypeError", noMapping(options, "File"));
}
