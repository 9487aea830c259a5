/** A PNG picture of what a file holds. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { PNG } from "pngjs";
import { openPicture, pictureOf } from "./file.ts";

/** Blue, white, gold and back, as often as the logarithm of the iterations goes round; black within the set. */
function paint(pixels: Uint8Array, at: number, count: number, maxIterations: number): void {
  pixels[at + 3] = 255;
  if (count >= maxIterations) return;
  const angle = 2 * Math.PI * (Math.log2(count + 1) / 4);
  for (let channel = 0; channel < 3; channel++) {
    pixels[at + channel] = Math.round(127.5 * (1 - Math.cos(angle + 0.6 * (channel - 2) + 1.2)));
  }
}

export async function writePng(from: string, to: string): Promise<void> {
  const { file, dataset } = openPicture(from);
  const { width, height, maxIterations } = pictureOf(dataset);
  const { data } = dataset.read<{ data: Uint16Array }>();
  file.close();
  const png = new PNG({ width, height });
  for (let i = 0; i < data.length; i++) paint(png.data, 4 * i, data[i] ?? 0, maxIterations);
  await pipeline(png.pack(), createWriteStream(to));
}
