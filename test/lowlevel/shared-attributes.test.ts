/** Attributes that are shared messages, and what they share themselves. */
import { expect, test } from "vitest";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { h5a, h5f, h5g, h5o, h5p, h5s, h5t } from "../../src/lowlevel/index.ts";

function fileOfSharedAttributes(target: MemoryTarget): h5f.FileID {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setSharedMesgNindexes(1);
  fcpl.setSharedMesgIndex(0, h5o.SHMESG_ATTR_FLAG, 1);
  return h5f.create(target, { fcpl });
}

test.each([1, 2])(
  "a committed datatype without a link lives on in a shared attribute that is overwritten (%i of them)",
  (objects) => {
    const target = new MemoryTarget();
    const file = fileOfSharedAttributes(target);
    const type = h5t.STD_I32BE.copy();
    type.commit(file, "type");
    for (let i = 0; i < objects; i++) {
      const attribute = h5a.create(h5g.create(file, `g${i}`), "a", type, h5s.createSimple([2]));
      attribute.write(Int32Array.of(1, 2));
    }
    const first = h5a.open(h5g.open(file, "g0"), "a");
    first.write(Int32Array.of(3, 4));
    expect(h5o.getInfo(file, "type").rc).toBe(objects === 1 ? 2 : 3);
    file.unlink("type");
    first.write(Int32Array.of(5, 6));
    file.close();
    const again = h5f.open(new MemorySource(target.toBytes()), h5f.ACC_RDONLY);
    const values = Array.from({ length: objects }, (_, i) => {
      const read = new Int32Array(2);
      const attribute = h5a.open(h5g.open(again, `g${i}`), "a");
      expect(attribute.getType().committed()).toBe(true);
      attribute.read(read);
      return [...read];
    });
    expect(values).toEqual(
      [
        [5, 6],
        [1, 2],
      ].slice(0, objects),
    );
  },
);
