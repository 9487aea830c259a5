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
import { type ByteSpan, lostSpans, overlaps, spaceProblems } from "../../support/space-check.ts";
import { start } from "../peers.ts";
import { type DescribedObject, describeModel } from "./describe-model.ts";
import { Model } from "./model.ts";
import type { FileOperation, Tree } from "./operations.ts";
import type { PythonPeer } from "./python-peer.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile, openFile } from "./with-h5ts.ts";

export interface Judges {
  readonly python: PythonPeer | undefined;
  readonly folder: string;
  /** h5dump, h5repack and h5diff. */
  readonly tools: boolean;
}

/** What a judge found, or what h5ts could not do. */
export class Disagreement extends Error {}

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
export function expectSame(who: string, found: readonly DescribedObject[], model: Model): void {
  const expected: DescribedObject[] = JSON.parse(JSON.stringify(describeModel(model)));
  // h5py gives bytes of no meaning as the comment of an object without one.
  const heard = found.map((object, i) => (expected[i]?.comment === "" ? { ...object, comment: "" } : object));
  const problem = difference(JSON.parse(JSON.stringify(who === "h5py" ? heard : found)), expected);
  if (problem !== undefined) throw new Disagreement(`${who} ${problem}`);
}

class TreeRun {
  private readonly tree: Tree;
  private readonly judges: Judges;
  private readonly model: Model;
  private target = new MemoryTarget();
  private file: h5f.FileID;
  private snapshots = 0;
  private lost: readonly ByteSpan[] = [];

  constructor(tree: Tree, judges: Judges) {
    this.tree = tree;
    this.judges = judges;
    this.model = new Model(tree.file);
    this.file = createFile(this.target, tree.file);
  }

  async run(): Promise<void> {
    for (const operation of this.tree.operations) {
      if (operation.op === "flush") await this.pause(false);
      else if (operation.op === "reopen") await this.pause(true);
      else if (this.model.apply(operation)) this.carryOut(operation);
    }
    await this.pause(true);
    this.file.close();
    this.judgeWithTools();
  }

  private carryOut(operation: FileOperation): void {
    try {
      applyWithH5ts(this.file, operation);
    } catch (cause) {
      throw new Disagreement(`h5ts ${JSON.stringify(operation).slice(0, 300)}: ${(cause as Error).stack}`, { cause });
    }
  }

  private async pause(reopen: boolean): Promise<void> {
    const { file } = this.tree;
    flush(this.file);
    this.checkSpace(spaceProblems(engineFile(this.file), this.lost));
    if (reopen) {
      this.file.close();
      const bytes = this.target.toBytes();
      await this.judge(bytes);
      this.target = new MemoryTarget(new Uint8Array(bytes));
      this.file = openFile(this.target, file);
      this.lost = lostSpans(engineFile(this.file));
    } else await this.judge(flushedCopy(this.target.toBytes(), file.userBlock));
  }

  private checkSpace(problems: readonly string[]): void {
    if (problems.length > 0) throw new Disagreement(`space: ${problems.slice(0, 3).join("; ")}`);
  }

  private async judge(bytes: Uint8Array): Promise<void> {
    const own = H5File.open(new MemorySource(bytes));
    expectSame("h5ts", describeWithH5ts(own), this.model);
    this.checkSpace(overlaps(own));
    own.close();
    const { python, folder } = this.judges;
    if (python === undefined) return;
    const path = join(folder, `${this.snapshots++}.h5`);
    writeFileSync(path, bytes);
    expectSame("h5py", await python.describe(path), this.model);
    const { fileSize } = await python.freeSpace(path);
    if (fileSize !== bytes.length) throw new Disagreement(`h5py: file of ${fileSize} bytes, not ${bytes.length}`);
  }

  /** h5repack loses all links but one to a committed datatype. */
  private hasSharedDatatype(): boolean {
    const links = this.model
      .objects()
      .flatMap(({ object }) => (object.kind === "group" ? [...object.links.values()] : []))
      .flatMap((link) => (link.kind === "hard" && link.object.kind === "datatype" ? [link.object] : []));
    return new Set(links).size < links.length;
  }

  private judgeWithTools(): void {
    const { tools, folder } = this.judges;
    if (!tools || this.snapshots === 0) return;
    const all = Array.from({ length: this.snapshots }, (_, i) => join(folder, `${i}.h5`));
    const last = all[all.length - 1] as string;
    const packed = join(folder, "packed.h5");
    const text = this.tree.operations.map((operation) => JSON.stringify(operation));
    // h5dump of 1.10.8 loses its way in references to objects of longer names: it prints blanks until it crashes.
    const hasReferences = text.some((line) => line.includes('{"t":"r"}'));
    // Nor does it know the copies of committed datatypes that copied attributes use.
    const copiesTypes =
      text.some((line) => line.startsWith('{"op":"copy"')) &&
      text.some((line) => line.startsWith('{"op":"attr"') && line.includes('"committed":'));
    const commands: [string, ...string[]][] = [];
    if (!copiesTypes) commands.push(hasReferences ? ["h5dump", "-H", ...all] : ["h5dump", ...all]);
    // References of committed datatypes' attributes are lost by h5repack.
    if (!hasReferences && !this.hasSharedDatatype())
      commands.push(["h5repack", last, packed], ["h5diff", last, packed]);
    for (const [command, ...args] of commands) {
      const output = start(command, args);
      if (output === undefined) throw new Error(`the peer suite needs ${command}`);
      if (output.status === 0 && output.stderr === "") continue;
      const words = `${output.stderr}${command === "h5dump" ? "" : output.stdout}`;
      throw new Disagreement(`${command} ended with ${output.status}: ${words.slice(0, 600)}`);
    }
  }
}

/** A flushed file as other programs may open it: one that is open for writing says so in its superblock. */
function flushedCopy(bytes: Uint8Array, baseAddress: number): Uint8Array {
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
