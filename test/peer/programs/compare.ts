/** Runs a program with both libraries and tells where they differ. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { File } from "../../../src/index.ts";
import { start } from "../peers.ts";
import type { PythonProcess } from "../python-process.ts";
import type { Answer, Program } from "./calls.ts";
import { describeFile } from "./canonical.ts";
import { isChosen, traitsOf } from "./differences.ts";
import { AsyncReader, isReading } from "./with-async.ts";
import { Session } from "./with-h5ts.ts";

export interface Peers {
  readonly python: PythonProcess;
  readonly folder: string;
  /** Programs that were compared up to some call only, because h5py died of it or had gone another way there. */
  readonly tally: { unfinished: number };
}

/** What differs, in words; undefined for nothing. */
export async function differenceOf(program: Program, peers: Peers): Promise<string | undefined> {
  const { python, folder, tally } = peers;
  const ours = newPlace(folder, "ours");
  const session = new Session(ours, program.file);
  let answers: Answer[];
  try {
    answers = program.operations.map((call) => session.answer(call));
  } finally {
    session.close();
  }
  const space = mayLoseSpace(program) ? [] : session.spaceProblems;
  if (space.length > 0) return `space\n${space.join("\n")}`;
  const { theirs, expected } = await peerAnswers(program, peers);
  const traits = traitsOf(program);
  for (let i = 0; i < expected.length; i++) {
    const call = program.operations[i];
    const [a, b] = [JSON.stringify(answers[i]), JSON.stringify(expected[i])];
    if (a === b || call === undefined) continue;
    const chosen = isChosen(call, answers[i] as Answer, expected[i] as Answer, traits);
    if (chosen === "stop") {
      tally.unfinished++;
      return undefined;
    }
    if (!chosen) return `${call.call}, call ${i}\n  ours   ${a}\n  theirs ${b}`;
  }
  if (expected.length < answers.length) {
    tally.unfinished++;
    return undefined;
  }
  return (await fileDifference(python, ours, theirs)) ?? dumpProblem(ours, theirs, program);
}

/** What h5py answers, and its file; of a program of which it dies, with no file but its own, the answers to the calls before. */
async function peerAnswers(program: Program, { python, folder }: Peers) {
  const { operations } = program;
  const ask = async (count: number) => {
    const theirs = newPlace(folder, "theirs");
    const part = { ...program, operations: operations.slice(0, count) };
    return { theirs, expected: (await python.ask({ program: part, path: theirs })) as Answer[] };
  };
  // Asked once more, because it may die of what earlier programs did to its memory.
  const whole = await ask(operations.length).catch(() => ask(operations.length).catch(() => undefined));
  if (whole !== undefined) return whole;
  let [alive, dead] = [0, operations.length];
  while (dead - alive > 1) {
    const middle = (alive + dead) >> 1;
    const isAlive = await ask(middle).then(
      () => true,
      () => false,
    );
    if (isAlive) alive = middle;
    else dead = middle;
  }
  return ask(alive);
}

/** The path of a file in a folder of its own, which is empty. */
function newPlace(folder: string, name: string): string {
  rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, name));
  return join(folder, name, "main.h5");
}

/** Of region references the heap keeps the selections, whatever happens to them; a group within itself nobody finds again. */
function mayLoseSpace(program: Program): boolean {
  if (/"region":(true|")|"call":"region"/.test(JSON.stringify(program))) return true;
  const plain = (path: string) => path.replace(/^\/+/, "");
  return program.operations.some((call) => {
    if (call.call === "move") return plain(call.to).startsWith(`${plain(call.path)}/`);
    if (call.call !== "link" || call.hard === undefined) return false;
    const target = plain(call.hard);
    return target === "" || plain(call.path).startsWith(`${target}/`);
  });
}

/** What differs between a file with its bytes at hand and one whose bytes arrive later. */
export async function lateDifference(program: Program, folder: string): Promise<string | undefined> {
  // Bytes that come alone lead to no other files.
  if (/"external":|"other.h5"/.test(JSON.stringify(program))) return undefined;
  const path = newPlace(folder, "ours");
  const session = new Session(path, program.file);
  for (const call of program.operations) session.answer(call);
  session.close();
  const reading = new Session(path, program.file, "r");
  const known = new File(path, "r");
  try {
    return await lateProblem(program, path, reading, known);
  } finally {
    known.close();
    reading.close();
  }
}

async function lateProblem(program: Program, path: string, reading: Session, known: File): Promise<string | undefined> {
  const bytes = readFileSync(path);
  const calls = program.operations.filter(isReading);
  const expected = calls.map((call) => JSON.stringify(reading.answer(call)));
  for (const pageSize of [null, 64, 512]) {
    const reader = await AsyncReader.open(bytes, known, pageSize);
    // One after the other, and all at once.
    const found: Answer[] = [];
    for (const call of calls) found.push(await reader.answer(call));
    found.push(...(await Promise.all(calls.map((call) => reader.answer(call)))));
    await reader.close();
    for (let i = 0; i < found.length; i++) {
      const [late, atHand] = [JSON.stringify(found[i]), expected[i % calls.length]];
      if (late !== atHand)
        return `late, pages of ${pageSize}, ${JSON.stringify(calls[i % calls.length])}\n  late    ${late}\n  at hand ${atHand}`;
    }
  }
  return undefined;
}

/** Each file is read by both. */
async function fileDifference(python: PythonProcess, ours: string, theirs: string): Promise<string | undefined> {
  const read = (path: string) => {
    const f = new File(path, "r");
    try {
      return describeFile(f);
    } finally {
      f.close();
    }
  };
  const first = await ownDescription(python, theirs);
  // Of a group with soft links the C library makes a copy without sense when they are to be expanded.
  if (first === undefined) return undefined;
  const others: [string, unknown[]][] = [
    ["h5py reads ours", (await python.ask({ path: ours, isOwn: false })) as unknown[]],
    ["h5ts reads theirs", read(theirs)],
    ["h5ts reads ours", read(ours)],
  ];
  for (const [what, objects] of others) {
    for (let i = 0; i < Math.max(first.length, objects.length); i++) {
      const [a, b] = [objects[i], first[i]].map((each) => JSON.stringify(each));
      // What h5py cannot tell of its own file, or tells wrongly.
      if (typeof first[i] === "string") continue;
      if (a !== b && !isOfLostSource(objects[i], first[i]))
        return `${what}, object ${i}\n  found    ${a}\n  expected ${b}`;
    }
  }
  return undefined;
}

/** What is said of virtual datasets whose sources are not as they were: see isChosen. */
const LOST_SOURCE =
  /insufficient elements in destination selection|different number of elements selected|offset not within extent/;

function isOfLostSource(...objects: readonly unknown[]): boolean {
  return objects.some((object) => {
    const { isVirtual, elements } = (object ?? {}) as { isVirtual?: boolean; elements?: unknown };
    return isVirtual === true && typeof elements === "string" && LOST_SOURCE.test(elements);
  });
}

/** What h5py finds in its own file; undefined where that cannot be read. */
async function ownDescription(python: PythonProcess, path: string): Promise<unknown[] | undefined> {
  try {
    return (await python.ask({ path, isOwn: true })) as unknown[];
  } catch {
    return undefined;
  }
}

/** h5dump has no LZF, follows references in circles, and does not get through everything that the C library writes. */
function dumpProblem(ours: string, theirs: string, program: Program): string | undefined {
  const args = /"lzf"|"reference"/.test(JSON.stringify(program)) ? ["-H"] : [];
  const dump = start("h5dump", [...args, ours]);
  if (dump === undefined) throw new Error("the peer suite needs h5dump");
  if (dump.status === 0 || start("h5dump", [...args, theirs])?.status === dump.status) return undefined;
  return `h5dump ends with ${dump.status}: ${dump.stderr.slice(0, 400)}`;
}
