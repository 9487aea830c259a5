/** The order of creation of links and attributes in copies, and of the attributes of scales: numbers as h5py and the C library give them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { File, type Group, h5a, type Member } from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

/** What h5py does, and prints of every object that was made of it. */
const PROGRAM = `
import json
def orders(thing):
    attributes = [[name, h5py.h5a.get_info(thing.id, name.encode()).corder] for name in thing.attrs]
    links = [[name, thing.id.links.get_info(name.encode()).corder] for name in thing] if isinstance(thing, h5py.Group) else []
    return [links, attributes]
found = []
with h5py.File(args[0], 'w', libver='latest') as f:
    for count in (5, 20):
        group = f.create_group('group%d' % count, track_order=True)
        for i in range(count):
            group.create_group('a%d' % i)
            group.attrs['t%d' % i] = i
        for i in range(0, count, 2):
            del group['a%d' % i], group.attrs['t%d' % i]
        for without in (False, True):
            name = 'copy%d%s' % (count, without)
            f.copy(group, name, without_attrs=without)
            f[name].create_group('new')
            f[name].attrs['new'] = 1
            found.append(orders(f[name]))
    scale = f.create_dataset('scale', data=[1, 2], track_order=True)
    scale.make_scale('x')
    scale.attrs['unit'] = 1
    scale.make_scale('y')
    found.append(orders(scale))
print(json.dumps(found))
`;

function orders(thing: Member): unknown[] {
  const attributes = thing.attrs.keys().map((name) => [name, h5a.getInfo(thing.id, name).corder]);
  const group = "keys" in thing ? (thing as Group) : undefined;
  const links = group?.keys().map((name) => [name, group.id.links.getInfo(name).corder]) ?? [];
  return [links, attributes];
}

function copyAndAdd(f: File, count: number): unknown[] {
  const group = f.createGroup(`group${count}`, { trackOrder: true });
  for (let i = 0; i < count; i++) {
    group.createGroup(`a${i}`);
    group.attrs.set(`t${i}`, i);
  }
  for (let i = 0; i < count; i += 2) {
    group.delete(`a${i}`);
    group.attrs.delete(`t${i}`);
  }
  return [false, true].map((withoutAttrs) => {
    const name = `copy${count}${withoutAttrs}`;
    f.copy(group, name, { withoutAttrs });
    const copy = f.getGroup(name);
    copy.createGroup("new");
    copy.attrs.set("new", 1);
    return orders(copy);
  });
}

test("copies keep the numbers of links and attributes, with their gaps, and go on behind them", () => {
  inFolder((folder) => {
    using f = new File(join(folder, "ours.h5"), "w", { libver: "latest" });
    const found = [...copyAndAdd(f, 5), ...copyAndAdd(f, 20)];
    const scale = f.createDataset("scale", { data: Int32Array.of(1, 2), trackOrder: true });
    scale.makeScale("x");
    scale.attrs.set("unit", 1);
    scale.makeScale("y");
    found.push(orders(scale));
    f.close();
    expect(found).toEqual(JSON.parse(runPython(PROGRAM, join(folder, "theirs.h5"))));
  });
});
