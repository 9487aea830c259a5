/** Recorded operations of the C library, played on anything that behaves like a chunk cache. */
import { readFileSync } from "node:fs";
import { chunkCounts, forEachChunkOf } from "../../../src/engine/chunks/chunk-geometry.ts";

type Operation =
  | readonly ["r", readonly number[], readonly number[]]
  | readonly ["w", readonly number[], readonly number[], number]
  | readonly ["resize", readonly number[]]
  | readonly ["flush"]
  | readonly ["reopen"]
  | readonly ["second"];

/** First elements of the chunks decoded and encoded, in order. */
export interface Traffic {
  readonly decoded: number[];
  readonly encoded: number[];
}

export interface Scenario {
  readonly name: string;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly maxshape?: readonly (number | null)[];
  readonly empty?: boolean;
  readonly filtered?: boolean;
  readonly cache: { readonly nbytes: number; readonly nslots: number; readonly w0: number };
  readonly ops: readonly Operation[];
  readonly per_op: readonly (Traffic & { readonly bytes_read?: number })[];
  readonly at_close: Traffic;
  /** Some operation changes the dimensions. */
  readonly resizes?: boolean;
}

export interface SlotFact {
  readonly dims: readonly number[];
  readonly chunks: readonly number[];
  readonly nslots: number;
  /** The dimensions were others when the dataset was opened. */
  readonly resized: boolean;
  /** Numbers of chunks, in row-major order, that evict each other. */
  readonly pairs: readonly (readonly [number, number])[];
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/chunk-cache/${name}`, import.meta.url), "utf8"));
}

export const FACTS = load("facts.json") as { scenarios: Scenario[] };
export const MEASURED = load("measured.json") as { scenarios: Scenario[]; slots: SlotFact[] };

/** What is played on: chunks of int32 by scaled coordinates. */
export interface Player {
  /** Number of bytes given up for reading; nothing is looked at. */
  read(scaled: readonly number[], byteCount: number): void;
  write(scaled: readonly number[], byteCount: number, whole: boolean, change: (elements: Int32Array) => void): void;
  settle(): void;
  resize(shape: readonly number[]): void;
  flush(): void;
  close(): void;
  /** What happened since the last call. */
  takeTraffic(): Traffic;
}

interface Part {
  readonly scaled: readonly number[];
  /** Elements of the box in this chunk, as numbers of elements within the chunk. */
  readonly elements: readonly number[];
}

/** The parts of a box, chunk by chunk in row-major order. */
function partsOf(start: readonly number[], count: readonly number[], chunks: readonly number[]): Part[] {
  const parts: Part[] = [];
  const end = start.map((from, d) => from + (count[d] as number));
  forEachChunkOf(chunkCounts(end, chunks), (scaled) => {
    const elements: number[] = [];
    let element = 0;
    forEachChunkOf(chunks, (within) => {
      const inside = within.every((coordinate, d) => {
        const position = (scaled[d] as number) * (chunks[d] as number) + coordinate;
        return position >= (start[d] as number) && position < (end[d] as number);
      });
      if (inside) elements.push(element);
      element++;
    });
    if (elements.length > 0) parts.push({ scaled: [...scaled], elements });
  });
  return parts;
}

function transfer(player: Player, operation: Operation & { 0: "r" | "w" }, chunks: readonly number[]): void {
  const [, start, count, value] = operation;
  const chunkElements = chunks.reduce((a, b) => a * b, 1);
  for (const { scaled, elements } of partsOf(start, count, chunks)) {
    const byteCount = elements.length * 4;
    if (operation[0] === "r") {
      player.read(scaled, byteCount);
    } else {
      player.write(scaled, byteCount, elements.length === chunkElements, (target) => {
        for (const element of elements) target[element] = value as number;
      });
    }
  }
  player.settle();
}

/** Plays a scenario; gives what happened in each operation and at the close. */
export function play(scenario: Scenario, player: Player): { perOp: Traffic[]; atClose: Traffic } {
  let handles = 1;
  const perOp = scenario.ops.map((operation) => {
    switch (operation[0]) {
      case "r":
      case "w":
        transfer(player, operation, scenario.chunks);
        break;
      case "resize":
        player.resize(operation[1]);
        break;
      case "flush":
        player.flush();
        break;
      case "reopen":
        if (handles === 1) player.close();
        break;
      case "second":
        handles++;
        break;
    }
    return player.takeTraffic();
  });
  player.close();
  return { perOp, atClose: player.takeTraffic() };
}

/** The chunks of a filled dataset: each element is the number of its chunk. */
export function filledChunks(scenario: Scenario): { scaled: number[]; bytes: Uint8Array }[] {
  const filled: { scaled: number[]; bytes: Uint8Array }[] = [];
  if (scenario.empty === true) return filled;
  const elements = scenario.chunks.reduce((a, b) => a * b, 1);
  forEachChunkOf(chunkCounts(scenario.shape, scenario.chunks), (scaled) => {
    const values = new Int32Array(elements).fill(filled.length);
    filled.push({ scaled: [...scaled], bytes: new Uint8Array(values.buffer) });
  });
  return filled;
}
