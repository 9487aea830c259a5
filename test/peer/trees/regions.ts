/**
 * Regions that references name, as text: the dataset's path and either a hyperslab of single elements or points, numbers
 * joined by commas: `/data|0,1|2,2|1,3` (start, count, stride), `/data|0,1 3,2`.
 */
export type Region =
  | {
      readonly path: string;
      readonly start: readonly number[];
      readonly count: readonly number[];
      readonly stride: readonly number[];
    }
  | { readonly path: string; readonly points: readonly (readonly number[])[] };

export function regionText(region: Region): string {
  if ("points" in region) return `${region.path}|${coordinatesText(region.points)}`;
  const { path, start, count, stride } = region;
  return [path, start, count, stride].join("|");
}

export function parseRegion(text: string): Region {
  const [path = "", first = "", ...rest] = text.split("|");
  const numbers = (part: string) => part.split(",").map(Number);
  const [count, stride] = rest.map(numbers);
  if (count === undefined || stride === undefined) return { path, points: first.split(" ").map(numbers) };
  return { path, start: numbers(first), count, stride };
}

/** Every element once in its order: of points the order in which they were selected. */
export function coordinatesOf(region: Region): readonly (readonly number[])[] {
  if ("points" in region) return region.points;
  const { start, count, stride } = region;
  return count.reduce<number[][]>(
    (found, n, d) =>
      found.flatMap((at) =>
        Array.from({ length: n }, (_, k) => [...at, (start[d] as number) + k * (stride[d] as number)]),
      ),
    [[]],
  );
}

export function coordinatesText(coordinates: readonly (readonly number[])[]): string {
  return coordinates.map((at) => at.join(",")).join(" ");
}
