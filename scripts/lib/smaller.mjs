// A second minifier behind esbuild's: what is used once goes to its place, statements are joined, and names are given by scope.
//
// Nothing that assumes more of the code than the language says. Functions stay where they are: a bundler that gives new names
// makes more of nested ones.
import { minify } from "terser";

/** A runtime shows the line of an uncaught error: it must not be the whole file. */
const LONGEST_LINE = 1000;

/** A module made smaller, and the map that leads from it to what was given, which it names so. */
export async function smaller(code, name = "module.js") {
  const { code: smallerCode, map } = await minify(
    { [name]: code },
    {
      module: true,
      ecma: 2022,
      compress: { passes: 2, inline: 1, reduce_funcs: false },
      // One other character, and an engine keeps two bytes of each.
      format: { ascii_only: true, max_line_len: LONGEST_LINE, preserve_annotations: true },
      sourceMap: true,
    },
  );
  return { code: `${smallerCode}\n`, map };
}

/** A plugin for tsup, which joins the maps. */
export const smallerPlugin = () => ({
  name: "smaller",
  renderChunk: (code, { type, path }) => (type === "chunk" ? smaller(code, path) : undefined),
});
