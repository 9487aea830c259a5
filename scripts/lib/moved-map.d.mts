import type { SourceMapPayload } from "node:module";

/** New text, or a part of the text that there was. */
export type Piece = string | { readonly start: number; readonly end: number };

/** The source map of a text whose parts were put into another order. */
export function movedMap(map: SourceMapPayload, text: string, pieces: readonly Piece[]): SourceMapPayload;
export function pieceText(text: string, piece: Piece): string;
