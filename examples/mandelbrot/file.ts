/** The file of a picture: one compressed dataset that says what it shows. */
import { type Dataset, File, slice } from "h5ts";
import type { Picture, Region, Tile } from "./region.ts";

/** Edge of a chunk, in pixels. */
export const CHUNK_EDGE = 256;

export function createPicture(file: File, { region, width, height, maxIterations }: Picture): Dataset {
  const dataset = file.createDataset("mandelbrot", {
    shape: [height, width],
    dtype: "<u2",
    chunks: [Math.min(CHUNK_EDGE, height), Math.min(CHUNK_EDGE, width)],
    compression: "gzip",
    shuffle: true,
  });
  dataset.attrs.set("real", region.real);
  dataset.attrs.set("imaginary", region.imaginary);
  dataset.attrs.set("extent", region.extent);
  dataset.attrs.set("max_iterations", maxIterations);
  return dataset;
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
