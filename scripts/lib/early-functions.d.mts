import type { Piece } from "./moved-map.mjs";

/** @param dist - The folder of the package as it was built, whose files are changed. */
export function compileEarly(dist: string): void;
/** Text of a module whose functions at these offsets come first, as expressions. */
export function early(text: string, starts: readonly number[]): string;
/** What the new text is joined from. */
export function piecesOf(text: string, starts: ReadonlySet<number>): readonly Piece[];
