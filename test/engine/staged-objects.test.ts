/** Heap objects of values that are on their way into a file. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { COPIED_BYTES } from "../../src/engine/conversion/element-context.ts";
import { StagedObjects } from "../../src/engine/staged-objects.ts";

const anyLength = fc.oneof(fc.nat({ max: 80 }), fc.integer({ min: COPIED_BYTES - 2, max: COPIED_BYTES + 2 }));

function dataOf(staged: StagedObjects, index: number): Uint8Array {
  const place = { bytes: new Uint8Array(0), start: 0, end: 0 };
  staged.locate(index, place);
  return place.bytes.slice(place.start, place.end);
}

test("are copies of what was given, over as many pages as it takes, until all go", () => {
  const staged = new StagedObjects();
  fc.assert(
    fc.property(fc.array(anyLength, { maxLength: 300 }), (lengths) => {
      const shared = new Uint8Array(COPIED_BYTES);
      const indexes = lengths.map((length, i) => {
        if (length > COPIED_BYTES) return staged.add(new Uint8Array(length).fill(i));
        return staged.add(shared.fill(i, 0, length).subarray(0, length));
      });
      indexes.forEach((index, i) => {
        expect(dataOf(staged, index)).toEqual(new Uint8Array(lengths[i] as number).fill(i));
      });
      staged.clear();
      expect(dataOf(staged, 0)).toEqual(new Uint8Array(0));
    }),
  );
});
