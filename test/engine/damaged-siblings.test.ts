/**
 * Damage to the header of one object hides no other: those that do not lead to it are read as they were.
 *
 * The damage is another one each time, of a seed that is printed; `H5TS_SEED` brings it back.
 */
import { expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { sign } from "../support/damage/checksums.ts";
import { Random } from "../support/damage/random.ts";
import { type Sample, sampleOf } from "../support/damage/sample.ts";
import { modelWithErrors } from "../support/engine-model.ts";
import { fixturePath, fixtures } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";

const seed = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
/** Of each object. */
const DAMAGES = 2;
const MOST_OBJECTS = 20;
const MOST_BYTES = 60_000;

type Objects = Readonly<Record<string, { readonly kind: string }>>;

function objectsIn(bytes: Uint8Array): Objects {
  const file = H5File.open(new MemorySource(bytes), { opener: folderOpener(fixturePath(".")) });
  const { objects } = modelWithErrors(file) as unknown as { objects: Objects };
  file.close();
  return objects;
}

/** Without what a group says of its members: the damaged one may be unreadable. */
function described(object: unknown): string | undefined {
  return JSON.stringify(object, (key, value) => (key === "object" ? undefined : value));
}

function damaged({ bytes, spans }: Sample, offset: number, random: Random): Uint8Array {
  const copy = bytes.slice();
  const flipped = (copy[offset] as number) ^ (1 << random.below(8));
  copy[offset] = random.below(2) === 0 ? random.below(256) : flipped;
  if (random.below(2) === 0) sign(copy, spans, offset);
  return copy;
}

/** Where the first block of an object's header lies. */
function headerOf({ bytes, metadata }: Sample, path: string) {
  const file = H5File.open(new MemorySource(bytes));
  const offset = file.superblock.baseAddress + resolveObject(file.root(), path).address;
  file.close();
  return metadata.find((region) => region.offset === offset);
}

const intact = fixtures()
  // Their datasets show, or name, others.
  .filter(({ features }) => !features.includes("virtual") && !features.includes("references"))
  .map(({ name }) => ({ name, sample: sampleOf(fixturePath(`${name}.h5`)) }))
  .filter(({ sample }) => sample.bytes.length <= MOST_BYTES);

test.each(intact)(`$name (H5TS_SEED=${seed})`, ({ sample }) => {
  const random = new Random(seed);
  const objects = objectsIn(sample.bytes);
  const targets = Object.keys(objects).filter((path) => objects[path]?.kind !== "group");
  for (const target of targets.slice(0, MOST_OBJECTS)) {
    const header = headerOf(sample, target);
    if (header === undefined) continue;
    for (let i = 0; i < DAMAGES; i++) {
      const offset = header.offset + random.below(header.byteLength);
      const found = objectsIn(damaged(sample, offset, random));
      const others = Object.keys(objects).filter((path) => {
        const text = described(objects[path]);
        const refers = path === target || JSON.stringify(objects[path]).includes(`"committed":"${target}"`);
        return !refers && described(found[path]) !== text;
      });
      expect(others, `byte ${offset}, of ${target}`).toEqual([]);
    }
  }
});
