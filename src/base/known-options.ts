/** Whether all options that are given have a meaning. */

/** All names of the options `O`: the compiler has it complete. What is said of each is no matter. */
export type OptionNames<O> = Readonly<Record<keyof O, unknown>>;

/** The first name that means nothing and has a value; undefined if there is none. */
export function strayOption(options: object, known: Readonly<Record<string, unknown>>): string | undefined {
  for (const name in options) {
    if (!Object.hasOwn(known, name) && (options as Record<string, unknown>)[name] !== undefined) return name;
  }
  return undefined;
}

/** Whether there can be options in it. */
export function isMapping(options: unknown): options is object {
  return typeof options === "object" && options !== null;
}

/** What Python says of anything else in place of options. */
export function noMapping(options: unknown, func: string): string {
  return `${func}() argument after ** must be a mapping, not ${options === null ? "null" : typeof options}`;
}

/**
 * What is wrong with options of the function `func`, in Python's words: they are no object, or one has a name that means
 * nothing. Undefined if nothing is.
 */
export function optionsProblem(
  options: unknown,
  known: Readonly<Record<string, unknown>>,
  func: string,
): string | undefined {
  if (!isMapping(options)) return noMapping(options, func);
  const stray = strayOption(options, known);
  if (stray === undefined) return undefined;
  const similar = Object.keys(known).find((name) => spelling(name) === spelling(stray));
  const hint = similar === undefined ? "" : `. Did you mean '${similar}'?`;
  return `${func}() got an unexpected keyword argument '${stray}'${hint}`;
}

/** What `compression_opts`, `compressionopts` and `compressionOpts` have in common. */
function spelling(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
