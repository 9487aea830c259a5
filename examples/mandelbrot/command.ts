/** Options that the Mandelbrot programs share. */
import { parseArgs } from "node:util";
import type { Picture } from "./region.ts";

export interface Command {
  readonly picture: Picture;
  readonly output: string;
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

const OPTIONS = {
  size: { type: "string", default: "2048" },
  iterations: { type: "string", default: "1000" },
  real: { type: "string", default: "-0.743643887" },
  imaginary: { type: "string", default: "0.131825904" },
  extent: { type: "string", default: "0.003" },
  output: { type: "string", default: "mandelbrot.h5" },
} as const;

/** @param more - Options of one program, all of text. */
export function readCommand(more: readonly string[] = []): Command {
  const own = Object.fromEntries(more.map((name) => [name, { type: "string" } as const]));
  const { values } = parseArgs({ options: { ...OPTIONS, ...own } });
  const { size, iterations, real, imaginary, extent, output } = values as Record<keyof typeof OPTIONS, string>;
  const region = { real: Number(real), imaginary: Number(imaginary), extent: Number(extent) };
  const picture = { region, width: Number(size), height: Number(size), maxIterations: Number(iterations) };
  return { picture, output, values };
}
