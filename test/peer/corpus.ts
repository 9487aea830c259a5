/** The files of the corpus of scripts/conformance.mjs: in the folder H5TS_CORPUS, or in that of `.ci/run`. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.env.H5TS_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

/** Need not exist. */
export const CORPUS = join(folder, "files");
