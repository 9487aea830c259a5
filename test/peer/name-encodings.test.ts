/** What links and attributes say of the characters of their names, as property lists ask for it. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { File, h5a, h5g, h5o, h5p, h5s, h5t } from "../../src/index.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

/** The same calls by h5py, and what it finds. @param args - The file that it makes. */
const THEIRS = `
import json
from h5py import h5p, h5t, h5g, h5s, h5d, h5o
utf8 = h5p.create(h5p.LINK_CREATE)
utf8.set_char_encoding(h5t.CSET_UTF8)
ascii = h5p.create(h5p.LINK_CREATE)
ascii.set_create_intermediate_group(True)
f = h5py.File(args[0], 'w', libver=(args[1], 'latest'))
for name in ('g', 'plain', 'copied', 'moved'):
    h5g.create(f.id, name.encode())
g, plain = f['g'].id, f['plain'].id
h5g.create(g, b'utf8', lcpl=utf8)
h5g.create(g, b'ascii', lcpl=ascii)
h5g.create(plain, b'on the way/below', lcpl=ascii)
g.links.create_soft(b'soft', b'/g', lcpl=utf8)
h5o.link(plain, g, b'hard', lcpl=utf8)
g.links.move(b'utf8', f['moved'].id, b'by default')
g.links.move(b'ascii', f['moved'].id, b'utf8', lcpl=utf8)
h5o.copy(f.id, b'g', f['copied'].id, b'g')
f.close()
`;

const FIND = `
import json
with h5py.File(args[0], 'r') as f:
    found = {}
    def look(name, obj):
        if isinstance(obj, h5py.Group):
            for link in obj:
                found[name + '/' + link] = obj.id.links.get_info(link.encode()).cset
    look('', f)
    f.visititems(look)
    print(json.dumps(found))
`;

function ours(path: string, libver: "earliest" | "latest"): void {
  const utf8 = h5p.create(h5p.LINK_CREATE);
  utf8.setCharEncoding(h5t.CSET_UTF8);
  const ascii = h5p.create(h5p.LINK_CREATE);
  ascii.setCreateIntermediateGroup(true);
  const f = new File(path, "w", { libver: [libver, "latest"] });
  for (const name of ["g", "plain", "copied", "moved"]) h5g.create(f.id, name);
  const [g, plain, copied, moved] = ["g", "plain", "copied", "moved"].map((name) => h5g.open(f.id, name)) as [
    h5g.GroupID,
    h5g.GroupID,
    h5g.GroupID,
    h5g.GroupID,
  ];
  h5g.create(g, "utf8", utf8);
  h5g.create(g, "ascii", ascii);
  h5g.create(plain, "on the way/below", ascii);
  g.links.createSoft("soft", "/g", utf8);
  h5o.link(plain, g, "hard", utf8);
  g.links.move("utf8", moved, "by default");
  g.links.move("ascii", moved, "utf8", utf8);
  h5o.copy(f.id, "g", copied, "g");
  f.close();
}

describe.each(["earliest", "latest"] as const)("links of the %s format", (libver) => {
  test("say of their names what h5py's say after the same calls", () => {
    inFolder((folder) => {
      const [path, theirs] = [join(folder, "ours.h5"), join(folder, "theirs.h5")];
      ours(path, libver);
      runPython(THEIRS, theirs, libver);
      const expected = JSON.parse(runPython(FIND, theirs)) as Record<string, number>;
      expect(JSON.parse(runPython(FIND, path))).toEqual(expected);
      expect(Object.values(expected)).toContain(1);
      h5dump(path);
    });
  });
});

test("an attribute says UTF-8 of an ASCII name that is to, and of no other", () => {
  inFolder((folder) => {
    const path = join(folder, "ours.h5");
    const f = new File(path, "w");
    const utf8 = h5p.create(h5p.ATTRIBUTE_CREATE);
    utf8.setCharEncoding(h5t.CSET_UTF8);
    h5a.create(f.id, "utf8", h5t.STD_I32LE, h5s.create(h5s.SCALAR), { acpl: utf8 }).close();
    h5a.create(f.id, "ascii", h5t.STD_I32LE, h5s.create(h5s.SCALAR)).close();
    f.close();
    const found = runPython(
      `
with h5py.File(args[0], 'r') as f:
    print([h5py.h5a.get_info(f.id, name).cset for name in (b'utf8', b'ascii')])`,
      path,
    );
    expect(found.trim()).toBe("[1, 0]");
  });
});
