/** Copies keep the versions and the room of the headers that they are copies of, whatever the bounds of the files. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { expectNoDifference, h5dump, inFolder, runPython } from "./peers.ts";

const BOUNDS = ["earliest", "v108", "v110"] as const;

/** One of each kind of object, with what has versions in it, and one of each index of chunks. */
const SOURCE = `
import numpy as np
record = np.dtype([('a', '<i4'), ('b', '<f8', (2,))])
with h5py.File(args[0], 'w', libver=(args[1], 'latest')) as f:
    g = f.create_group('g')
    g['record'] = record
    g.create_group('empty')
    g.create_group('ordered', track_order=True).attrs['x'] = 1
    for i in range(12):
        g.create_group('many/%d' % i)
    for i in range(12):
        g.require_group('attributes').attrs['a%d' % i] = i
    for i in range(5):
        # Those that are left would not have gone dense.
        del g['attributes'].attrs['a%d' % i]
    gcpl = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    gcpl.set_attr_creation_order(h5py.h5p.CRT_ORDER_TRACKED)
    h5py.h5g.create(g.id, b'ordered attributes', gcpl=gcpl)
    g['elsewhere/x'] = h5py.ExternalLink('other.h5', '/x')
    for i in range(20):
        g['elsewhere/%d' % i] = h5py.SoftLink('/g')
    g.create_dataset('fixed', data=np.arange(100.).reshape(10, 10), chunks=(5, 5), compression='gzip')
    g.create_dataset('growing', data=np.arange(100.).reshape(10, 10), chunks=(5, 5), maxshape=(None, 10))
    g.create_dataset('both', data=np.arange(100.).reshape(10, 10), chunks=(5, 5), maxshape=(None, None), fillvalue=7)
    g.create_dataset('one', data=np.arange(9), chunks=(9,))
    g.create_dataset('records', data=np.zeros(3, record))
    g['scalar'] = 5
    g['text'] = 'text'
    g['none'] = h5py.Empty('<f4')
    g.create_dataset('of a committed type', (3,), dtype=g['record'])
    g['scalar'].attrs['x'] = np.zeros(2, record)
`;

type Headers = Record<string, readonly [version: number, messages: number, byteLength: number]>;

const COPY = `
with h5py.File(args[0], 'r') as source, h5py.File(args[1], 'w', libver=(args[2], 'latest')) as f:
    source.copy('g', f, 'g')
`;

/**
 * Of each object its header: the version, which messages are in it, and how much room it takes. Not counted is what the C
 * library puts elsewhere for want of room: null messages and continuations.
 */
const HEADERS = `
import json
found = {}
with h5py.File(args[0], 'r') as f:
    def look(name, thing):
        header = h5py.h5o.get_info(thing.id).hdr
        found[name] = [header.version, header.mesg.present & ~0x10001, header.space.total]
    f.visititems(look)
print(json.dumps(found))
`;

describe("a copy of everything", () => {
  const turns = BOUNDS.flatMap((from) => BOUNDS.map((to) => [from, to] as const));

  // The group with an external link is one of link messages in the earliest format, too.
  test.each(turns)("from %s into a file of %s has headers of the versions of the C library's", (from, to) => {
    inFolder((folder) => {
      const [source, theirs, ours] = ["source.h5", "theirs.h5", "ours.h5"].map((name) => join(folder, name));
      if (source === undefined || theirs === undefined || ours === undefined) throw new Error("three names");
      runPython(SOURCE, source, from);
      runPython(COPY, source, theirs, to);
      using file = new File(source, "r");
      using copy = new File(ours, "w", { libver: [to, "latest"] });
      copy.copy(file.getGroup("g"), "g");
      copy.close();
      const headers = (path: string): Headers => JSON.parse(runPython(HEADERS, path)) as Headers;
      const [found, wanted] = [headers(ours), headers(theirs)];
      const withoutRoom = (all: Headers) =>
        Object.entries(all).map(([name, [version, messages]]) => [name, version, messages]);
      expect(withoutRoom(found)).toEqual(withoutRoom(wanted));
      for (const [name, [, , byteLength]] of Object.entries(found)) {
        expect(byteLength, name).toBeLessThanOrEqual(wanted[name]?.[2] ?? 0);
      }
      h5dump(ours);
      expectNoDifference(source, ours);
    });
  });
});
