/** The Mandelbrot set: a region of the complex plane, and how long its points stay near. */

export interface Region {
  /** Middle of the picture. */
  readonly real: number;
  readonly imaginary: number;
  /** Width of the picture in the plane; pixels are squares. */
  readonly extent: number;
}

export interface Picture {
  readonly region: Region;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly maxIterations: number;
}

/** Pixels `x` to `x + width - 1`, `y` to `y + height - 1`. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Iterations of each pixel until its point has left the circle of radius 2, row by row; `maxIterations` for those that stay. */
export function computeTile({ region, width, height, maxIterations }: Picture, tile: Tile): Uint16Array {
  const step = region.extent / width;
  const left = region.real - (step * (width - 1)) / 2;
  const top = region.imaginary + (step * (height - 1)) / 2;
  const counts = new Uint16Array(tile.width * tile.height);
  for (let row = 0, i = 0; row < tile.height; row++) {
    const ci = top - (tile.y + row) * step;
    for (let column = 0; column < tile.width; column++, i++) {
      counts[i] = escapeTime(left + (tile.x + column) * step, ci, maxIterations);
    }
  }
  return counts;
}

function escapeTime(cr: number, ci: number, maxIterations: number): number {
  let r = 0;
  let i = 0;
  let rr = 0;
  let ii = 0;
  let count = 0;
  while (count < maxIterations && rr + ii <= 4) {
    i = 2 * r * i + ci;
    r = rr - ii + cr;
    rr = r * r;
    ii = i * i;
    count++;
  }
  return count;
}

/** Tiles of a picture, as large as the chunks they become. */
export function* tilesOf({ width, height }: Picture, edge: number): Generator<Tile> {
  for (let y = 0; y < height; y += edge) {
    for (let x = 0; x < width; x += edge) {
      yield { x, y, width: Math.min(edge, width - x), height: Math.min(edge, height - y) };
    }
  }
}
