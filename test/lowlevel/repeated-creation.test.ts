/** Datasets made one after the other by lists of their own: what one asks for is never taken for what another does. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { File, h5d, h5p, h5s, h5t } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

/** Mostly what is not given, so that neighbours often differ in one thing alone. */
const asked = fc.record({
  chunks: fc.constantFrom([2], [3], [2, 3], [3, 2], undefined),
  level: fc.constantFrom(undefined, undefined, undefined, 1, 9),
  fill: fc.constantFrom(undefined, undefined, undefined, 0, 5),
  fillTime: fc.constantFrom(h5d.FILL_TIME_ALLOC, h5d.FILL_TIME_NEVER, h5d.FILL_TIME_IFSET),
  trackTimes: fc.boolean(),
});

test("each dataset is as its own list says", () => {
  const property = fc.property(fc.array(asked, { minLength: 2, maxLength: 12 }), (all) => {
    const file = new File(new MemoryTarget(), "w");
    for (const [i, { chunks, level, fill, fillTime, trackTimes }] of all.entries()) {
      const dcpl = h5p.create(h5p.DATASET_CREATE);
      if (chunks !== undefined) dcpl.setChunk(chunks);
      if (chunks !== undefined && level !== undefined) dcpl.setDeflate(level);
      if (fill !== undefined) dcpl.setFillValue(Int32Array.of(fill));
      dcpl.setFillTime(fillTime);
      dcpl.setObjTrackTimes(trackTimes);
      const space = h5s.createSimple((chunks ?? [1]).map(() => 6));
      h5d.create(file.id, `d${i}`, h5t.STD_I32LE, space, dcpl).close();
    }
    for (const [i, { chunks, level, fill, fillTime, trackTimes }] of all.entries()) {
      const dcpl = h5d.open(file.id, `d${i}`).getCreatePlist();
      expect(dcpl.getLayout()).toBe(chunks === undefined ? h5d.CONTIGUOUS : h5d.CHUNKED);
      if (chunks !== undefined) expect(dcpl.getChunk()).toEqual(chunks);
      expect(dcpl.getNfilters()).toBe(chunks === undefined || level === undefined ? 0 : 1);
      if (chunks !== undefined && level !== undefined) expect(dcpl.getFilter(0)[2]).toEqual([level]);
      const value = new Int32Array(1);
      dcpl.getFillValue(value);
      expect(value[0]).toBe(fill ?? 0);
      expect(dcpl.getFillTime()).toBe(fillTime);
      expect(dcpl.getObjTrackTimes()).toBe(trackTimes);
    }
    file.close();
  });
  fc.assert(property, { endOnFailure: true, numRuns: 400 });
});
