/** Options of working in parallel that mean nothing. */
import { optionsProblem } from "../base/known-options.ts";

/**
 * What is misspelt would be passed over without a word.
 *
 * @param func - Whose options they are.
 * @throws TypeError "readParallel() got an unexpected keyword argument 'x'".
 */
export function requireKnown(options: object, known: Readonly<Record<string, unknown>>, func: string): void {
  const problem = optionsProblem(options, known, func);
  if (problem !== undefined) throw new TypeError(problem);
}
