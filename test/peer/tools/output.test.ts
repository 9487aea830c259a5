/**
 * What the tools print is what those of the C library print, byte for byte but for what its versions print otherwise: the
 * reference is a later one than the peer, which is 1.10.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { Empty, ExternalLink, File, SoftLink } from "../../../src/index.ts";
import { runDiff } from "../../../src/tools/diff/command.ts";
import { runDump } from "../../../src/tools/dump/command.ts";
import { runList } from "../../../src/tools/ls/command.ts";
import { runStat } from "../../../src/tools/stat/command.ts";
import { fixturePath } from "../../support/fixture-model.ts";
import { runTool } from "../../tools/test-platform.ts";
import { inFolder, runPython } from "../peers.ts";

const TOOLS = { h5dump: runDump, h5ls: runList, h5stat: runStat, h5diff: runDiff } as const;

/** What 1.10 prints otherwise than later versions; both texts go through it. */
function withoutVersions(text: string): string {
  return text
    .replaceAll("HADDR_UNDEF", "18446744073709551615")
    .replaceAll(/(?<=\S) +\}/g, "}")
    .replaceAll(/(shared-\d+:).*/g, "$1")
    .replaceAll("reference information not available", "information not available");
}

/** @returns our exit code and the peer's. */
function expectSameOutput(command: keyof typeof TOOLS, ...words: string[]) {
  // A byte is a character, as in what ours prints.
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const peer = spawnSync(command, words, { encoding: "latin1", env, maxBuffer: 1 << 28 });
  if (peer.error !== undefined) throw new Error(`the peer suite needs ${command}`, { cause: peer.error });
  const { code, output } = runTool(TOOLS[command], ...words);
  const told = `${command} ${words.map((word) => basename(word)).join(" ")}`;
  expect(withoutVersions(output), told).toBe(withoutVersions(peer.stdout));
  return { code, peerCode: peer.status, told };
}

function expectSame(command: keyof typeof TOOLS, ...words: string[]): void {
  const { code, peerCode, told } = expectSameOutput(command, ...words);
  expect(code, told).toBe(peerCode);
}

function fixture(name: string): string {
  return fixturePath(`${name}.h5`);
}

const FIXTURES = [
  "comments-earliest",
  "committed-earliest",
  "creation-order-latest",
  "fill-values-earliest",
  "filters-latest",
  "layouts-earliest",
  "links-latest",
  "many-attributes-latest",
  "strings-earliest",
];

describe("dump", () => {
  const options = [
    [],
    ["-p"],
    ["-H"],
    ["-A"],
    ["-n", "1"],
    ["-p", "-w", "10"],
    ["-w", "0"],
    ["-y", "-w", "40"],
    ["-q", "creation_order", "-z", "descending"],
  ];

  test.each(FIXTURES)("of %s", (name) => {
    for (const words of options) expectSame("h5dump", ...words, fixture(name));
  });

  // Where fill values are shorter than an integer the peer prints what lies behind them.
  test.each(["comments-earliest", "links-latest", "many-attributes-latest", "strings-earliest"])(
    "of %s as XML",
    (name) => {
      for (const words of [["-x"], ["-u", "-H"], ["-x", "-X", ":"]]) expectSame("h5dump", ...words, fixture(name));
    },
  );

  test("of names that are longer than a line, and of what is indented by more than one", () => {
    inFolder((folder) => {
      const path = join(folder, "long.h5");
      const file = new File(path, "w");
      const name = "x".repeat(100);
      file.createDataset(name, { data: Int32Array.of(1, 2, 3) });
      file.createDataset("compound", { data: [{ [name]: 1, b: 2 }] });
      const group = file.createGroup(`${"a/".repeat(40)}deep`);
      group.createDataset("numbers", { data: Int32Array.of(1, 2), chunks: [1], compression: "gzip" });
      group.createDataset("null", { data: new Empty("<f4") });
      group.attrs.set("attribute", "text");
      group.set("soft", new SoftLink("/nowhere"));
      group.set("external", new ExternalLink("nothing.h5", "/nowhere"));
      file.close();
      for (const words of [[], ["-p"], ["-w", "40"], ["-w", "200"], ["-H"]]) expectSame("h5dump", ...words, path);
    });
  });

  test("of enumerations and packed bits in narrow lines", () => {
    inFolder((folder) => {
      const path = join(folder, "enum.h5");
      runPython(
        `f = h5py.File(args[0], "w")
f.create_dataset("enum", data=[0, 1], dtype=h5py.enum_dtype({"A" * 100: 0, "B": 1}, "i1"))
f.create_dataset("numbers", data=np.arange(4, dtype="i4"))`,
        path,
      );
      for (const width of ["10", "80"]) {
        expectSame("h5dump", "-w", width, path);
        expectSame("h5dump", "-w", width, "-d", "/numbers", "-M", "0,2,2,4", path);
      }
    });
  });

  test("of datatypes that are not there", () => {
    expectSame("h5dump", "-t", "/nothing", fixture("committed-earliest"));
    expectSame("h5dump", "-w", "100", "-t", "/nothing", "-t", "nothing", fixture("links-earliest"));
  });

  test("of data in a file that is missing, as text and as XML", () => {
    inFolder((folder) => {
      const path = join(folder, "external.h5");
      runPython(
        `f = h5py.File(args[0], "w")
f.create_dataset("numbers", (4,), "i4", external=[("missing.raw", 0, 16)])
f.create_dataset("strings", (4,), "S4", external=[("missing.raw", 0, 16)])`,
        path,
      );
      writeFileSync(join(folder, "missing.raw"), "");
      // The peer takes this for a success.
      expect(expectSameOutput("h5dump", "-x", path).code).toBe(1);
      expectSame("h5ls", "-d", `${path}/numbers`);
      expectSame("h5ls", "-S", "-d", `${path}/numbers`);
    });
  });
});

describe("ls", () => {
  const options = [[], ["-r"], ["-r", "-v"], ["-r", "-v", "-S"], ["-r", "-d", "-w", "40"], ["-f", "-g"], ["-E", "-r"]];

  test.each(FIXTURES)("of %s", (name) => {
    for (const words of options) expectSame("h5ls", "-w80", ...words, fixture(name));
  });

  test("tells where raw data lies", () => {
    // The peer ends in the middle of a file when it meets an index that was never made.
    const chunked = ["edges", "even", "one chunk", "partly written", "three axes"].map(
      (name) => `chunks-latest.h5/${name}`,
    );
    const files = ["layouts-latest.h5", "layouts-earliest.h5", "many-chunks-earliest.h5", "filters-earliest.h5"];
    for (const name of [...files, ...chunked]) {
      expectSame("h5ls", "-r", "-v", "-a", fixturePath(name));
      expectSame("h5ls", "-r", "-a", fixturePath(name));
    }
  });

  test("of several files counts them, and lists the root of those that are named without a path", () => {
    const [one, two] = [fixture("layouts-earliest"), fixture("links-earliest")];
    for (const words of [
      ["-v", one, two, one],
      ["-r", "-v", `${one}/`],
      ["-r", one, `${two}/a`],
      ["-r", `${two}/a`, one],
      ["-r", `${one}/`, two, `${one}/`],
      ["-v", `${two}/a`, `${one}/`],
    ]) {
      expectSame("h5ls", ...words);
    }
  });
});

test.each(FIXTURES)("stat of %s", (name) => {
  for (const words of [
    [],
    ["-F", "-g"],
    ["-G", "-l", "3"],
    ["-d", "-D", "-m", "3"],
    ["-T"],
    ["-A", "-a", "2"],
    ["-S"],
  ]) {
    expectSame("h5stat", ...words, fixture(name));
  }
});

/** Strings of one file and the other. */
const STRINGS = `
def strings(size, pad):
    t = h5py.h5t.C_S1.copy()
    t.set_size(size)
    t.set_strpad(pad)
    return t
def put(f, name, values, t, scalar):
    space = h5py.h5s.create(h5py.h5s.SCALAR) if scalar else h5py.h5s.create_simple((len(values),))
    data = np.array(values[0] if scalar else values, "S%d" % t.get_size())
    h5py.h5d.create(f.id, name, t, space).write(h5py.h5s.ALL, h5py.h5s.ALL, data, t)
    h5py.h5a.create(f.id, name, t, space).write(data, t)
for path, second in zip(args, (False, True)):
    f = h5py.File(path, "w")
    for pad in (h5py.h5t.STR_NULLTERM, h5py.h5t.STR_NULLPAD, h5py.h5t.STR_SPACEPAD):
        key = b"%d" % pad
        put(f, b"same" + key, [b"abd", b'x\\\\"'] if second else [b"abc", b"x\\n\\xff"], strings(4, pad), False)
        put(f, b"longer" + key, [b"ab", b"xyzzz", b"abc"] if second else [b"abcde", b"xy", b"abc"], strings(6, pad), False)
        put(f, b"scalar" + key, [b"xbd"] if second else [b"abc"], strings(4, pad), True)
        put(f, b"size" + key, [b"char"] if second else [b"double"], strings(5 if second else 7, pad), True)
    f.create_dataset("variable", data=["xbc", "same"] if second else ["abcd", "same"], dtype=h5py.string_dtype())
    f.attrs.create("variable", "xbc" if second else "abcd", dtype=h5py.string_dtype())
    f.create_dataset("gr\\u00f6\\u00dfe", data=1 + second)
    f.close()
`;

describe("diff", () => {
  test("of strings counts what one has more as one difference, and shows the shorter one first", () => {
    inFolder((folder) => {
      const paths = [join(folder, "one.h5"), join(folder, "two.h5")] as const;
      runPython(STRINGS, ...paths);
      const [one, two] = paths;
      for (const words of [[], ["-r"], ["-v"], ["-n", "1", "-r"], ["-c"]]) {
        expectSame("h5diff", ...words, one, two);
        expectSame("h5diff", ...words, two, one);
        expectSame("h5diff", ...words, one, two, "/variable");
      }
    });
  });

  test("of data whose filter is not here fails", () => {
    inFolder((folder) => {
      const path = join(folder, "lzf.h5");
      runPython(
        `f = h5py.File(args[0], "w")
for name in ("one", "two"):
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_chunk((4,))
    dcpl.set_filter(301, h5py.h5z.FLAG_OPTIONAL)
    f.create_dataset(name, data=np.arange(4), dcpl=dcpl)`,
        path,
      );
      expectSame("h5diff", path, path, "/one", "/two");
      expectSame("h5diff", "-v", path, path, "/one", "/two");
    });
  });

  test("of files of other kinds", () => {
    const names = ["layouts-earliest", "links-earliest", "creation-order-latest", "fill-values-latest"];
    for (const one of names) {
      for (const two of names) {
        for (const words of [[], ["-r"], ["-v"], ["-v2"], ["-v", "-v2"], ["-v1", "-v3"], ["-c", "-d", "1"]]) {
          expectSame("h5diff", ...words, fixture(one), fixture(two));
        }
      }
    }
  });
});
