/** Files of ours are no larger than those that the C library makes by the same calls. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Empty, File, SoftLink } from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

interface Scenario {
  /** Python that is given the open file as `f`; each string is a session of its own. */
  readonly python: readonly string[];
  readonly ours: readonly ((f: File) => void)[];
}

const doubles = (count: number, factor = 1) => Float64Array.from({ length: count }, (_, i) => Math.sin(factor * i));

function times(count: number, action: (i: number) => void): void {
  for (let i = 0; i < count; i++) action(i);
}

function dataset(f: File, name: string, options: object): void {
  f.createDataset(name, options as never).id.close();
}

function rewrite(f: File, name: string, data: Float64Array): void {
  const own = f.get(name) as unknown as { write(selection: null, data: Float64Array): void; id: { close(): void } };
  own.write(null, data);
  own.id.close();
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "one number": {
    python: ["f['d'] = 5"],
    ours: [(f) => dataset(f, "d", { data: 5 })],
  },
  "a copy with texts": {
    python: ["f['d'] = h5py.Empty('f2')\nf.copy('/', '/copy')\nf['copy'].attrs['a'] = ['x', 'a longer text']"],
    ours: [
      (f) => {
        dataset(f, "d", { data: new Empty("<f2") });
        f.copy("/", "/copy");
        f.get("copy").attrs.set("a", ["x", "a longer text"]);
      },
    ],
  },
  "external data": {
    python: ["f.create_dataset('d', shape=(4,), dtype='f4', external=[('x.raw', 0, 16)])"],
    ours: [(f) => dataset(f, "d", { shape: [4], dtype: "<f4", external: [["x.raw", 0, 16]] })],
  },
  "many small datasets": {
    python: ["for i in range(400): f.create_dataset('d%d' % i, data=np.arange(i % 20, dtype='f8'))"],
    ours: [(f) => times(400, (i) => dataset(f, `d${i}`, { data: doubles(i % 20) }))],
  },
  "groups in groups": {
    python: ["for i in range(20):\n  for j in range(10): f.create_group('g%d/h%d' % (i, j))"],
    ours: [(f) => times(200, (i) => f.createGroup(`g${Math.floor(i / 10)}/h${i % 10}`).id.close())],
  },
  "plain chunks": {
    python: ["for i in range(20): f.create_dataset('d%d' % i, data=np.sin(np.arange(3000.)), chunks=(100 + i,))"],
    ours: [(f) => times(20, (i) => dataset(f, `d${i}`, { data: doubles(3000), chunks: [100 + i] }))],
  },
  "compressed chunks": {
    python: [
      "for i in range(20): f.create_dataset('d%d' % i, data=np.sin(i * np.arange(3000.)), chunks=(100,), compression='gzip', shuffle=True)",
    ],
    ours: [
      (f) =>
        times(20, (i) =>
          dataset(f, `d${i}`, { data: doubles(3000, i), chunks: [100], compression: "gzip", shuffle: true }),
        ),
    ],
  },
  attributes: {
    python: [
      "for i in range(40):\n  g = f.create_group('g%d' % i)\n  for k in range(7): g.attrs['a%d' % k] = np.arange(4. * k)",
    ],
    ours: [
      (f) =>
        times(40, (i) => {
          const group = f.createGroup(`g${i}`);
          for (let k = 0; k < 7; k++) group.attrs.set(`a${k}`, doubles(4 * k));
          group.id.close();
        }),
    ],
  },
  "links deleted, the last ones first": {
    python: [
      "for i in range(1000): f['name %06d' % i] = h5py.SoftLink('x')\nfor i in range(999, 3, -1): del f['name %06d' % i]",
    ],
    ours: [
      (f) => {
        const name = (i: number) => `name ${String(i).padStart(6, "0")}`;
        times(1000, (i) => f.set(name(i), new SoftLink("x")));
        times(996, (i) => f.delete(name(999 - i)));
      },
    ],
  },
  "deleted and made again in one session": {
    python: [
      "for i in range(60): f.create_dataset('d%d' % i, data=np.arange(200. + i))",
      "for i in range(60):\n  del f['d%d' % i]\n  f.create_dataset('d%d' % i, data=np.arange(200. + i))",
    ],
    ours: [
      (f) => times(60, (i) => dataset(f, `d${i}`, { data: doubles(200 + i) })),
      (f) =>
        times(60, (i) => {
          f.delete(`d${i}`);
          dataset(f, `d${i}`, { data: doubles(200 + i) });
        }),
    ],
  },
  "compressed data written over": {
    python: [
      "for i in range(12): f.create_dataset('d%d' % i, data=np.sin(np.arange(4000.)), chunks=(200,), compression='gzip')",
      "for r in range(3):\n  for i in range(12): f['d%d' % i][...] = np.sin((r + 2) * np.arange(4000.))",
    ],
    ours: [
      (f) => times(12, (i) => dataset(f, `d${i}`, { data: doubles(4000), chunks: [200], compression: "gzip" })),
      (f) => {
        for (let r = 0; r < 3; r++) for (let i = 0; i < 12; i++) rewrite(f, `d${i}`, doubles(4000, r + 2));
      },
    ],
  },
};

const FORMATS = ["earliest", "latest"] as const;

function theirs(folder: string): void {
  const sessions = Object.entries(SCENARIOS).flatMap(([name, { python }]) =>
    python.map((code, i) => ({ name, code, i })),
  );
  const code = `
import json, os
for libver in ("earliest", "latest"):
    for s in json.loads(args[1]):
        path = os.path.join(args[0], s["name"] + " " + libver + " theirs.h5")
        f = h5py.File(path, "r+" if s["i"] else "w", libver=libver)
        exec(s["code"], {"f": f, "np": np, "h5py": h5py})
        f.close()`;
  runPython(code, folder, JSON.stringify(sessions));
}

describe("the size of a file", () => {
  test("is at most 1.1 times that of the C library's", () => {
    inFolder((folder) => {
      theirs(folder);
      const ratios: Record<string, number> = {};
      for (const libver of FORMATS) {
        for (const [name, { ours }] of Object.entries(SCENARIOS)) {
          const path = join(folder, `${name} ${libver} ours.h5`);
          ours.forEach((session, i) => {
            const file = new File(path, i === 0 ? "w" : "r+", { libver: libver === "latest" ? "v110" : libver });
            session(file);
            file.close();
          });
          const size = (whose: string) => statSync(join(folder, `${name} ${libver} ${whose}.h5`)).size;
          ratios[`${name}, ${libver}`] = size("ours") / size("theirs");
        }
      }
      const tooLarge = Object.entries(ratios).filter(([, ratio]) => ratio > 1.1);
      expect(tooLarge).toEqual([]);
    });
  });
});

describe("a file of more than 4 GiB", () => {
  test("has datasets on both sides of 2^32, and takes no room for what was never written", () => {
    inFolder((folder) => {
      const path = join(folder, "large.h5");
      const count = 600_000_000;
      const file = new File(path, "w");
      dataset(file, "large", { shape: [count], dtype: "<f8" });
      const large = file.get("large") as unknown as { write(at: number[], value: number): void };
      large.write([count - 2], 7.5);
      // Too large for what is free before the other one.
      dataset(file, "after", { data: Float64Array.from({ length: 1000 }, (_, i) => i + 1) });
      expect(file.fileSize).toBeGreaterThan(2 ** 32);
      file.close();
      expect(statSync(path).blocks * 512).toBeLessThan(1 << 20);
      const code = `
f = h5py.File(args[0], "r+")
print(f["large"][-2], f["large"][-1], f["after"][:3].tolist(), f["after"].id.get_offset() > 2**32)
f["after"][1] = 9
f.create_group("theirs")`;
      expect(runPython(code, path).trim()).toBe("7.5 0.0 [1.0, 2.0, 3.0] True");
      const again = new File(path, "r+");
      expect(again.keys()).toEqual(["after", "large", "theirs"]);
      again.delete("after");
      again.close();
      expect(runPython(`print(list(h5py.File(args[0])))`, path).trim()).toBe("['large', 'theirs']");
    });
  });
});
