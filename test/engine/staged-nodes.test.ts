import { expect, test } from "vitest";
import { StagedNodes } from "../../src/engine/staged-nodes.ts";

test("of nodes that change together those are stored that stay, in their last form, and the others discarded", () => {
  const staged = new StagedNodes<string>();
  staged.store(1, "a");
  staged.store(2, "b");
  staged.store(3, "c");
  staged.store(1, "d");
  staged.discard(2);
  expect([1, 2, 4].map((address) => staged.get(address))).toEqual(["d", undefined, undefined]);
  const done: string[] = [];
  staged.commit({
    store: (address, node) => void done.push(`${address}: ${node}`),
    discard: (address) => void done.push(`${address} goes`),
  });
  expect(done).toEqual(["1: d", "3: c", "2 goes"]);
});
