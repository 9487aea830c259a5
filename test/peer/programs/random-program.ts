/** Programs at random. */
import { Random } from "../trees/random.ts";
import type { Call, FileSpec, LibverSpec, Program } from "./calls.ts";
import { ProgramModel } from "./model.ts";
import { randomCall } from "./random-calls.ts";

const LIBVERS: readonly LibverSpec[] = [
  "earliest",
  "earliest",
  "latest",
  "latest",
  "v108",
  "v110",
  ["earliest", "v108"],
  ["earliest", "v110"],
  ["v108", "v108"],
  ["v108", "latest"],
];

function fileOptions(random: Random, libver: LibverSpec): FileSpec {
  // Files of 1.8 have no such settings.
  const strategy =
    libver[1] !== "v108" && random.chance(0.25)
      ? random.pick(["fsm", "page", "aggregate", "none"] as const)
      : undefined;
  const persists = random.chance(0.5) && (strategy === "fsm" || strategy === "page");
  const userblockSize = strategy !== "page" && random.chance(0.1) ? random.pick([512, 1024, 2048]) : undefined;
  // Which is to be less than the user block, as is a page.
  const alignmentInterval = userblockSize === undefined ? random.pick([8, 512]) : 8;
  return {
    ...(userblockSize === undefined ? {} : { userblockSize }),
    ...(strategy === undefined
      ? {}
      : { fsStrategy: strategy, fsPersist: persists, fsThreshold: random.pick([1, 1, 10]) }),
    ...(strategy === "page" && random.chance(0.6) ? { fsPageSize: random.pick([512, 1024, 4096]) } : {}),
    ...(random.chance(0.15) ? { rdccNbytes: random.pick([0, 64, 1000]) } : {}),
    ...(random.chance(0.1) ? { alignmentThreshold: random.pick([1, 100]), alignmentInterval } : {}),
  };
}

export function randomProgram(seed: number): Program {
  const random = new Random(seed);
  const model = new ProgramModel(random.chance(0.4));
  const operations: Call[] = [];
  for (let left = random.between(6, random.chance(0.05) ? 80 : 30); left > 0; left--)
    operations.push(randomCall(random, model));
  const libver = random.pick(LIBVERS);
  const options = fileOptions(random, libver);
  return { file: { libver, options, trackOrder: random.chance(0.2), keepsOpen: model.keepsOpen }, operations };
}
