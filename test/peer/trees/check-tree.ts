/** Grows a tree with h5ts and lets others judge what is in the file after every flush. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Cursor } from "../../../src/base/cursor.ts";
import { Writer } from "../../../src/base/writer.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { decodeSuperblock, encodeSuperblock } from "../../../src/format/superblock.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";
import type * as h5f from "../../../src/lowlevel/h5f.ts";
import { flush } from "../../../src/lowlevel/h5f.ts";
import { modelOfFile } from "../../support/engine-model.ts";
import { folderOpener } from "../../support/folder-opener.ts";
import type { HeapObjectName } from "../../support/heap-objects.ts";
import { lostSpans, overlaps } from "../../support/space-check.ts";
import { SpaceJudge } from "../../support/space-judge.ts";
import { compareWithH5wasm } from "../h5wasm-facts.ts";
import { start } from "../peers.ts";
import { type DescribedObject, describeModel } from "./describe-model.ts";
import { Model } from "./model.ts";
import type { FileOperation, Tree } from "./operations.ts";
import type { PythonPeer } from "./python-peer.ts";
import { regionObjectsOf } from "./types.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile, openFile } from "./with-h5ts.ts";

export interface Judges {
  readonly python: PythonPeer;
  readonly folder: string;
  /** Whether h5wasm judges the files that h5py judges, too. */
  readonly hasH5wasm?: boolean;
}

/** What a judge found, or what h5ts could not do. */
export class Disagreement extends Error {}

/** Version 1.10 of the library does not know what later bounds ask for; version 2.0 reads it. */
export function needsH5wasm({ file }: Tree): boolean {
  return ["v112", "v114", "v200"].includes(file.low);
}

/** Strategies that keep no account of what is freed, not even while the file is open: aggregators alone, and none. */
export function keepsNoAccount({ file }: Tree): boolean {
  return (file.strategy?.[0] ?? 0) >= 2;
}

/** Whether free space is stored in the file when it is closed. */
function keepsFreeSpace({ file }: Tree): boolean {
  return file.strategy?.[1] === true;
}

/** Where two descriptions part. */
export function difference(found: unknown, expected: unknown, path = ""): string | undefined {
  if (isDeepStrictEqual(found, expected)) return undefined;
  if (typeof found === "object" && typeof expected === "object" && found !== null && expected !== null) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      const inner = difference((found as never)[key], (expected as never)[key], `${path}/${key}`);
      if (inner !== undefined) return inner;
    }
  }
  const text = (value: unknown) => JSON.stringify(value)?.slice(0, 200);
  return `${path}: found ${text(found)}, expected ${text(expected)}`;
}

/** Two descriptions say the same; members without a value are no members. */
export function expectSame(who: string, found: readonly DescribedObject[], model: Model, when = ""): void {
  const expected: DescribedObject[] = JSON.parse(JSON.stringify(describeModel(model)));
  // h5py gives bytes of no meaning as the comment of an object without one.
  const heard = found.map((object, i) => (expected[i]?.comment === "" ? { ...object, comment: "" } : object));
  const problem = difference(JSON.parse(JSON.stringify(who === "h5py" ? heard : found)), expected);
  if (problem !== undefined) throw new Disagreement(`${when}${who} ${problem}`);
}

class TreeRun {
  private readonly tree: Tree;
  private readonly judges: Judges;
  private readonly model: Model;
  private target = new MemoryTarget();
  private file: h5f.FileID;
  private snapshots = 0;
  private references: ReadonlySet<HeapObjectName> = new Set();
  private space: SpaceJudge;

  constructor(tree: Tree, judges: Judges) {
    this.tree = tree;
    this.judges = judges;
    this.model = new Model(tree.file);
    this.file = createFile(this.target, tree.file);
    this.space = this.judgeSpace();
  }

  /** What is known of the space of the file that has just been opened. */
  private judgeSpace(before?: SpaceJudge): SpaceJudge {
    const open = engineFile(this.file);
    for (const name of this.references) regionObjectsOf(open).add(name);
    this.references = regionObjectsOf(open);
    return new SpaceJudge(open, {
      // What is kept account of is not lost.
      lost: before === undefined || keepsFreeSpace(this.tree) ? [] : lostSpans(open),
      abandonedHeaps: before?.abandonedHeaps ?? [],
      references: this.references,
      keepsAccount: !keepsNoAccount(this.tree),
    });
  }

  async run(): Promise<void> {
    for (const operation of this.tree.operations) {
      if (operation.op === "flush") await this.pause(false);
      else if (operation.op === "reopen") await this.pause(true);
      else if (this.model.apply(operation)) this.carryOut(operation);
    }
    await this.pause(true);
    this.file.close();
    const { folder } = this.judges;
    const paths = Array.from({ length: this.snapshots }, (_, i) => join(folder, `${i}.h5`));
    judgeWithTools(this.tree, this.model, paths, folder);
  }

  private carryOut(operation: FileOperation): void {
    try {
      applyWithH5ts(this.file, operation, this.judges.folder);
    } catch (cause) {
      throw new Disagreement(`h5ts ${JSON.stringify(operation).slice(0, 300)}: ${(cause as Error).stack}`, { cause });
    }
  }

  private async pause(reopen: boolean): Promise<void> {
    const { file } = this.tree;
    flush(this.file);
    this.checkSpace(this.space.problems());
    if (reopen) {
      this.file.close();
      const bytes = this.target.toBytes();
      await this.judge(bytes);
      this.target = new MemoryTarget(new Uint8Array(bytes));
      this.file = openFile(this.target, file);
      this.space = this.judgeSpace(this.space);
    } else await this.judge(flushedCopy(this.target.toBytes(), file.userBlock));
  }

  private checkSpace(problems: readonly string[]): void {
    if (problems.length > 0) throw new Disagreement(`space: ${problems.slice(0, 3).join("; ")}`);
  }

  private async judge(bytes: Uint8Array): Promise<void> {
    const { python, folder, hasH5wasm = false } = this.judges;
    const own = H5File.open(new MemorySource(bytes), { opener: folderOpener(folder) });
    expectSame("h5ts", describeWithH5ts(own), this.model);
    this.checkSpace(overlaps(own));
    const freeSpace = own.freeSpace();
    const path = join(folder, `${this.snapshots++}.h5`);
    writeFileSync(path, bytes);
    if (hasH5wasm || needsH5wasm(this.tree)) {
      const { differences } = compareWithH5wasm(path, modelOfFile(own));
      if (differences.length > 0) throw new Disagreement(`h5wasm ${differences.slice(0, 3).join("; ")}`);
    }
    if (!needsH5wasm(this.tree)) {
      expectSame("h5py", await python.describe(path), this.model);
      const found = await python.freeSpace(path);
      const problem = difference(found, { freeSpace, fileSize: bytes.length });
      if (problem !== undefined) throw new Disagreement(`h5py ${problem}`);
    }
    own.close();
  }
}

/** h5repack loses all links but one to a committed datatype. */
function hasSharedDatatype(model: Model): boolean {
  const links = model
    .objects()
    .flatMap(({ object }) => (object.kind === "group" ? [...object.links.values()] : []))
    .flatMap((link) => (link.kind === "hard" && link.object.kind === "datatype" ? [link.object] : []));
  return new Set(links).size < links.length;
}

/** h5dump finds nothing wrong in any of the files, and what h5repack makes of the last is the same for h5diff. */
export function judgeWithTools(tree: Tree, model: Model, paths: readonly string[], folder: string): void {
  const last = paths[paths.length - 1];
  if (last === undefined || needsH5wasm(tree)) return;
  const packed = join(folder, "packed.h5");
  const text = tree.operations.map((operation) => JSON.stringify(operation));
  // h5dump of 1.10.8 loses its way in references to objects of longer names: it prints blanks until it crashes.
  const hasReferences = text.some((line) => /{"t":"rr?"}/.test(line));
  // Nor does it know committed datatypes without a link that attributes use.
  const hasUnlinkedTypes =
    text.some((line) => /^{"op":"(copy|unlink)"/.test(line)) &&
    text.some((line) => line.startsWith('{"op":"attr"') && line.includes('"committed":'));
  const commands: [string, ...string[]][] = [];
  if (!hasUnlinkedTypes) commands.push(hasReferences ? ["h5dump", "-H", ...paths] : ["h5dump", ...paths]);
  // References of committed datatypes' attributes are lost by h5repack, and attributes of shared types get unreadable, in the
  // library's own files too.
  // Nor does it copy user-defined links.
  const copies = tree.file.shared === undefined && !text.some((line) => line.startsWith('{"op":"user"'));
  if (copies && !hasReferences && !hasSharedDatatype(model))
    commands.push(["h5repack", last, packed], ["h5diff", last, packed]);
  for (const [command, ...args] of commands) {
    const output = start(command, args);
    if (output === undefined) throw new Error(`the peer suite needs ${command}`);
    if (output.status === 0 && output.stderr === "") continue;
    const words = `${output.stderr}${command === "h5dump" ? "" : output.stdout}`;
    throw new Disagreement(`${command} ended with ${output.status}: ${words.slice(0, 600)}`);
  }
}

/** A flushed file as other programs may open it: one that is open for writing says so in its superblock. */
export function flushedCopy(bytes: Uint8Array, baseAddress: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  if (copy[baseAddress + 8] !== 3) return copy;
  const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
  const cursor = new Cursor(copy.subarray(baseAddress, baseAddress + 48), { structure: "Superblock", widths });
  const writer = new Writer(widths);
  encodeSuperblock(writer, { ...decodeSuperblock(cursor), fileConsistencyFlags: 0 });
  copy.set(writer.toBytes(), baseAddress);
  return copy;
}

/** @throws Disagreement */
export async function checkTree(tree: Tree, judges: Judges): Promise<void> {
  await new TreeRun(tree, judges).run();
}
