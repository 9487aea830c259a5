/** Everything that can be read of a file, to compare two ways of reading it. */

/** What the classes of a reading library have in common. */
export interface ReadingLibrary {
  readonly File: new (name: string | Uint8Array) => unknown;
  readonly Dataset: { [Symbol.hasInstance](value: unknown): boolean };
  readonly Datatype: { [Symbol.hasInstance](value: unknown): boolean };
}

// biome-ignore format: one list
const DATASET_MEMBERS = [
  "shape", "dtype", "datatype", "ndim", "size", "nbytes", "maxshape", "chunks", "external", "isVirtual", "filterIds",
  "filterNames", "compression", "compressionOpts", "shuffle", "fletcher32", "scaleoffset", "fillvalue", "isScale",
];
const FILE_MEMBERS = ["filename", "mode", "libver", "userblockSize", "fileSize", "driver"];

/** Datasets of more elements are read as a whole alone. */
const MOST_ELEMENTS = 5000;

type Loose = Readonly<Record<string, unknown>>;

/** Calls a method of an object of whichever library. */
function call(object: unknown, name: string, ...args: unknown[]): unknown {
  return ((object as Loose)[name] as (...args: unknown[]) => unknown).apply(object, args);
}

/** Plain values in place of objects of classes, which two builds of one library have each of their own. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(plain);
  return Object.fromEntries(Object.keys(value).map((key) => [key, plain((value as Loose)[key])]));
}

function attempt(read: () => unknown): unknown {
  try {
    return plain(read());
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

function membersOf(object: Loose, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, attempt(() => object[name])]));
}

function dataOf(dataset: Loose): Record<string, unknown> {
  const size = attempt(() => dataset.size);
  const facts = { data: attempt(() => call(dataset, "read")), sources: attempt(() => sourcesOf(dataset)) };
  if (typeof size !== "number" || size > MOST_ELEMENTS) return facts;
  const view = (name: string, ...args: unknown[]) => attempt(() => call(call(dataset, name, ...args), "read"));
  return {
    ...facts,
    part: attempt(() => call(dataset, "read", "::2")),
    nested: attempt(() => call(dataset, "read", null, { as: "nested", int64: "number" })),
    column: attempt(() => call(dataset, "readColumn")),
    columns: attempt(() => call(dataset, "readColumns")),
    text: view("asstr"),
    doubles: view("astype", "<f8"),
    chunks: attempt(() => [...(call(dataset, "iterChunks") as Iterable<unknown>)]),
  };
}

function sourcesOf(dataset: Loose): unknown {
  const maps = call(dataset, "virtualSources") as readonly { fileName: string; dsetName: string; vspace: Loose }[];
  return maps.map(({ fileName, dsetName, vspace }) => [fileName, dsetName, call(vspace, "getSelectNpoints")]);
}

function linksOf(group: Loose): unknown {
  return (call(group, "keys") as string[]).map((name) => [name, plain(call(group, "get", name, { getlink: true }))]);
}

function objectFacts(object: Loose, library: ReadingLibrary): Record<string, unknown> {
  const { attrs } = object;
  const common = {
    name: object.name,
    text: String(object),
    attributes: attempt(() =>
      (call(attrs, "keys") as string[]).map((name) => [name, attempt(() => call(attrs, "get", name))]),
    ),
  };
  if (object instanceof library.Dataset) return { ...common, ...membersOf(object, DATASET_MEMBERS), ...dataOf(object) };
  if (object instanceof library.Datatype) return { ...common, ...membersOf(object, ["dtype", "datatype"]) };
  return { ...common, keys: attempt(() => call(object, "keys")), links: attempt(() => linksOf(object)) };
}

/** By the path of each object, from the root on; links that lead nowhere are among the links of their group. */
export function fileFacts(library: ReadingLibrary, name: string | Uint8Array): unknown {
  return attempt(() => {
    const file = new library.File(name) as Loose;
    try {
      const facts: Record<string, unknown> = {
        "": membersOf(file, FILE_MEMBERS),
        "/": objectFacts(file, library),
      };
      call(file, "visit", (path: string) => {
        facts[path] = attempt(() => objectFacts(call(file, "get", path) as Loose, library));
      });
      return facts;
    } finally {
      call(file, "close");
    }
  });
}

/** Paths of the datasets of a file. */
export function datasetPaths(library: ReadingLibrary, name: string | Uint8Array): string[] {
  const paths: string[] = [];
  const file = new library.File(name);
  call(file, "visitItems", (path: string, object: unknown) => {
    if (object instanceof library.Dataset) paths.push(path);
  });
  call(file, "close");
  return paths;
}
