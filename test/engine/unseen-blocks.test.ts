import fc from "fast-check";
import { expect, test } from "vitest";
import { UnseenBlocks } from "../../src/engine/unseen-blocks.ts";

test("what was put somewhere since the last look is unseen, and what is behind all that was looked at", () => {
  const addresses = fc.array(fc.nat(100), { maxLength: 10 });
  fc.assert(
    fc.property(fc.nat(100), addresses, fc.nat(100), addresses, fc.nat(120), (end, before, seenEnd, after, address) => {
      const blocks = new UnseenBlocks(end);
      for (const each of before) blocks.allocated(each);
      expect(blocks.has(address)).toBe(address >= end || before.includes(address));
      blocks.seen(seenEnd);
      for (const each of after) blocks.allocated(each);
      expect(blocks.has(address)).toBe(address >= seenEnd || after.includes(address));
    }),
    { endOnFailure: true },
  );
});
