/** Random datasets: their shape, layout and filters. */
import { countOf, type DatasetSpec, type Dims, isPlain, sizeOfType, type TypeSpec } from "./operations.ts";
import type { Random } from "./random.ts";
import { anyElement } from "./random-types.ts";

/** @param byH5py - Whether h5py makes datasets too: it sets fill values of numbers only. */
export function randomDataset(
  random: Random,
  { type, committed }: { type: TypeSpec; committed?: string },
  byH5py: boolean,
): DatasetSpec {
  const dims: Dims = random.chance(0.03)
    ? null
    : Array.from({ length: random.pick([0, 1, 1, 1, 2, 2, 3]) }, () =>
        random.chance(0.04) ? 0 : random.between(1, 9),
      );
  const common = { type, ...(committed && { committed }), dims, ...(random.chance(0.15) && { attrOrder: true }) };
  const canFill = byH5py ? type.t === "i" || type.t === "f" : isPlain(type);
  const fill = canFill && random.chance(0.3) ? { fill: anyElement(random, type, { paths: [], datasets: [] }) } : {};
  // Else the C library leaves what was in the place before, in a dataset without a fill value of its own.
  const fillTime = byH5py
    ? { fillTime: 0 as const }
    : random.chance(0.2)
      ? { fillTime: random.pick([0, 2] as const) }
      : {};
  if (dims === null || dims.length === 0 || random.chance(0.35)) {
    const small = countOf(dims) * sizeOfType(type) < 4000;
    if (small && random.chance(0.3)) return { ...common, layout: "compact", ...fill, ...fillTime };
    return { ...common, layout: "contiguous", alloc: random.pick([0, 1, 2]), ...fill, ...fillTime };
  }
  const maxDims = dims.map((size) =>
    random.chance(0.35) ? -1 : size + (size === 0 || random.chance(0.5) ? random.between(size === 0 ? 1 : 0, 12) : 0),
  );
  const chunk = dims.map((size, d) => {
    const most = (maxDims[d] as number) < 0 ? size + 2 : Math.max(1, size);
    return random.between(1, most);
  });
  const filters = randomFilters(random, type, countOf(chunk));
  return {
    ...common,
    layout: "chunked",
    maxDims,
    chunk,
    ...(filters.length > 0 && { filters }),
    // With late allocation a first write of everything leaves zeros beyond the edge of version 1.10.8's chunks.
    alloc: random.pick(byH5py ? [0, 0, 1, 3] : [0, 0, 1, 2, 3]),
    ...fill,
    ...fillTime,
  };
}

function randomFilters(random: Random, type: TypeSpec, chunkElements: number): NonNullable<DatasetSpec["filters"]> {
  const filters: { id: number; values: readonly number[] }[] = [];
  if (!isPlain(type)) return random.chance(0.3) ? [{ id: 1, values: [4] }] : [];
  const isNumber = type.t === "i" || type.t === "f";
  const roll = random.fraction();
  if (roll < 0.35) return filters;
  if (isNumber && roll < 0.45 && chunkElements >= 8)
    filters.push({ id: 4, values: [random.pick([4, 32]), random.pick([4, 8])] });
  else if (isNumber && roll < 0.52) filters.push({ id: 5, values: [] });
  else if (type.t === "i" && roll < 0.58) filters.push({ id: 6, values: [2, 0] });
  else {
    if (random.chance(0.5)) filters.push({ id: 2, values: [] });
    if (random.chance(0.7)) filters.push({ id: 1, values: [random.between(1, 9)] });
  }
  if (random.chance(0.3)) filters.push({ id: 3, values: [] });
  return filters;
}
