/** Metadata is read as it was written last, though blocks of the file are kept in memory. */
import { expect, test } from "vitest";
import { createGroup } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { FaultyTarget } from "../../src/io/faulty-target.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

test("structures that are not kept are read as the last flush left them", () => {
  const target = new FaultyTarget(new MemoryTarget(), {});
  const file = H5File.create(target, { metadataCacheBytes: 0 });
  for (let i = 0; i < 300; i++) {
    const { address } = createGroup(file, {});
    file.root().insertLink(`group ${i}`, { kind: "hard", objectHeaderAddress: address });
    file.object(address).setComment("before");
  }
  file.flush();
  const group = (i: number) => resolveObject(file.root(), `group ${i}`);
  for (let i = 0; i < 300; i++) expect(group(i).comment()).toBe("before");
  for (let i = 0; i < 300; i++) {
    group(i).setComment("behind");
    if (i % 50 === 49) file.flush();
  }
  file.flush();
  for (let i = 0; i < 300; i++) expect(group(i).comment()).toBe("behind");
  file.close();
});
