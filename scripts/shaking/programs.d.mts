import type { ShakenProgram } from "./shaken-program.mjs";

/** `h5ts/read`: a program that only reads. */
export const reader: ShakenProgram;

/** `h5ts/core`: one that reads what a file holds itself. */
export const core: ShakenProgram;
