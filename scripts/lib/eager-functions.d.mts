/** Marks in the files of a folder what a program runs of them. @returns how many functions were marked. */
export function markEagerFunctions(folder: string, program: string, ...words: readonly string[]): number;

/** A module whose functions stand first and in parentheses if they begin at these offsets. */
export function withEagerFunctions(text: string, starts: ReadonlySet<number>): string;
