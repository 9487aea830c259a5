/** Dense storage of more than 512 KiB, whose heaps have indirect blocks below their root, flushed again and again as it grows. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { File, type Group, SoftLink } from "../../src/index.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const ATTRIBUTE_BYTES = 3500;
const TEXT = "x".repeat(900);

interface Kind {
  readonly add: (group: Group, i: number) => void;
  readonly remove: (group: Group, i: number) => void;
  readonly read: (group: Group, i: number) => unknown;
  readonly value: (i: number) => unknown;
  /** Makes number `i` in Python. */
  readonly python: string;
  /** The numbers that there are, checked. */
  readonly check: string;
}

const KINDS: Record<string, Kind> = {
  links: {
    add: (group, i) => group.set(`link ${i}`, new SoftLink(`/${i} ${TEXT}`)),
    remove: (group, i) => group.delete(`link ${i}`),
    read: (group, i) => (group.get(`link ${i}`, { getlink: true }) as SoftLink).path,
    value: (i) => `/${i} ${TEXT}`,
    python: `g[f'link {i}'] = h5py.SoftLink(f'/{i} ${TEXT}')`,
    check: `
    found = {int(name[5:]) for name in g}
    for i in found: assert g.get(f'link {i}', getlink=True).path == f'/{i} ${TEXT}', i`,
  },
  attributes: {
    add: ({ attrs }, i) => attrs.set(`attribute ${i}`, new Uint8Array(ATTRIBUTE_BYTES).fill(i)),
    remove: ({ attrs }, i) => attrs.delete(`attribute ${i}`),
    read: ({ attrs }, i) => [...(attrs.get(`attribute ${i}`) as { data: Uint8Array }).data],
    value: (i) => new Array(ATTRIBUTE_BYTES).fill(i & 255),
    python: `g.attrs[f'attribute {i}'] = np.full(${ATTRIBUTE_BYTES}, i & 255, 'u1')`,
    check: `
    found = {int(name[10:]) for name in g.attrs}
    for i in found: assert (g.attrs[f'attribute {i}'] == i & 255).all(), i`,
  },
};

test.each(Object.entries(KINDS))("%s that are flushed as they come, and changed by h5py in between", (_, kind) => {
  inFolder((folder) => {
    const path = join(folder, "large.h5");
    const there = new Set<number>();
    let next = 0;
    const addSome = (group: Group, count: number): void => {
      for (const end = next + count; next < end; next++) {
        kind.add(group, next);
        there.add(next);
      }
    };
    const removeSome = (group: Group): void => {
      for (const i of [...there].filter((each) => each % 7 === 3)) {
        kind.remove(group, i);
        there.delete(i);
      }
    };
    const file = new File(path, "w", { libver: "latest" });
    const group = file.createGroup("group");
    for (let round = 0; round < 60; round++) {
      addSome(group, 17);
      file.flush();
    }
    file.close();
    const judge = (): void => {
      runPython(
        `
import numpy as np
with h5py.File(args[0], 'r') as f:
    g = f['group']${kind.check}
    assert found == set(eval(args[1])), sorted(found ^ set(eval(args[1])))[:9]`,
        path,
        JSON.stringify([...there]),
      );
      h5dump(path, "-H");
    };
    judge();
    runPython(
      `
import numpy as np
with h5py.File(args[0], 'a', libver='latest') as f:
    g = f['group']
    for i in range(${next}, ${next + 40}): ${kind.python}`,
      path,
    );
    for (let i = 0; i < 40; i++) there.add(next++);
    const again = new File(path, "r+");
    const same = again.get("group") as Group;
    for (let round = 0; round < 20; round++) {
      if (round % 5 === 2) removeSome(same);
      addSome(same, 17);
      again.flush();
    }
    for (const i of there) expect(kind.read(same, i)).toEqual(kind.value(i));
    again.close();
    judge();
  });
});
