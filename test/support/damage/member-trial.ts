/** Files that lie in several, one of them damaged: opened by their driver, read and edited. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultMultiLayout, openSpread, type SpreadDriver, splitLayout } from "../../../src/engine/file-drivers.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource } from "../../../src/io/memory-source.ts";
import { fixtureBytes, fixturePath } from "../fixture-model.ts";
import { onionFile } from "../onion-file.ts";
import { DamagedFileEditor } from "./editing.ts";
import { type Mutation, mutate } from "./mutation.ts";
import { Random } from "./random.ts";
import { DamagedFileReader } from "./reading.ts";
import { SmallMemoryTarget } from "./small-memory.ts";
import { ErrorTally } from "./tally.ts";

export interface SpreadSample {
  readonly name: string;
  readonly driver: SpreadDriver;
  /** The bytes of each file, by name. */
  readonly members: ReadonlyMap<string, Uint8Array>;
}

const FOLDER = fixturePath("../drivers");
const FAMILY: SpreadDriver = { kind: "family", memberByteLength: undefined };

function membersOf(prefix: string): Map<string, Uint8Array> {
  const names = readdirSync(FOLDER).filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(FOLDER, name)))]));
}

/** A file that was edited three times. */
function onionMembers(): Map<string, Uint8Array> {
  const original = fixtureBytes("empty-earliest");
  let bytes = original;
  const revisions = [1, 2, 3].map((seed) => {
    const target = new SmallMemoryTarget(bytes);
    new DamagedFileEditor(H5File.open(target, { writable: true }), new ErrorTally(), new Random(seed)).editAll();
    bytes = target.toBytes();
    return bytes;
  });
  return new Map([
    ["x.h5", original],
    ["x.h5.onion", onionFile(original, revisions, 64)],
  ]);
}

export function spreadSamples(): SpreadSample[] {
  return ["earliest", "latest"]
    .flatMap((bound): SpreadSample[] => [
      { name: `family-${bound}-%03d.h5`, driver: FAMILY, members: membersOf(`family-${bound}`) },
      {
        name: `multi-${bound}`,
        driver: { kind: "multi", layout: defaultMultiLayout() },
        members: membersOf(`multi-${bound}`),
      },
      {
        name: `split-${bound}`,
        driver: { kind: "multi", layout: splitLayout() },
        members: membersOf(`split-${bound}`),
      },
    ])
    .concat({ name: "x.h5", driver: { kind: "onion", revision: undefined }, members: onionMembers() });
}

/** Damages one of the members; now and then it is missing. */
function damaged({ members }: SpreadSample, random: Random): { members: Map<string, Uint8Array>; mutation: Mutation } {
  const result = new Map(members);
  const path = random.pick([...members.keys()]);
  if (random.below(30) === 0) {
    result.delete(path);
    return { members: result, mutation: { bytes: new Uint8Array(0), changes: [`${path} is missing`] } };
  }
  const bytes = members.get(path) as Uint8Array;
  const whole = {
    kind: "superblock",
    offset: 0,
    byteLength: bytes.length,
    what: "a member",
    owner: "",
    claims: [],
  } as const;
  const mutation = mutate({ path, bytes, metadata: [whole], spans: [] }, random);
  result.set(path, mutation.bytes);
  return { members: result, mutation: { ...mutation, changes: [path, ...mutation.changes] } };
}

/** Reads the file and, where its driver writes, edits it. */
export function runMemberTrial(sample: SpreadSample, seed: number): { mutation: Mutation; tally: ErrorTally } {
  const random = new Random(seed);
  const { members, mutation } = damaged(sample, random);
  const tally = new ErrorTally();
  const { name, driver } = sample;
  const open = (writable: boolean) =>
    tally.attempt(() => {
      const source = openSpread(name, driver, writable ? "write" : "read", (member, mode) => {
        const bytes = members.get(member);
        if (mode === "write") return new SmallMemoryTarget(bytes, member);
        return bytes && new MemorySource(bytes, member);
      });
      return H5File.open(source, { writable });
    });
  const file = open(false);
  if (file !== undefined) {
    new DamagedFileReader(file, tally).readAll();
    tally.attempt(() => file.close());
  }
  const writable = open(true);
  if (writable !== undefined) new DamagedFileEditor(writable, tally, random).editAll();
  return { mutation, tally };
}
