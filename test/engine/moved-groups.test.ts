/** Entries of symbol tables repeat where the table of a group is: they follow when a new group moves as the file is closed. */
import { expect, test } from "vitest";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { LivingLocalHeap } from "../../src/engine/local-heap.ts";
import { SymbolTable } from "../../src/engine/symbol-table.ts";
import { File } from "../../src/index.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

function entryOf({ storage, groupRanks }: H5File, group: GroupObject, name: string) {
  const message = group.symbolTableMessage;
  if (message === undefined) throw new Error("no old-style group");
  const { bTreeAddress, localHeapAddress } = message;
  return new SymbolTable(storage, groupRanks, bTreeAddress, LivingLocalHeap.open(storage, localHeapAddress)).find(name);
}

test("the entry of a group that moved repeats what the group's header says", () => {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver: "earliest" });
  file.createDataset("gone", { data: new Uint8Array(40_000) });
  file.flush();
  file.createGroup("last").createGroup("below");
  file.delete("gone");
  file.close();
  const bytes = target.toBytes();
  expect(bytes.length).toBeLessThan(20_000);
  const engine = H5File.open(new MemorySource(bytes));
  for (let [group, names] = [engine.root(), ["last", "below"]]; names.length > 0; names = names.slice(1)) {
    const entry = entryOf(engine, group, names[0] as string);
    if (entry?.cacheType !== 1) throw new Error("nothing is repeated");
    group = engine.object(entry.objectHeaderAddress) as GroupObject;
    expect(group.symbolTableMessage).toEqual({
      bTreeAddress: entry.bTreeAddress,
      localHeapAddress: entry.nameHeapAddress,
    });
  }
});
