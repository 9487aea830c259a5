/** The file of a picture: one compressed dataset that says what it shows. */
import { type Dataset, type DatasetOptions, File, slice } from "h5ts";
import type { Picture, Region, Tile } from "./region.ts";

/** Edge of a chunk, in pixels. */
export const CHUNK_EDGE = 256;

/** Chunks of that edge, smaller for small pictures, compressed. */
export function compressed(height: number, width: number): DatasetOptions {
  const chunks = [Math.min(CHUNK_EDGE, height), Math.min(CHUNK_EDGE, width)];
  return { chunks, compression: "gzip", shuffle: true };
}

export function createPicture(file: File, picture: Picture, storage?: DatasetOptions): Dataset {
  const { width, height } = picture;
  const layout = storage ?? compressed(height, width);
  const dataset = file.createDataset("mandelbrot", { shape: [height, width], dtype: "<u2", ...layout });
  describePicture(dataset, picture);
  return dataset;
}

export function describePicture({ attrs }: Dataset, { region, maxIterations }: Picture): void {
  attrs.set("real", region.real);
  attrs.set("imaginary", region.imaginary);
  attrs.set("extent", region.extent);
  attrs.set("max_iterations", maxIterations);
}

export const selectionOf = ({ x, y, width, height }: Tile) => [slice(y, y + height), slice(x, x + width)] as const;

/** What a file says that it shows. */
export function pictureOf(dataset: Dataset): Picture {
  const { attrs } = dataset;
  const [height = 0, width = 0] = dataset.shape ?? [];
  const region: Region = {
    real: attrs.get<number>("real"),
    imaginary: attrs.get<number>("imaginary"),
    extent: attrs.get<number>("extent"),
  };
  return { region, width, height, maxIterations: Number(attrs.get<number | bigint>("max_iterations")) };
}

export function openPicture(path: string): { readonly file: File; readonly dataset: Dataset } {
  const file = new File(path);
  return { file, dataset: file.getDataset("mandelbrot") };
}
