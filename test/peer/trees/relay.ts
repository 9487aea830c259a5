/**
 * A file that goes from hand to hand: h5ts and the C library change it by turns, and after each turn both must find in it
 * what the model has.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";
import { modelOfFile } from "../../support/engine-model.ts";
import { folderOpener } from "../../support/folder-opener.ts";
import { mayStay } from "../../support/heap-objects.ts";
import { lostSpans, overlaps } from "../../support/space-check.ts";
import { SpaceJudge } from "../../support/space-judge.ts";
import { compareWithH5wasm } from "../h5wasm-facts.ts";
import { Disagreement, expectSame, judgeWithTools, keepsNoAccount, needsH5wasm } from "./check-tree.ts";
import { Model } from "./model.ts";
import type { FileOperation, Tree } from "./operations.ts";
import type { PythonPeer } from "./python-peer.ts";
import { regionObjectsOf } from "./types.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile, openFile } from "./with-h5ts.ts";
import { editWithH5wasm, fileSpecForH5wasm, operationForH5wasm } from "./with-h5wasm.ts";

export type Hand = "h5ts" | "h5py" | "h5wasm";

/** Operations of one turn that are possible. */
function possible(hand: Hand, model: Model, operations: readonly FileOperation[]): FileOperation[] {
  return operations.flatMap((wanted) => {
    const operation = hand === "h5wasm" ? operationForH5wasm(wanted, model) : wanted;
    if (hand !== "h5ts" && emptiesSingleChunk(wanted, model)) return [];
    return operation !== undefined && model.apply(operation) ? [operation] : [];
  });
}

/**
 * Whether a dataset of one chunk is cut to nothing: the C library frees the chunk and leaves its address in the header, and
 * then reads there what somebody else has written.
 */
function emptiesSingleChunk(operation: FileOperation, model: Model): boolean {
  if (operation.op !== "resize" || !operation.dims.includes(0)) return false;
  const object = model.object(operation.path);
  return object?.kind === "dataset" && String(object.spec.chunk) === String(object.spec.maxDims);
}

/** The operations up to each pause are one turn. */
export function turnsOf(tree: Tree): FileOperation[][] {
  const turns: FileOperation[][] = [[]];
  for (const operation of tree.operations) {
    if (operation.op === "flush" || operation.op === "reopen") turns.push([]);
    else turns[turns.length - 1]?.push(operation);
  }
  return turns;
}

/**
 * @param hands - Whose turn it is, over and over; the first one makes the file.
 * @returns Whether it came to its end: h5py cannot do everything, not even in a file that only it has changed.
 * @throws Disagreement
 */
export async function checkRelay(
  { file, operations: all }: Tree,
  hands: readonly Hand[],
  python: PythonPeer,
  folder: string,
): Promise<boolean> {
  const tree = { file: hands[0] === "h5wasm" ? fileSpecForH5wasm(file) : file, operations: all };
  const path = join(folder, "relay.h5");
  const model = new Model(tree.file);
  const done: FileOperation[][] = [];
  for (const [number, turn] of turnsOf(tree).entries()) {
    const hand = hands[number % hands.length] as Hand;
    const operations = possible(hand, model, turn);
    done.push(operations);
    try {
      if (hand === "h5py") await python.edit(path, tree.file, operations, number === 0);
      else if (hand === "h5wasm") editWithH5wasm(path, tree.file, operations, number === 0);
      else takeTurn(path, tree, operations, number === 0);
      await judge(`after ${hand}`, tree, path, model, { hands, python });
    } catch (error) {
      if (hand === "h5py" && (await failsAlone(tree, done, model, python, folder))) return false;
      throw error;
    }
  }
  judgeWithTools(tree, model, [path], folder);
  return true;
}

/** Whether a failure after a turn of h5py is its own: it fails as well, or damages the file, when it does all turns alone. */
async function failsAlone(
  tree: Tree,
  turns: readonly (readonly FileOperation[])[],
  model: Model,
  python: PythonPeer,
  folder: string,
): Promise<boolean> {
  const path = join(folder, "alone.h5");
  try {
    for (const [i, turn] of turns.entries()) await python.edit(path, tree.file, turn, i === 0);
    expectSame("h5py", await python.describe(path), model, "alone: ");
    return false;
  } catch {
    return true;
  }
}

interface Readers {
  readonly hands: readonly Hand[];
  readonly python: PythonPeer;
}

async function judge(when: string, tree: Tree, path: string, model: Model, { hands, python }: Readers): Promise<void> {
  const own = H5File.open(new MemorySource(new Uint8Array(readFileSync(path))), {
    opener: folderOpener(dirname(path)),
  });
  expectSame("h5ts", describeWithH5ts(own), model, `${when}: `);
  const problems = overlaps(own);
  if (problems.length > 0) throw new Disagreement(`${when}: space: ${problems.slice(0, 3).join("; ")}`);
  if (hands.includes("h5wasm")) {
    const { differences } = compareWithH5wasm(path, modelOfFile(own));
    if (differences.length > 0) throw new Disagreement(`${when}: h5wasm ${differences.slice(0, 3).join("; ")}`);
  }
  own.close();
  if (!needsH5wasm(tree)) expectSame("h5py", await python.describe(path), model, `${when}: `);
}

function takeTurn(path: string, tree: Tree, operations: readonly FileOperation[], create: boolean): void {
  const target = new MemoryTarget(create ? undefined : new Uint8Array(readFileSync(path)));
  const file = create ? createFile(target, tree.file) : openFile(target, tree.file);
  const open = engineFile(file);
  // The C library loses bytes even of files that keep account of their free space, and leaves in the heap what elements held
  // that it overwrites, cuts off or deletes.
  const references = regionObjectsOf(open);
  for (const name of mayStay(open)) references.add(name);
  const space = new SpaceJudge(open, { lost: lostSpans(open), references, keepsAccount: !keepsNoAccount(tree) });
  for (const operation of operations) {
    try {
      applyWithH5ts(file, operation, dirname(path));
    } catch (cause) {
      throw new Disagreement(`h5ts ${JSON.stringify(operation).slice(0, 300)}: ${(cause as Error).stack}`, { cause });
    }
  }
  const problems = space.problems();
  if (problems.length > 0) throw new Disagreement(`space: ${problems.slice(0, 3).join("; ")}`);
  file.close();
  writeFileSync(path, target.toBytes());
}
