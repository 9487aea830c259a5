// The programs in README.md and docs/: all are compiled against the package's declarations, and those that need no network run,
// in a folder whose node_modules has the package.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { root } from "./process.mjs";

const start = promisify(execFile);

/** Sizes for a test in place of those for a cluster. */
const SMALL = [["[40_000, 10_000]", "[400, 1000]"]];
const RANKS = [0, 1, 2, 3].map((rank) => ({ H5TS_RANK: `${rank}`, H5TS_SIZE: "4", H5TS_RUN: "snippet" }));

/** What is to be known of a program beside its text; `has` is found in that program alone. */
const PROGRAMS = [
  { has: "// High level, after h5py" },
  {
    has: 'openAsync("https://example.org',
    declares: `declare const input: { readonly files: readonly Blob[] };
      declare const handle: { createSyncAccessHandle(): Promise<import("h5ts").SyncAccessHandle> };
      declare const link: HTMLAnchorElement;
      declare const writable: WritableStream<Uint8Array>;`,
    needs: "network",
  },
  { has: 'new HttpSource("https://example.org/big.h5")', needs: "network" },
  // The reader looks for 60 seconds whether more comes.
  {
    has: 'new File("log.h5", "w", { libver: "latest" })',
    replaces: [["60_000", "100"]],
    prints: "Float64Array(1) [ 21.5 ]",
  },
  {
    has: 'new File("in.h5")',
    makes({ File }) {
      const shaped = { shape: [4096, 2], dtype: "<f4", chunks: [512, 2], compression: "gzip" };
      for (const [path, name] of [
        ["in.h5", "image"],
        ["out.h5", "copy"],
      ]) {
        const file = new File(path, "w");
        file.createDataset(name, shaped);
        file.close();
      }
    },
  },
  { has: 'name: "brotli"' },
  {
    has: 'file.getDataset("measurements")',
    makes({ File }) {
      const file = new File("data.h5", "w");
      file.createDataset("measurements", { shape: [4000, 3], dtype: "<f8", chunks: [1000, 3], compression: "gzip" });
      file.close();
    },
  },
  {
    has: "// start.mjs",
    replaces: [["./program.mjs", "./reading.mjs"]],
    makes() {
      writeFileSync("reading.mjs", 'import { File } from "h5ts/read"; console.log(typeof File);');
    },
    prints: "function",
  },
  { has: "// fill.mjs", replaces: SMALL, starts: RANKS, leaves: ["data.h5", "data", 399] },
  { has: "// parts.mjs", replaces: SMALL, starts: RANKS, leaves: ["data.h5", "data", 399] },
  { has: "// prepare.mjs", replaces: [["process.argv[2]", '"4"']], leaves: ["data.h5", "data", 0] },
  { has: "// task.mjs", declares: 'import { RankedFile } from "h5ts/parallel";', needs: "a file made before" },
  {
    has: "// finish.mjs",
    async makes({ File }, { makeRankedFile }) {
      await makeRankedFile("data.h5", 2, (path) => new File(path, "w").close());
    },
    prints: "0 of 2 ranks are complete",
    exits: 1,
  },
  { has: 'comment: "offset of channel 2"', prints: "[ 1, 2.5, 3 ]\n[ 1, 2, 3 ]\n[ 1, 2, 3 ]" },
  {
    has: 'from "apache-arrow"',
    makes({ File }) {
      const file = new File("people.h5", "w");
      file.set("people", [{ name: "a", x: 1 }]);
      file.close();
    },
  },
];

/** What stands for Apache Arrow, which is not installed: it takes what it is given. */
const ARROW =
  "export class Utf8 {}\nexport class Float64 {}\nexport const makeData = (data) => data, makeVector = makeData;";

/** Every block of TypeScript and JavaScript in the documents, with what is known of it. */
export function readSnippets() {
  const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
  const snippets = documents.filter((path) => path.endsWith(".md")).flatMap(snippetsOf);
  for (const { has } of PROGRAMS) {
    const count = snippets.filter(({ code }) => code.includes(has)).length;
    if (count !== 1) throw new Error(`scripts/lib/snippets.mjs: ${count} programs have ${has}`);
  }
  return snippets;
}

function snippetsOf(document) {
  const text = readFileSync(join(root, document), "utf8");
  return [...text.matchAll(/^```(ts|js)\n(.*?)^```$/gms)].map((match) => {
    const [, language, code] = match;
    const place = `${document}:${text.slice(0, match.index).split("\n").length}`;
    const program = PROGRAMS.find(({ has }) => code.includes(has));
    if (program === undefined)
      throw new Error(`${place}: scripts/lib/snippets.mjs does not know how to run this program`);
    return { place, language, code, ...program };
  });
}

/** What examples in docstrings take for given, with its type. */
const GIVEN = {
  f: 'import("h5ts").File',
  file: 'import("h5ts").File',
  dset: 'import("h5ts").Dataset',
  dataset: 'import("h5ts").Dataset',
  a: 'import("h5ts").Dataset',
  b: 'import("h5ts").Dataset',
  pool: 'import("h5ts/parallel").WorkerPool',
  create: 'import("h5ts/parallel").MakeFile',
  rows: "Float32Array",
  sum: "(numbers: unknown) => number",
  signal: "AbortSignal",
  bytes: "Uint8Array",
};
/** The library's declarations of pages lack what workers have. */
const WORKERS = `interface FileSystemFileHandle { createSyncAccessHandle(): Promise<import("h5ts").SyncAccessHandle> }
  var total: number;`;

/** The examples in docstrings of what the package exports, as programs; `home`'s node_modules has the package. */
export async function readExamples(home) {
  const exportsOf = async (entry) =>
    Object.keys(await import(pathToFileURL(join(home, `node_modules/h5ts/dist/${entry}index.js`)).href));
  const [whole, read, core, parallel] = await Promise.all(["", "read/", "core/", "parallel/"].map(exportsOf));
  const folders = ["highlevel", "io", "parallel", "read", "core"].map((name) => `src/${name}`);
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`),
  );
  return files
    .filter((path) => path.endsWith(".ts"))
    .flatMap((path) => {
      if (path.startsWith("src/read")) return examplesOf(path, "h5ts/read", [read, []]);
      if (path.startsWith("src/core")) return examplesOf(path, "h5ts/core", [core, []]);
      return examplesOf(path, "h5ts", [whole, parallel]);
    });
}

function examplesOf(path, entry, [own, parallel]) {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms)].map((match) => {
    const code = match[1].replace(/^ *\* ?/gm, "").replaceAll(" …", ";");
    const uses = (name) => new RegExp(`\\b${name}\\b`).test(code);
    const makes = (name) => new RegExp(`(const|using|import \\{) ${name} `).test(code);
    const imports = (names, entry) =>
      `import { ${names.filter((name) => uses(name) && !makes(name)).join(", ")} } from "${entry}";`;
    const given = Object.entries(GIVEN).filter(([name]) => uses(name) && !makes(name));
    const declares = [
      imports(own, entry),
      imports(parallel, "h5ts/parallel"),
      ...given.map(([name, type]) => `declare const ${name}: ${type};`),
      `declare global { ${WORKERS} } export {};`,
    ].join(" ");
    return { place: `${path}:${text.slice(0, match.index).split("\n").length}`, language: "ts", code, declares };
  });
}

/** Compiles the programs of TypeScript with the declarations that are found from `folder`. @throws Error with what is wrong. */
export function compileSnippets(snippets, folder) {
  const typed = snippets.filter(({ language }) => language === "ts");
  const paths = typed.map(({ code, declares = "" }, i) => {
    const path = join(folder, `snippet-${i}.mts`);
    // One line, so that lines are those of the program.
    writeFileSync(path, `${declares.replaceAll("\n", " ")}\n${code}`);
    return path;
  });
  const program = ts.createProgram(paths, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    lib: ["lib.es2022.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
    typeRoots: [join(root, "node_modules/@types")],
    types: ["node"],
  });
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, start: at, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    const i = file === undefined ? -1 : paths.indexOf(file.fileName);
    return i < 0 ? text : `${typed[i].place}, line ${file.getLineAndCharacterOfPosition(at).line}: ${text}`;
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Runs a program in a folder of its own below `home`, whose node_modules has the package. @throws Error when it fails. */
export async function runSnippet(snippet, home) {
  const { place, code, replaces = [], starts = [{}], makes, leaves, prints = "", exits = 0 } = snippet;
  const folder = mkdtempSync(join(home, "run-"));
  const before = process.cwd();
  const h5ts = await import(pathToFileURL(join(home, "node_modules/h5ts/dist/index.js")).href);
  const parallel = await import(pathToFileURL(join(home, "node_modules/h5ts/dist/parallel/index.js")).href);
  process.chdir(folder);
  try {
    await makes?.(h5ts, parallel);
    const text = replaces.reduce((changed, [from, to]) => changed.replaceAll(from, to), code);
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    writeFileSync("program.mjs", ts.transpileModule(text, { compilerOptions }).outputText);
    const outputs = await Promise.all(starts.map((variables) => output(folder, variables, exits)));
    const expected = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
    if (expected.length > 0 && prints === "") same(outputs[0].trimEnd(), expected.join("\n"));
    if (!outputs[0].includes(prints)) throw new Error(`it prints ${outputs[0]}, not ${prints}`);
    if (leaves !== undefined) {
      const [file, dataset, last] = leaves;
      const { data } = new h5ts.File(file).getDataset(dataset).read("-1:");
      same(data[0], last);
    }
  } catch (error) {
    throw new Error(`${place}: ${error.message}`, { cause: error });
  } finally {
    process.chdir(before);
  }
}

async function output(cwd, variables, exits) {
  const env = { ...process.env, ...variables };
  const options = { cwd, env, timeout: 60_000 };
  const { stdout, code = 0 } = await start(process.execPath, ["program.mjs"], options).catch((error) => {
    if (error.code !== exits) throw new Error(error.stderr || error.message);
    return error;
  });
  same(code, exits);
  return stdout;
}

function same(found, wanted) {
  if (found !== wanted) throw new Error(`expected ${wanted}, found ${found}`);
}

/** Puts packages that programs import, and that are not installed, into the folder's node_modules. */
export function addStandIns(home) {
  const arrow = join(home, "node_modules/apache-arrow");
  mkdirSync(arrow, { recursive: true });
  writeFileSync(join(arrow, "package.json"), '{ "name": "apache-arrow", "type": "module", "exports": "./index.js" }');
  writeFileSync(join(arrow, "index.js"), ARROW);
}
