/** Programs at random. */
import { Random } from "../trees/random.ts";
import type { Call, Program } from "./calls.ts";
import { ProgramModel } from "./model.ts";
import { randomCall } from "./random-calls.ts";

export function randomProgram(seed: number): Program {
  const random = new Random(seed);
  const model = new ProgramModel(random.chance(0.4));
  const operations: Call[] = [];
  for (let left = random.between(6, 30); left > 0; left--) operations.push(randomCall(random, model));
  const libver = random.pick(["earliest", "latest"] as const);
  return { file: { libver, trackOrder: random.chance(0.2), keepsOpen: model.keepsOpen }, operations };
}
