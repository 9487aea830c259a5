/**
 * A first session: a file made with the high-level interface, looked at with the low-level one, made again the other way
 * round, and files that other programs wrote. `npm run demo` builds the package and runs this.
 *
 * What is printed as a step is the very expression that was run.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  Dataset,
  File,
  Group,
  HardLink,
  h5d,
  h5f,
  h5p,
  h5s,
  h5t,
  isHdf5Error,
  type Member,
  ObjectID,
  slice,
} from "h5ts";

const fixtures = new URL("../test/fixtures/files/", import.meta.url);

let number = 0;

function title(text: string): void {
  console.log(`\n${text}\n${"-".repeat(text.length)}`);
}

/** The text of an expression's function, without what makes it one. */
function expressionOf(step: () => unknown): string {
  return String(step)
    .replace(/^\(\)\s*=>\s*/, "")
    .replace(/^\((.*)\)$/s, "$1");
}

function printStep(step: () => unknown): string {
  number++;
  const head = `In [${number}]: `;
  console.log(head + expressionOf(step).replaceAll("\n", `\n${" ".repeat(head.length)}`));
  return " ".repeat(head.length - 2);
}

function textOf(value: unknown): string {
  if (value instanceof ObjectID) return String(value);
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 24 });
}

/** Runs a step; prints it and its value as a notebook does. */
function show<T>(step: () => T): T {
  printStep(step);
  const value = step();
  if (value !== undefined) console.log(`Out[${number}]: ${textOf(value)}`);
  return value;
}

/** Runs a step that must fail; prints it and its error. */
function showError(step: () => unknown): void {
  const indent = printStep(step);
  try {
    step();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    console.log(`${indent}${error.name}: ${error.message}`);
    return;
  }
  throw new Error("the step did not fail");
}

function highLevel(): void {
  title("A file and a dataset");
  const f = show(() => new File("dataset.h5", "w"));
  const numbers = Int8Array.from({ length: 100 }, (_, i) => i);
  show(() => f.set("/data", numbers));
  const dset = show(() => f.get("/data"));
  show(() => dset.read());
  show(() => dset.read(slice(3, 9, 2)));
  show(() => dset.read<number>(-1));
  show(() => dset.write("::10", 0));
  show(() => dset.read("0:21"));
  show(() => dset.attrs.set("unit", "counts"));
  show(() => [...dset.attrs.items()]);

  title("The handle behind it");
  show(() => dset.id);
  show(() => dset.id instanceof h5d.DatasetID);
  show(() => dset.id.getStorageSize());
  show(() => dset.id.getOffset());
  show(() => dset.id.getSpaceStatus() === h5d.SPACE_STATUS_ALLOCATED);
  show(() => dset.id.getSpace().shape);
  show(() => dset.id.getType().getSize());
  show(() => dset.id.getCreatePlist().getLayout() === h5d.CONTIGUOUS);
  show(() => f.close());
  show(() => dset);
}

function accessList(): InstanceType<typeof h5p.PropFAID> {
  title("A file access property list");
  const fapl = show(() => h5p.create(h5p.FILE_ACCESS));
  show(() => fapl.getCache());
  show(() => fapl.setCache(0, 521, 2 * 1024 * 1024, 0.75));
  show(() => fapl.getCache());
  return fapl;
}

function lowLevelFile(fapl: InstanceType<typeof h5p.PropFAID>): void {
  title("A low-level file in the high-level interface");
  const fid = show(() => h5f.create("newfile.h5", { flags: h5f.ACC_TRUNC, fapl }));
  show(() => fid.name);
  const f = show(() => new File(fid));
  show(() => f.set("some_dataset", [0, 1, 2]));
  show(() => [...f]);
  show(() => f.get("some_dataset"));
  show(() => f.id.getAccessPlist().getCache());
  show(() => f.close());
  show(() => f);
  showError(() => [...f]);
}

/** Create and open are two calls, and what they give can be used by either interface. */
function exercise(): void {
  title("Exercise: create and open");
  const created = show(() => h5f.create("exercise.h5"));
  show(() => created.getIntent() === h5f.ACC_RDWR);
  const space = show(() => h5s.createSimple([2, 3]));
  const did = show(() => h5d.create(created, "grid", h5t.STD_I16LE, space));
  const numbers = Int16Array.of(1, 2, 3, 4, 5, 6);
  show(() => did.write(h5s.ALL, h5s.ALL, numbers));
  const dset = show(() => new Dataset(did));
  show(() => dset.read());
  show(() => created.close());
  showError(() => did.getStorageSize());
  showError(() => h5f.create("exercise.h5", { flags: h5f.ACC_EXCL }));
  const opened = show(() => h5f.open("exercise.h5", h5f.ACC_RDONLY));
  show(() => opened.getIntent() === h5f.ACC_RDONLY);
  const f = show(() => new File(opened));
  show(() => f.get("grid").read([1]));
  showError(() => f.createGroup("more"));
  show(() => opened.close());
  show(() => f);
}

/** The first three of the last two dimensions, the first of all others. */
function corner(dataset: Dataset): unknown {
  const rank = dataset.ndim;
  const selection = Array.from({ length: rank }, (_, d) => (d < rank - 2 ? 0 : slice(0, 3)));
  return dataset.shape?.includes(0) ? dataset.read() : dataset.read<unknown>(selection);
}

function oneLine(value: unknown): string {
  const data = typeof value === "object" && value !== null && "data" in value ? value.data : value;
  const text = ArrayBuffer.isView(data)
    ? `[${Array.from(data as unknown as ArrayLike<number>).join(", ")}]`
    : inspect(data);
  const line = text.replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}

function describe(member: Member): string {
  if (member instanceof Group) return `${member.length} members`;
  if (!(member instanceof Dataset)) return `named type ${member.dtype}`;
  const { shape } = member;
  const storage = member.compression ?? (member.chunks === null ? "" : `chunks ${member.chunks.join(" x ")}`);
  return `${shape === null ? "no elements" : `(${shape.join(", ")})`} ${member.dtype} ${storage}`.trimEnd();
}

/** Groups are gone into once: hard links may lead back to a group on the way. */
function printTree(group: Group, indent = "  ", seen = new Set<string>([group.id.hash()])): void {
  for (const [name, member] of group.items()) {
    const link = group.get(name, { getlink: true });
    const target = link instanceof HardLink ? "" : ` ${link}`;
    console.log(
      `${indent}${JSON.stringify(name).slice(1, -1)}: ${member === undefined ? "leads nowhere" : describe(member)}${target}`,
    );
    if (member instanceof Dataset) printCorner(member, `${indent}    `);
    if (!(member instanceof Group) || seen.has(member.id.hash())) continue;
    seen.add(member.id.hash());
    printTree(member, `${indent}  `, seen);
  }
}

function printCorner(dataset: Dataset, indent: string): void {
  try {
    console.log(`${indent}${oneLine(corner(dataset))}`);
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    console.log(`${indent}${error.name}: ${error.message}`);
  }
}

/** Committed files of h5py and the C library, in the earliest and the latest format. */
function otherPeoplesFiles(): void {
  const names = [
    "types-earliest",
    "filters-earliest",
    "links-earliest",
    "strings-latest",
    "chunks-latest",
    "superblock-3",
  ];
  for (const name of names) {
    title(`${name}.h5, written by the C library`);
    using f = new File(new Uint8Array(readFileSync(new URL(`${name}.h5`, fixtures))));
    printTree(f);
  }
}

const folder = mkdtempSync(join(tmpdir(), "h5ts-demo-"));
const before = process.cwd();
process.chdir(folder);
try {
  highLevel();
  lowLevelFile(accessList());
  exercise();
  otherPeoplesFiles();
} finally {
  process.chdir(before);
  rmSync(folder, { recursive: true });
}
