/**
 * A file that goes from hand to hand: h5ts and the C library change it by turns, and after each turn both must find in it
 * what the model has.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";
import { type ByteSpan, lostSpans, overlaps, spaceProblems } from "../../support/space-check.ts";
import { Disagreement, expectSame, judgeWithTools, keepsNoAccount } from "./check-tree.ts";
import { Model } from "./model.ts";
import type { FileOperation, Tree } from "./operations.ts";
import type { PythonPeer } from "./python-peer.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile, openFile } from "./with-h5ts.ts";

export type Hand = "h5ts" | "h5py";

/** Operations of one turn that are possible. */
function possible(model: Model, operations: readonly FileOperation[]): FileOperation[] {
  return operations.filter((operation) => model.apply(operation));
}

/** The operations up to each pause are one turn. */
function turnsOf(tree: Tree): FileOperation[][] {
  const turns: FileOperation[][] = [[]];
  for (const operation of tree.operations) {
    if (operation.op === "flush" || operation.op === "reopen") turns.push([]);
    else turns[turns.length - 1]?.push(operation);
  }
  return turns;
}

/** @param first - Who makes the file. @throws Disagreement */
export async function checkRelay(tree: Tree, first: Hand, python: PythonPeer, folder: string): Promise<void> {
  const path = join(folder, "relay.h5");
  const model = new Model(tree.file);
  let hand = first;
  let made = false;
  for (const turn of turnsOf(tree)) {
    const operations = possible(model, turn);
    if (hand === "h5py") await python.edit(path, tree.file, operations, !made);
    else takeTurn(path, tree, operations, !made);
    made = true;
    const own = H5File.open(new MemorySource(new Uint8Array(readFileSync(path))));
    expectSame(`after ${hand}: h5ts`, describeWithH5ts(own), model);
    const problems = overlaps(own);
    if (problems.length > 0) throw new Disagreement(`after ${hand}: space: ${problems.slice(0, 3).join("; ")}`);
    own.close();
    expectSame("h5py", await python.describe(path), model, `after ${hand}: `);
    hand = hand === "h5ts" ? "h5py" : "h5ts";
  }
  judgeWithTools(tree, model, [path], folder);
}

function takeTurn(path: string, tree: Tree, operations: readonly FileOperation[], create: boolean): void {
  const target = new MemoryTarget(create ? undefined : new Uint8Array(readFileSync(path)));
  const file = create ? createFile(target, tree.file) : openFile(target, tree.file);
  // The C library loses bytes even of files that keep account of their free space.
  const lost: readonly ByteSpan[] = create ? [] : lostSpans(engineFile(file));
  for (const operation of operations) {
    try {
      applyWithH5ts(file, operation);
    } catch (cause) {
      throw new Disagreement(`h5ts ${JSON.stringify(operation).slice(0, 300)}: ${(cause as Error).stack}`, { cause });
    }
  }
  const open = engineFile(file);
  const all = keepsNoAccount(tree) ? overlaps(open) : spaceProblems(open, lost);
  // The C library leaves in the heap what elements held that it cuts off or deletes.
  const problems = all.filter((text) => !text.endsWith("begins like a global heap collection"));
  if (problems.length > 0) throw new Disagreement(`space: ${problems.slice(0, 3).join("; ")}`);
  file.close();
  writeFileSync(path, target.toBytes());
}
