// `h5ts/read`: which sources it is made of, and what is known of a program that only reads.
import { join } from "node:path";
import ts from "typescript";
import { root } from "../lib/process.mjs";
import { marked } from "../lib/pure-modules.mjs";
import { InnerNames } from "./inner-names.mjs";
import { LiveCode } from "./live-code.mjs";
import { unreadNames, withoutUnread } from "./unread-members.mjs";

/** What the entry of the package exports, and the members of the objects that a program gets. */
export const READER_ENTRY = join(root, "src/read/index.ts");
const MEMBERS = join(root, "src/read/members.ts");

/**
 * Files are open for reading, so that nothing is ever changed in memory. A test fails for a key that is nowhere in the
 * sources: what has another name by now must get it here too.
 */
const ASSUMPTIONS = {
  values: {
    "OpenFileOptions.writable": undefined,
    "H5File.writable": false,
    "FileStorage.writable": false,
    "FileStorage.hasDirty": false,
    "Entry.dirty": false,
    "ChunkCache.pending": undefined,
    "partsOfFile(writable)": false,
    "withCacheImage(writable)": false,
    "conversion(direction)": "read",
    // There are no lists of properties, and no conversions of a program's own.
    "withLinkAccessList(lapl)": null,
    "LinkedFileOptions.elinkMode": undefined,
    "LinkedFileOptions.elinkSwmr": undefined,
    "LinkedFileOptions.elinkLocking": undefined,
    "TransferOptions.transform": undefined,
    "ElementContext.watcher": undefined,
    "findCustomConversion()": undefined,
    // Files are those of the platform, whole or in memory; members and sources of others are found by what the file says.
    "openFile(mode)": "r",
    "bytesAtPath(mode)": "read",
    "bytesFrom(mode)": "read",
    "driverInfoIn()": undefined,
    "ObjectTable.evictsOnClose": false,
    // Nothing is mounted.
    "unmountAll()": undefined,
    // Elements keep their heap objects.
    "DatasetObject.ownsHeapObjects": false,
    "FillRule.own": undefined,
  },
  unreachable: [
    // Files are opened, and their objects held, by `src/read`.
    "openInMode",
    "RegionProxy.get",
    // What is converted on reading is never stored.
    "GlobalHeap.insert",
    "KeptSuperblock.leaveAsFlushed",
    "FileStorage.writeThrough",
  ],
};

/** Of dataspaces, users of the reader have the members that `src/read/members.ts` names. */
const WITHHELD = ["SpaceID"];

/** The code that the reader reaches. */
export function readerCode(program = readerProgram()) {
  const code = new LiveCode({ program, isOurs: isSource, assumptions: ASSUMPTIONS, withheld: WITHHELD });
  code.addEntry(READER_ENTRY);
  code.addEntry(MEMBERS);
  return code;
}

function readerProgram() {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  return ts.createProgram([READER_ENTRY], options);
}

const isSource = (fileName) => fileName.startsWith(join(root, "src/")) && !fileName.endsWith(".d.ts");

/** Whose classes the entry gives none of away: identifiers and what they stand for. What selects is made by users. */
const isHidden = (fileName) =>
  /^(lowlevel|engine|format|base\/cursor)\b/.test(fileName.slice(join(root, "src/").length)) &&
  !fileName.endsWith("/index-arguments.ts");

/** By which the facade reaches what is behind it. */
const HANDLES = ["handle"];

/** What runtimes have is declared where it is used. */
const isAdapter = (fileName) => fileName.startsWith(join(root, "src/io/"));

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

/**
 * A plugin for esbuild that leaves out of each source what the reader does not reach, and gives short names to members that
 * nobody outside knows.
 */
export function readerPlugin(code = readerCode, program = readerProgram()) {
  return {
    name: "reader",
    setup(build) {
      const names = new InnerNames(program, isSource, { isHidden, isAdapter, withheld: HANDLES }).of([
        READER_ENTRY,
        MEMBERS,
      ]);
      build.initialOptions.mangleProps = new RegExp(`^(?:${names.join("|").replaceAll("$", "\\$")})$`);
      let texts;
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!isSource(path)) return undefined;
        texts ??= textsOf(program, code(program), names);
        return { contents: marked(texts.get(path)), loader: "ts" };
      });
    },
  };
}
