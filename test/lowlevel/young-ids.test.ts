import fc from "fast-check";
import { expect, test } from "vitest";
import { NOT_YOUNG, YoungIds } from "../../src/lowlevel/young-ids.ts";

const made = () => ({ youngAt: NOT_YOUNG });

test("a list of young identifiers holds those that came and did not go, in their order", () => {
  const times = fc.integer({ min: 1, max: 400 });
  const step = fc.oneof(
    { weight: 30, arbitrary: fc.record({ kind: fc.constant("add" as const), times }) },
    { weight: 30, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat(), times }) },
    { weight: 1, arbitrary: fc.constant({ kind: "take" as const }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      const ids = new YoungIds<ReturnType<typeof made>>();
      const model = new Set<ReturnType<typeof made>>();
      for (const each of steps) {
        if (each.kind === "take") {
          expect(ids.takeAll()).toEqual([...model]);
          model.clear();
        }
        for (let i = 0; each.kind === "add" && i < each.times; i++) {
          const id = made();
          ids.add(id);
          model.add(id);
        }
        if (each.kind === "remove") {
          for (const id of [...model].slice(each.at % (model.size + 1)).slice(0, each.times)) {
            expect([ids.remove(id), ids.remove(id)]).toEqual([true, false]);
            model.delete(id);
          }
        }
        const found: unknown[] = [];
        ids.forEach((id) => {
          found.push(id);
        });
        const expected = [...model];
        expect(found.length).toBe(expected.length);
        expect(found.every((id, i) => id === expected[i])).toBe(true);
        expect(ids.size).toBe(expected.length);
        expect(ids.find(() => true)).toBe(expected[0]);
      }
    }),
  );
});
