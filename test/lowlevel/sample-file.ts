/** The objects that most tests of the low level work on, in a file in memory. */

import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";

/**
 * `data` int8[100] contiguous; `ch` f4[10,10] in chunks (5,5), maxshape (null,10), one chunk of ones; `g/sub`; `soft` dangling;
 * `ext` to a missing file; `scalar`; `empty` null; `nt` a committed int32.
 */
export function sampleFile(target: string | MemoryTarget = new MemoryTarget()): h5f.FileID {
  const fid = h5f.create(target);
  using data = h5d.create(fid, "data", h5t.STD_I8LE, h5s.createSimple([100]));
  data.write(
    null,
    null,
    Int8Array.from({ length: 100 }, (_, i) => i),
  );
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([5, 5]);
  using chunked = h5d.create(fid, "ch", h5t.IEEE_F32LE, h5s.createSimple([10, 10], [null, 10]), dcpl);
  using corner = chunked.getSpace();
  corner.selectHyperslab([0, 0], [5, 5]);
  chunked.write(h5s.createSimple([25]), corner, new Float32Array(25).fill(1));
  using group = h5g.create(fid, "g");
  h5g.create(group, "sub").close();
  fid.links.createSoft("soft", "/nope");
  fid.links.createExternal("ext", "nofile.h5", "/x");
  using scalar = h5d.create(fid, "scalar", h5t.STD_I64LE, h5s.create(h5s.SCALAR));
  scalar.write(null, null, BigInt64Array.of(5n));
  h5d.create(fid, "empty", h5t.IEEE_F32LE, h5s.create(h5s.NULL)).close();
  using type = h5t.STD_I32LE.copy();
  type.commit(fid, "nt");
  return fid;
}
