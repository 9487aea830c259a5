/** The workers' script: computes tiles, and takes chunks through their filters. */
import { serve } from "h5ts/parallel/worker";
import { computeTile, type Picture, type Tile } from "../mandelbrot/region.ts";

serve({ tile: ({ picture, tile }: { picture: Picture; tile: Tile }) => computeTile(picture, tile) });
