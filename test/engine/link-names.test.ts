import { describe, expect, test } from "vitest";
import { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { RecordingSource } from "../../src/io/recording-source.ts";
import { fixtureBytes, fixtures } from "../support/fixture-model.ts";

/** Every group that hard links lead to. */
function groupsOf(file: H5File): GroupObject[] {
  const groups = new Map<number, GroupObject>();
  const pending: GroupObject[] = [file.root()];
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    if (groups.has(group.address)) continue;
    groups.set(group.address, group);
    for (const { target } of group.links()) {
      if (target.kind !== "hard") continue;
      const object = file.object(target.objectHeaderAddress);
      if (object instanceof GroupObject) pending.push(object);
    }
  }
  return [...groups.values()];
}

describe("names of links", () => {
  const names = fixtures().flatMap(({ name }) => (/link|creation-order|group|name/.test(name) ? [name] : []));

  test.each(names)("of %s are those of its links, in the same order", (name) => {
    const file = H5File.open(new MemorySource(fixtureBytes(name)));
    for (const group of groupsOf(file)) {
      const links = group.links();
      expect(group.linkNames("name")).toEqual(links.map((link) => link.name));
      if (!group.tracksCreationOrder) {
        expect(() => group.linkNames("creation")).toThrow("creation order not tracked");
        continue;
      }
      const byCreation = [...links].sort((a, b) => (a.creationOrder as number) - (b.creationOrder as number));
      expect(group.linkNames("creation")).toEqual(byCreation.map((link) => link.name));
    }
  });

  test.each(["many-links-earliest", "many-links-latest"])("of %s take few reads", (name) => {
    // Not a MemorySource: that hands out views in place of reads.
    const source = new RecordingSource(new MemoryTarget(fixtureBytes(name)));
    const file = H5File.open(source);
    const largest = groupsOf(file).reduce((a, b) => (a.linkTotal > b.linkTotal ? a : b));
    file.storage.dropClean();
    source.calls.length = 0;
    expect(largest.linkNames("name").length).toBe(largest.linkTotal);
    expect(source.count("read")).toBeLessThan(largest.linkTotal / 10);
  });
});
