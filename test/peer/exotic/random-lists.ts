/** Property lists that hardly anybody uses. */
import type { AccessSpec, FileOperation, FileSpec } from "../trees/operations.ts";
import type { Random } from "../trees/random.ts";

/** Addresses of 2 bytes are soon too few. Of narrow lengths version 1.10.8 reads its own "unlimited" as a number, and then finds no index of chunks. */
const SIZES: readonly (readonly [number, number])[] = [
  [4, 8],
  [4, 8],
  [8, 4],
  [4, 4],
];
const PHASES: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 0],
  [5, 5],
  [40, 2],
  [8, 6],
];
const PLAIN = { userBlock: 0, linkOrder: false, attrOrder: false } as const;

export function randomFile(random: Random): FileSpec {
  const low = random.pick(["earliest", "earliest", "v108", "v110"] as const);
  return {
    ...PLAIN,
    low,
    ...(random.chance(0.4) && { sizes: random.pick(SIZES) }),
    ...(random.chance(0.35) && { symK: [random.pick([1, 1, 2, 3, 16]), random.pick([1, 1, 2, 3, 4])] as const }),
    ...(random.chance(0.35) && { istoreK: random.pick([1, 1, 2, 3, 32]) }),
    ...randomBounds(random, low),
    ...randomShared(random),
    linkOrder: random.chance(0.3),
    attrOrder: random.chance(0.3),
    ...randomGroup(random),
    ...(random.chance(0.5) && { access: randomAccess(random) }),
  };
}

/** File space is told of in the file from version 1.10 on. */
function randomBounds(random: Random, low: FileSpec["low"]) {
  const space = randomSpace(random);
  if (random.chance(0.6) || space.strategy !== undefined) return space;
  return { ...space, high: low === "v110" ? low : random.pick(["v108", "v110"] as const) };
}

function randomSpace(random: Random): Pick<FileSpec, "strategy" | "threshold" | "userBlock"> {
  if (random.chance(0.45)) return { userBlock: random.pick([0, 0, 512, 1024, 4096]) };
  const strategy = random.pick([0, 1, 1, 2, 3]);
  const page = random.pick([512, 512, 1024, 4096, 16384]);
  return {
    strategy: [strategy, random.chance(0.5), page],
    ...(random.chance(0.4) && { threshold: random.pick([0, 1, 17, 100, 600, 5000]) }),
    // The C library wants a user block to have whole pages.
    userBlock: random.pick([0, 0, strategy === 1 ? Math.max(512, page) : 512]),
  };
}

function randomShared(random: Random): Pick<FileSpec, "shared"> {
  if (random.chance(0.7)) return {};
  const flags = random.pick([
    [0x1f],
    [0x02, 0x1d],
    [0x10],
    [0x08, 0x06, 0x11],
    [0x01, 0x02, 0x04, 0x08, 0x10],
    [0x04],
    [0x01],
  ]);
  return {
    shared: {
      indexes: flags.map((flag) => [flag, random.pick([0, 1, 16, 20, 40, 100])] as const),
      phase: random.pick(PHASES),
    },
  };
}

function randomGroup(random: Random) {
  return {
    ...(random.chance(0.4) && { phase: random.pick(PHASES) }),
    ...(random.chance(0.4) && { attrPhase: random.pick(PHASES) }),
    ...(random.chance(0.3) && { estimate: [random.pick([0, 1, 3, 200]), random.pick([0, 1, 40, 300])] as const }),
    ...(random.chance(0.3) && { heapHint: random.pick([0, 1, 9, 40, 1000]) }),
  };
}

export function randomAccess(random: Random): AccessSpec {
  return {
    ...(random.chance(0.5) && { metaBlock: random.pick([0, 1, 100, 512, 20000]) }),
    ...(random.chance(0.5) && { smallData: random.pick([0, 1, 100, 512, 20000]) }),
    ...(random.chance(0.4) && {
      // A user block has to be a multiple of it.
      alignment: [random.pick([0, 1, 50, 400]), random.pick([1, 2, 8, 64, 512])] as const,
    }),
    ...(random.chance(0.4) && {
      chunkCache: [random.pick([1, 3, 521]), random.pick([0, 0, 64, 1 << 20]), random.pick([0, 0.75, 1])] as const,
    }),
    ...(random.chance(0.3) && { sieve: random.pick([0, 1, 100]) }),
  };
}

/** The operation with unusual settings. */
export function exotic(random: Random, operation: FileOperation): FileOperation {
  if (operation.op === "group") {
    return { ...operation, ...randomGroup(random), ...(random.chance(0.2) && { onlyTracked: true }) };
  }
  if (operation.op !== "dataset") return operation;
  const { spec } = operation;
  return {
    ...operation,
    spec: {
      ...spec,
      ...(random.chance(0.3) && { attrPhase: random.pick(PHASES) }),
      ...(spec.layout === "chunked" && random.chance(0.3) && { chunkOptions: 2 }),
    },
  };
}
