// Entries that are built of the code which they reach, and of nothing else: what is left out of each source, and which members
// get short names.
import { join } from "node:path";
import ts from "typescript";
import { root } from "../lib/process.mjs";
import { marked } from "../lib/pure-modules.mjs";
import { InnerNames } from "./inner-names.mjs";
import { LiveCode } from "./live-code.mjs";
import { unreadNames, withoutUnread } from "./unread-members.mjs";

const isSource = (fileName) => fileName.startsWith(join(root, "src/")) && !fileName.endsWith(".d.ts");

/** Whose classes no entry gives away: identifiers and what they stand for. What selects is made by users. */
const isHidden = (fileName) =>
  /^(lowlevel|engine|format|base\/cursor)\b/.test(fileName.slice(join(root, "src/").length)) &&
  !fileName.endsWith("/index-arguments.ts");

/** What runtimes have is declared where it is used. */
const isAdapter = (fileName) => fileName.startsWith(join(root, "src/io/"));

/** A program over the sources that an entry leads to. */
function programOf(entry) {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram([entry], options);
}

export class ShakenProgram {
  /** What the entry of the package exports. */
  entry;
  #entries;
  #assumptions;
  #withheldClasses;
  #withheldNames;

  /**
   * @param options.entries - modules, from `src` on, the first of which is the entry; what they export and what its values give
   *   is reached
   * @param options.assumptions - what is known of a program that uses it, see `KnownValues`
   * @param options.withheldClasses - whose members users do not ask for, although something gives their objects
   * @param options.withheldNames - of members that users have no use of, although they are no private ones
   */
  constructor({ entries, assumptions, withheldClasses = [], withheldNames = [] }) {
    this.#entries = entries.map((path) => join(root, "src", path));
    this.entry = this.#entries[0];
    this.#assumptions = assumptions;
    this.#withheldClasses = withheldClasses;
    this.#withheldNames = withheldNames;
  }

  /** The code that is reached. */
  code(program = programOf(this.entry)) {
    const assumptions = this.#assumptions;
    const code = new LiveCode({ program, isOurs: isSource, assumptions, withheld: this.#withheldClasses });
    for (const entry of this.#entries) code.addEntry(entry);
    return code;
  }

  /** Names of members that nobody outside knows. */
  #innerNames(program) {
    const options = { isHidden, isAdapter, withheld: this.#withheldNames };
    return new InnerNames(program, isSource, options).of(this.#entries);
  }

  /**
   * A plugin for esbuild that leaves out of each source what is not reached, and gives short names to inner members.
   *
   * @param codeOf - in place of {@link code}
   */
  plugin(codeOf = (program) => this.code(program)) {
    return {
      name: "shaken",
      setup: (build) => {
        const program = programOf(this.entry);
        const names = this.#innerNames(program);
        build.initialOptions.mangleProps = new RegExp(`^(?:${names.join("|").replaceAll("$", "\\$")})$`);
        let texts;
        build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
          if (!isSource(path)) return undefined;
          texts ??= textsOf(program, codeOf(program), names);
          return { contents: marked(texts.get(path)), loader: "ts" };
        });
      },
    };
  }
}

/** Texts of all sources, by path. */
function textsOf(program, code, innerNames) {
  const paths = program
    .getSourceFiles()
    .map(({ fileName }) => fileName)
    .filter(isSource);
  const texts = new Map(paths.map((path) => [path, code.textOf(path)]));
  const unread = unreadNames(texts.values(), innerNames);
  return new Map([...texts].map(([path, text]) => [path, withoutUnread(text, unread)]));
}
