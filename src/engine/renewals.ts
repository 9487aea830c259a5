/**
 * Objects read anew within operations that start over.
 *
 * An operation over a source that answers late runs from its start again and again until no bytes are missing. If it
 * forgot what it knows of an object each time, it would never end: it does so once.
 */
import type { Address } from "../base/address.ts";
import { currentOperation } from "../io/retry-driver.ts";

export class Renewals {
  private readonly known = new WeakMap<object, Map<Address, "begun" | "over">>();

  /**
   * An object is to be read anew.
   *
   * @returns `"first"` when what is known is to be forgotten, `"again"` when that was done before bytes turned out to be
   *   missing, `"over"` when this operation has read it.
   */
  begin(address: Address): "first" | "again" | "over" {
    const operation = currentOperation();
    if (operation === undefined) return "first";
    const objects = this.known.get(operation) ?? new Map<Address, "begun" | "over">();
    this.known.set(operation, objects);
    const state = objects.get(address);
    if (state === undefined) objects.set(address, "begun");
    return state === undefined ? "first" : state === "begun" ? "again" : "over";
  }

  end(address: Address): void {
    const operation = currentOperation();
    if (operation !== undefined) this.known.get(operation)?.set(address, "over");
  }
}
