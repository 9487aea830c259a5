/** Dimensions of a dataset whose bytes arrive later. */
import { AsyncView, withMembers } from "./async-members.ts";
import { Dimension, DimensionManager } from "./dimensions.ts";

const DIMENSION_MEMBERS = [
  "equals",
  "get",
  "hash",
  "items",
  "keys",
  "label",
  "length",
  "values",
] as const satisfies readonly (keyof Dimension)[];

/** One dimension. */
export class AsyncDimension extends /* @__PURE__ */ withMembers(AsyncView<Dimension>, Dimension, DIMENSION_MEMBERS) {
  /** Names of the scales. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.keys();
  }

  override toString(): string {
    return "<Asynchronous dimension of HDF5 dataset>";
  }
}

/** Labels and scales of the dimensions. */
export class AsyncDimensionManager extends /* @__PURE__ */ withMembers(AsyncView<DimensionManager>, DimensionManager, [
  "get",
  "length",
]) {
  async *[Symbol.asyncIterator](): AsyncGenerator<AsyncDimension> {
    const count = await this.length;
    for (let i = 0; i < count; i++) yield this.get(i);
  }

  override toString(): string {
    return "<Asynchronous dimensions of HDF5 object>";
  }
}
