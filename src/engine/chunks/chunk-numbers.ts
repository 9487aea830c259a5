/**
 * Chunks in one line: the numbers by which arrays of chunks find them.
 *
 * Specification: Appendix C. DIFF: its text on the implicit index counts chunks of the current dimensions; the library
 * counts those of the maximum ones everywhere, so that a number never changes (H5Dchunk.c, `max_down_chunks`).
 */
import { UNLIMITED } from "../../base/address.ts";

export class ChunkNumbering {
  /** Chunks that there can be; infinite with an unlimited dimension. */
  readonly total: number;
  /** Dimensions from the slowest to the fastest. */
  private readonly order: readonly number[];
  /** By dimension: how far apart two neighbours are. */
  private readonly strides: readonly number[];

  /** An unlimited dimension, of which there may be one, becomes the slowest. C: `H5VM_swizzle_coords`. */
  constructor(maxDims: readonly number[], chunkDims: readonly number[]) {
    const unlimited = maxDims.indexOf(UNLIMITED);
    const rest = maxDims.map((_, d) => d).filter((d) => d !== unlimited);
    this.order = unlimited < 0 ? rest : [unlimited, ...rest];
    const strides = maxDims.map(() => 1);
    let stride = 1;
    for (let i = this.order.length - 1; i >= 0; i--) {
      const d = this.order[i] as number;
      strides[d] = stride;
      stride *= Math.ceil((maxDims[d] as number) / (chunkDims[d] as number));
    }
    this.strides = strides;
    this.total = stride;
  }

  numberOf(scaled: readonly number[]): number {
    let number = 0;
    for (let d = 0; d < scaled.length; d++) number += (scaled[d] as number) * (this.strides[d] as number);
    return number;
  }

  scaledOf(number: number): number[] {
    const scaled = this.strides.map(() => 0);
    let rest = number;
    for (const d of this.order) {
      const stride = this.strides[d] as number;
      const coordinate = Math.floor(rest / stride);
      scaled[d] = coordinate;
      rest -= coordinate * stride;
    }
    return scaled;
  }
}
