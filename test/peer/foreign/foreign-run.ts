/**
 * Two copies of a file that h5py made go through the same random operations, one by h5ts and the other by h5py, and change
 * hands. After every turn h5py must find the same in both.
 */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isHdf5Error } from "../../../src/base/errors.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { openPath } from "../../../src/io/path-source.ts";
import * as h5a from "../../../src/lowlevel/h5a.ts";
import * as h5f from "../../../src/lowlevel/h5f.ts";
import * as h5o from "../../../src/lowlevel/h5o.ts";
import * as h5p from "../../../src/lowlevel/h5p.ts";
import { nodePlatform } from "../../../src/tools/platform.ts";
import { runRepart } from "../../../src/tools/repart/command.ts";
import { modelOfFile } from "../../support/engine-model.ts";
import type { Model } from "../../support/fixture-model.ts";
import { folderOpener } from "../../support/folder-opener.ts";
import { mayStay } from "../../support/heap-objects.ts";
import { lostSpans, overlaps } from "../../support/space-check.ts";
import { SpaceJudge } from "../../support/space-judge.ts";
import { StumblingTarget } from "../../support/stumbling-target.ts";
import { h5pyModel, runPython, start } from "../peers.ts";
import { GONE } from "../python-process.ts";
import { Disagreement, difference } from "../trees/check-tree.ts";
import type { FileOperation, FileSpec } from "../trees/operations.ts";
import { NOT_IN_INDEX, type PythonPeer } from "../trees/python-peer.ts";
import { Random } from "../trees/random.ts";
import { regionObjectsOf } from "../trees/types.ts";
import { applyWithH5ts, engineFile } from "../trees/with-h5ts.ts";
import { RandomEdits } from "./random-edits.ts";

export interface ForeignSpec extends FileSpec {
  readonly name: string;
  readonly family?: number;
}

const MAKER = fileURLToPath(new URL("make-file.py", import.meta.url));
const LOW = { earliest: h5f.LIBVER_EARLIEST, v108: h5f.LIBVER_V18, v110: h5f.LIBVER_V110 };

/** @returns undefined for one that h5py itself cannot make, because it does not find a shared message of its own again. */
export function makeForeign(folder: string, seed: number): ForeignSpec | undefined {
  const code = "import runpy; sys.argv = ['', *args[1:]]; runpy.run_path(args[0])";
  try {
    return JSON.parse(runPython(code, MAKER, folder, String(seed)));
  } catch (error) {
    if ((error as Error).message.includes(NOT_IN_INDEX)) return undefined;
    throw error;
  }
}

/** How often the device fails in the middle of an operation. */
const STUMBLES = 0.3;
const OPERATIONS = [5, 40] as const;
/** In place of an error, of an operation that failed with the device and was not tried again. */
const GIVEN_UP = "given up";

/** One of the two copies. */
class Copy {
  private readonly folder: string;
  private readonly spec: ForeignSpec;
  private stumbled: string[] = [];
  private hasReferences = true;

  constructor(folder: string, spec: ForeignSpec) {
    this.folder = folder;
    this.spec = spec;
  }

  get path(): string {
    return join(this.folder, this.spec.name);
  }

  /** The file in one piece. */
  whole(): string {
    if (this.spec.family === undefined) return this.path;
    const whole = join(this.folder, "whole.h5");
    // That of version 1.10.8 crashes.
    if (runRepart(["-family_to_sec2", this.path, whole], nodePlatform()) !== 0) throw new Disagreement("h5ts repart");
    return whole;
  }

  open(target: StumblingTarget): h5f.FileID {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setLibverBounds(LOW[this.spec.low as keyof typeof LOW], h5f.LIBVER_LATEST);
    if (this.spec.family === undefined) return h5f.open(target, h5f.ACC_RDWR, fapl);
    fapl.setFaplFamily(this.spec.family);
    return h5f.open(this.path, h5f.ACC_RDWR, fapl);
  }

  /** A turn of h5ts. @returns what was done, and what was wrong with it. */
  edit(random: Random): { operations: FileOperation[]; problems: (string | null)[] } {
    this.stumbled = [];
    const target = new StumblingTarget(openPath(this.spec.family === undefined ? this.path : this.whole(), "r+"));
    const file = this.open(target);
    const engine = engineFile(file);
    const references = regionObjectsOf(engine);
    for (const name of mayStay(engine)) references.add(name);
    const keepsAccount = (this.spec.strategy?.[0] ?? 0) < 2;
    const space = new SpaceJudge(engine, { lost: lostSpans(engine), references, keepsAccount });
    const edits = new RandomEdits(engine, random);
    const operations: FileOperation[] = [];
    const problems: (string | null)[] = [];
    for (let left = random.between(...OPERATIONS); left > 0; left--) {
      const operation = edits.next();
      const problem = this.attempt(file, operation, target, random);
      if (problem === GIVEN_UP) continue;
      operations.push(operation);
      problems.push(problem);
      if (random.chance(0.1)) flushAtLast(file, target, random);
    }
    flushAtLast(file, target, random);
    const found = relevant(space.problems(), target);
    if (found.length > 0)
      throw new Disagreement(
        `space: ${found.slice(0, 3).join("; ")}\nafter failures of ${this.stumbled.join("; ")}\n${log(operations)}`,
      );
    file.close();
    return { operations, problems };
  }

  private attempt(file: h5f.FileID, operation: FileOperation, target: StumblingTarget, random: Random): string | null {
    const { stumbles } = target;
    if (random.chance(STUMBLES)) target.arm(random.pick(["read", "write"]), random.between(0, 6));
    try {
      applyWithH5ts(file, operation, this.folder);
      target.disarm();
      return null;
    } catch (error) {
      target.disarm();
      for (const id of h5f.getObjIds(file, h5f.OBJ_ALL & ~h5f.OBJ_FILE)) id.close();
      if (!isHdf5Error(error)) throw new Disagreement(`${log([operation])}: ${(error as Error).stack}`);
      if (target.stumbles === stumbles) return (error as Error).message;
    }
    this.stumbled.push(JSON.stringify(operation).slice(0, 300));
    if (operation.op === "attr") removeAttribute(file, operation.path, operation.name);
    // What fails has not happened. But of elements some may be written, or cut off.
    const isWhole = !["write", "attrWrite", "resize"].includes(operation.op);
    if (isWhole && random.chance(0.5)) return GIVEN_UP;
    return this.attempt(file, operation, target, random);
  }

  /** What h5py finds, and h5ts. */
  judge(): Model {
    const path = this.whole();
    const model = h5pyModel(path);
    const own = H5File.open(openPath(path, "r"), { opener: folderOpener(this.folder) });
    const problem = difference(JSON.parse(JSON.stringify(modelOfFile(own))), JSON.parse(JSON.stringify(model)));
    const twice = overlaps(own);
    this.hasReferences = hasReferences(own);
    own.close();
    if (problem !== undefined) throw new Disagreement(`h5ts reads what h5py does not: ${problem}`);
    if (twice.length > 0) throw new Disagreement(twice.slice(0, 3).join("; "));
    const complaint = this.complaint();
    if (complaint !== undefined) throw new Disagreement(complaint);
    return model;
  }

  /** What the C library's tools have against the file. */
  complaint(): string | undefined {
    const path = this.whole();
    const packed = join(this.folder, "packed.h5");
    // What they cannot do with references and shared messages is told in check-tree.ts.
    const commands: [string, ...string[]][] = [["h5dump", ...(this.hasReferences ? ["-H"] : []), path]];
    if (this.spec.shared === undefined && !this.hasReferences)
      commands.push(["h5repack", path, packed], ["h5diff", path, packed]);
    for (const [command, ...args] of commands) {
      const output = start(command, args);
      if (output?.status === 0 && output.stderr === "") continue;
      return `${command} ended with ${output?.status}: ${output?.stderr.slice(0, 500)}`;
    }
    return undefined;
  }

  /** Whether the C library can read what it has written. */
  isSound(): boolean {
    try {
      h5pyModel(this.whole());
    } catch {
      return false;
    }
    return this.complaint() === undefined;
  }
}

function hasReferences(file: H5File): boolean {
  const seen = new Set<number>();
  const pending = [file.root().address];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    const object = file.object(address);
    const types = object.attributes().map(({ datatype }) => datatype);
    if (object instanceof DatasetObject) types.push(object.datatype);
    if (types.some((type) => JSON.stringify(type).includes('"reference"'))) return true;
    if (!(object instanceof GroupObject)) continue;
    for (const { target } of object.links()) if (target.kind === "hard") pending.push(target.objectHeaderAddress);
  }
  return false;
}

/** After a failure nobody knows which heap objects belong to elements that were written, or overwritten, by then. */
function relevant(problems: readonly string[], { stumbles }: StumblingTarget): string[] {
  return problems.filter((problem) => stumbles === 0 || !problem.includes("heap object"));
}

function removeAttribute(file: h5f.FileID, path: string, name: string): void {
  const object = h5o.open(file, path);
  if (h5a.exists(object, name)) h5a.remove(object, name);
  object.close();
}

/** A flush that fails can be tried again. */
function flushAtLast(file: h5f.FileID, target: StumblingTarget, random: Random): void {
  if (random.chance(STUMBLES)) target.arm("write", random.between(0, 20));
  const { stumbles } = target;
  try {
    h5f.flush(file);
  } catch (error) {
    if (target.stumbles === stumbles) throw error;
    target.disarm();
    h5f.flush(file);
  }
  target.disarm();
}

function log(operations: readonly FileOperation[]): string {
  return operations.map((operation) => JSON.stringify(operation).slice(0, 400)).join("\n");
}

/**
 * @returns Whether it came to its end: version 1.10.8 damages its own files at times, shared messages above all.
 * @throws Disagreement
 */
export async function checkForeign(seed: number, python: PythonPeer, folder: string): Promise<boolean> {
  const made = join(folder, "made");
  mkdirSync(made);
  const spec = makeForeign(made, seed);
  if (spec === undefined) return false;
  const [one, two, control] = ["one", "two", "control"].map((name) => {
    const inner = join(folder, name);
    cpSync(made, inner, { recursive: true });
    return new Copy(inner, spec);
  }) as [Copy, Copy, Copy];
  const random = new Random(seed);
  try {
    one.judge();
  } catch (error) {
    if (!control.isSound()) return false;
    throw error;
  }
  for (let turn = 0; turn < 3; turn++) {
    const [ours, theirs] = turn % 2 === 0 ? [one, two] : [two, one];
    const { operations, problems } = ours.edit(random);
    // What the C library does to its own file, and cannot do to it.
    const expected = await aloneOrGone(python.attempt(control.path, spec, operations));
    if (expected === undefined) return false;
    if (operations.some((_, i) => problems[i] === null && expected[i] !== null)) return false;
    const answers = await python.attempt(theirs.path, spec, operations);
    try {
      if (!control.isSound()) return false;
      const problem =
        parity(operations, problems, answers) ?? difference(comparable(ours.judge()), comparable(theirs.judge()));
      if (problem !== undefined) throw new Disagreement(problem);
    } catch (error) {
      throw new Disagreement(`turn ${turn} ${JSON.stringify(spec)}: ${(error as Error).message}\n${log(operations)}`);
    }
  }
  return true;
}

/** Undefined where h5py dies of what it does to a file that nobody else has changed. */
async function aloneOrGone(answers: Promise<(string | null)[]>): Promise<(string | null)[] | undefined> {
  try {
    return await answers;
  } catch (error) {
    if ((error as Error).message.startsWith(GONE)) return undefined;
    throw error;
  }
}

/** What went well for one only. */
function parity(
  operations: readonly FileOperation[],
  ours: readonly (string | null)[],
  theirs: readonly (string | null)[],
): string | undefined {
  const at = operations.findIndex((_, i) => (ours[i] === null) !== (theirs[i] === null));
  if (at < 0) return undefined;
  return `operation ${at}, ${log([operations[at] as FileOperation])}: h5ts says ${ours[at]}, h5py ${theirs[at]}`;
}

/** Deflated sizes are each zlib's own, and so is where an object lies that nothing but its users leads to. */
function comparable(model: Model): unknown {
  return JSON.parse(JSON.stringify(model), (key, value) => {
    if (key === "committed") return String(value).replace(/^object at \d+$/, "object without a path");
    return key === "storageSize" || key === "creationOrder" ? undefined : value;
  });
}
