/** Random traces of accesses to a chunked dataset. */
import { Random } from "../trees/random.ts";

export interface Cache {
  readonly nbytes: number;
  readonly nslots: number;
  readonly w0: number;
}

type Box = readonly [start: number[], count: number[], stride: number[], block: number[]];

export type Operation =
  | readonly ["r", ...Box]
  | readonly ["w", ...Box, value: number]
  | readonly ["rp", points: number[][]]
  | readonly ["wp", points: number[][], value: number]
  | readonly ["resize", shape: number[]]
  | readonly ["flush" | "flushFile" | "second" | "drop" | "reopen"];

export interface Trace {
  readonly pattern: Pattern;
  readonly shape: readonly number[];
  readonly maxshape: readonly (number | null)[];
  readonly chunks: readonly number[];
  /** Whether all elements are there at the start, element n being n. */
  readonly filled: boolean;
  readonly fill: number;
  /** Formats of 1.10. */
  readonly latest: boolean;
  /** The dataset's own settings, or null for the file's. */
  readonly cache: Cache | null;
  /** The file's settings, or null for the library's. */
  readonly fileCache: Cache | null;
  readonly ops: readonly Operation[];
}

export const PATTERNS = ["sequential", "strided", "random", "read-modify-write", "colliding", "resized"] as const;
export type Pattern = (typeof PATTERNS)[number];

const ELEMENT = 4;
const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

class TraceMaker {
  private readonly random: Random;
  private readonly chunks: number[];
  private shape: number[];
  private value = 1_000_000;
  private position = 0;

  constructor(random: Random, shape: number[], chunks: number[]) {
    this.random = random;
    this.shape = shape;
    this.chunks = chunks;
  }

  private ones(): number[] {
    return this.shape.map(() => 1);
  }

  private grid(): number[] {
    return this.shape.map((size, d) => Math.ceil(size / (this.chunks[d] as number)));
  }

  private access(box: Box): Operation {
    return this.random.chance(0.35) ? ["w", ...box, this.value++] : ["r", ...box];
  }

  /** A box within the dataset, often along chunks. */
  private anyBox(): Box {
    const { random } = this;
    const start: number[] = [];
    const count: number[] = [];
    for (const [d, size] of this.shape.entries()) {
      const chunk = this.chunks[d] as number;
      const first = random.chance(0.5)
        ? chunk * random.between(0, Math.floor((size - 1) / chunk))
        : random.between(0, size - 1);
      const length = random.chance(0.5) ? chunk : random.between(1, 2 * chunk);
      start.push(first);
      count.push(Math.min(length, size - first));
    }
    return [start, count, this.ones(), this.ones()];
  }

  /** The chunk of a number in row-major order, as far as it lies in the dataset. */
  private chunkBox(number: number): Box {
    const grid = this.grid();
    let rest = number % product(grid);
    const start = grid.map(() => 0);
    for (let d = grid.length - 1; d >= 0; d--) {
      start[d] = (rest % (grid[d] as number)) * (this.chunks[d] as number);
      rest = Math.floor(rest / (grid[d] as number));
    }
    const count = start.map((first, d) => Math.min(this.chunks[d] as number, (this.shape[d] as number) - first));
    return [start, count, this.ones(), this.ones()];
  }

  private strided(): Operation {
    const { random } = this;
    const boxes = this.shape.map((size, d) => {
      const stride = random.between(1, 2 * (this.chunks[d] as number));
      const block = random.between(1, Math.min(stride, size));
      const start = random.between(0, size - block);
      return { start, stride, block, count: random.between(1, Math.floor((size - start - block) / stride) + 1) };
    });
    const list = (key: "start" | "count" | "stride" | "block") => boxes.map((box) => box[key]);
    return this.access([list("start"), list("count"), list("stride"), list("block")]);
  }

  private points(): Operation {
    const { random } = this;
    const points = Array.from({ length: random.between(1, 8) }, () =>
      this.shape.map((size) => random.between(0, size - 1)),
    );
    return random.chance(0.3) ? ["wp", distinct(points), this.value++] : ["rp", points];
  }

  private resize(): Operation {
    const { random } = this;
    this.shape = this.shape.map((size, d) => {
      const chunk = this.chunks[d] as number;
      return random.chance(0.5) ? size : Math.max(1, size + random.between(-2 * chunk, 2 * chunk));
    });
    return ["resize", this.shape];
  }

  /** One or a few operations of a pattern. */
  next(pattern: Pattern): Operation[] {
    const { random } = this;
    if (random.chance(0.06))
      return [random.pick([["flush"], ["flushFile"], ["second"], ["drop"], ["reopen"]] as const)];
    switch (pattern) {
      case "sequential":
        return [this.access(this.chunkBox(this.position++))];
      case "strided":
        return [this.strided()];
      case "random":
        return [random.chance(0.3) ? this.points() : this.access(this.anyBox())];
      case "read-modify-write": {
        const box = random.chance(0.5) ? this.chunkBox(random.between(0, 1000)) : this.anyBox();
        return [
          ["r", ...box],
          ["w", ...box, this.value++],
        ];
      }
      case "colliding": {
        // A few chunks again and again.
        const box = this.chunkBox(random.between(0, 3) * random.between(1, 5));
        const [start, count] = box;
        const part: Box = [start, count.map((size) => random.between(1, size)), box[2], box[3]];
        return [this.access(random.chance(0.5) ? box : part)];
      }
      case "resized":
        return [random.chance(0.25) ? this.resize() : this.access(this.anyBox())];
    }
  }
}

function distinct(points: number[][]): number[][] {
  return [...new Map(points.map((point) => [point.join(), point])).values()];
}

function randomCache(random: Random, chunkBytes: number): Cache {
  const chunks = random.between(0, 6);
  const nbytes = Math.max(0, chunks * chunkBytes + random.pick([0, 0, 0, -1, 1, chunkBytes >> 1]));
  return { nbytes, nslots: random.pick([0, 1, 2, 3, 5, 7, 13, 101, 521]), w0: random.pick([0, 0.25, 0.5, 0.75, 1]) };
}

export function randomTrace(seed: number): Trace {
  const random = new Random(seed);
  const pattern = random.pick(PATTERNS);
  const rank = random.between(1, 3);
  const chunks = Array.from({ length: rank }, () => random.between(1, [16, 5, 3][rank - 1] as number));
  const shape = chunks.map(
    (chunk) => random.between(1, [12, 5, 3][rank - 1] as number) * chunk + random.between(0, chunk - 1),
  );
  const chunkBytes = ELEMENT * product(chunks);
  const maker = new TraceMaker(random, shape, chunks);
  const grows = pattern === "resized" || random.chance(0.3);
  const limits = shape.map(() => null);
  return {
    pattern,
    shape,
    maxshape: grows ? limits : shape,
    chunks,
    filled: random.chance(0.75),
    fill: random.pick([0, 0, -7]),
    latest: random.chance(0.5),
    cache: random.chance(0.8) ? randomCache(random, chunkBytes) : null,
    fileCache: random.chance(0.5) ? randomCache(random, chunkBytes) : null,
    ops: Array.from({ length: random.between(10, 40) }, () => maker.next(pattern)).flat(),
  };
}
