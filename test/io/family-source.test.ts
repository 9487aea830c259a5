import { describe, expect, test } from "vitest";
import { FamilyTarget } from "../../src/io/family-source.ts";
import { MemoryTarget } from "../../src/io/index.ts";

const SIZE = 100;

function newFamily(memberByteLength = SIZE) {
  const members = new Map<string, MemoryTarget>();
  const make = (name: string): MemoryTarget => {
    const target = new MemoryTarget(undefined, name);
    members.set(name, target);
    return target;
  };
  const family = new FamilyTarget("f-%d", (name) => members.get(name), make, memberByteLength);
  return { family, lengths: () => [...members.values()].map((member) => member.byteLength()) };
}

describe("a family that is written to", () => {
  test("has members as long as they may be up to its end, also where nothing was written", () => {
    const { family, lengths } = newFamily();
    family.truncate(250);
    expect(lengths()).toEqual([100, 100, 50]);
    expect(family.byteLength()).toBe(250);
    family.truncate(300);
    expect(lengths()).toEqual([100, 100, 100]);
    family.write(395, new Uint8Array(10).fill(7));
    expect(lengths()).toEqual([100, 100, 100, 100, 5]);
    const bytes = new Uint8Array(12);
    family.readInto(393, bytes);
    expect([...bytes]).toEqual([0, 0, ...new Array(10).fill(7)]);
  });

  test("keeps empty members behind its end, which do not count", () => {
    const { family, lengths } = newFamily();
    family.truncate(250);
    family.truncate(130);
    expect(lengths()).toEqual([100, 30, 0]);
    expect(family.byteLength()).toBe(130);
    family.truncate(0);
    expect(lengths()).toEqual([0, 0, 0]);
    expect(family.byteLength()).toBe(0);
  });

  test("does not take over that its members have no bytes, and no other size than was asked for", () => {
    const { family } = newFamily();
    family.adoptMemberByteLength(0);
    expect(family.memberByteLength).toBe(SIZE);
    expect(() => family.adoptMemberByteLength(50)).toThrow("Family member size should be 50");
  });
});
