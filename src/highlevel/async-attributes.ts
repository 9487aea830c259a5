/** Attributes of an object whose bytes arrive later. */
import { AsyncView, withMembers } from "./async-members.ts";
import { AttributeManager, type AttributeReadOptions } from "./attribute-manager.ts";

const ATTRIBUTE_MEMBERS = [
  "has",
  "items",
  "keys",
  "length",
  "values",
] as const satisfies readonly (keyof AttributeManager)[];

/**
 * Attributes of an object whose bytes arrive later: members of {@link AttributeManager} that read, each giving a
 * promise.
 */
export class AsyncAttributes extends /* @__PURE__ */ withMembers(
  AsyncView<AttributeManager>,
  AttributeManager,
  ATTRIBUTE_MEMBERS,
) {
  /** As `AttributeManager.get`. */
  get<T = unknown, D = never>(name: string, options?: AttributeReadOptions<D>): Promise<T | D> {
    return this.perform((attributes) => attributes.get<T, D>(name, options));
  }

  /** Names. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* await this.perform((attributes) => attributes.keys());
  }

  override toString(): string {
    return this.target.toString().replace("<A", "<Asynchronous a");
  }
}
