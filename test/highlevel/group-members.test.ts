import { describe, expect, test } from "vitest";
import {
  type Dataset,
  ExternalLink,
  File,
  filters,
  type Group,
  HardLink,
  h5,
  h5f,
  type Link,
  registerDriver,
  registeredDrivers,
  SoftLink,
  unregisterDriver,
} from "../../src/index.ts";
import { expectFailure, inFolder, newFile } from "./helpers.ts";

describe("groups as mappings", () => {
  test("give up members, one or all", () => {
    const f = newFile();
    f.update({ a: 1, b: [2, 3] });
    f.update(new Map<string, unknown>([["c", "text"]]));
    expect(f.keys()).toEqual(["a", "b", "c"]);
    expect(f.reversed()).toEqual(["c", "b", "a"]);
    const b = f.pop("b") as Dataset;
    expect([b.read().data, b.name, f.has("b")]).toEqual([Float64Array.of(2, 3), null, false]);
    expect(f.pop("nope", 5)).toBe(5);
    expectFailure(() => f.pop("nope"), "KeyError", "Unable to open object (object 'nope' doesn't exist)");
    const [name, member] = f.popItem();
    expect([name, (member as Dataset).read<number>()]).toEqual(["a", 1]);
    f.clear();
    expect(f.length).toBe(0);
    expectFailure(() => f.popItem(), "KeyError", "the group is empty");
    expectFailure(
      () =>
        f.update([
          ["x", 1],
          ["x", 2],
        ]),
      "OSError",
      "Unable to create link (name already exists)",
    );
  });

  test("give what is asked for in place of a link that leads nowhere, and keep that link", () => {
    const f = newFile();
    f.set("soft", new SoftLink("/nope"));
    expect(f.pop("soft", 5)).toBe(5);
    expect(f.keys()).toEqual(["soft"]);
    expectFailure(() => f.pop("soft"), "KeyError", "Unable to open object (component not found)");
    const noName = "Name parameter cannot be an empty string (name parameter cannot be an empty string)";
    expectFailure(() => f.pop("", 5), "ValueError", noName);
  });

  test("set what is missing", () => {
    const f = newFile();
    expect((f.setDefault("a", 1) as Dataset).read<number>()).toBe(1);
    expect((f.setDefault("a", 2) as Dataset).read<number>()).toBe(1);
    f.set("soft", new SoftLink("/nope"));
    expectFailure(() => f.setDefault("soft", 1), "OSError", "Unable to create link (name already exists)");
  });

  test("visit links, with what they are", () => {
    const f = newFile();
    f.set("g/d", [1]);
    f.set("g/again", f.get("g/d"));
    f.set("soft", new SoftLink("/g/d"));
    f.set("ext", new ExternalLink("other.h5", "/x"));
    const names: string[] = [];
    expect(f.visitLinks((name) => void names.push(name))).toBe(null);
    expect(names).toEqual(["ext", "g", "g/again", "g/d", "soft"]);
    const links: Record<string, Link> = {};
    f.visitItemsLinks((name, link) => {
      links[name] = link;
      return undefined;
    });
    expect(links["g/d"]).toBeInstanceOf(HardLink);
    expect(links).toMatchObject({ soft: new SoftLink("/g/d"), ext: new ExternalLink("other.h5", "/x") });
    expect(f.visitItemsLinks((name, link) => (link instanceof SoftLink ? name : undefined))).toBe("soft");
  });

  test("keep times and order when told to", () => {
    const f = newFile();
    const g = f.createGroup("g", { trackOrder: true, trackTimes: true });
    g.update([
      ["b", 1],
      ["a", 2],
    ]);
    expect(g.keys()).toEqual(["b", "a"]);
    expect(g.id.getCreatePlist().getObjTrackTimes()).toBe(true);
    expect(f.createGroup("plain").id.getCreatePlist().getObjTrackTimes()).toBe(false);
    expect(newFile({ trackTimes: true, libver: "latest" }).id.getCreatePlist().getObjTrackTimes()).toBe(true);
  });
});

test("order is kept everywhere when the library is told so", () => {
  const config = h5.getConfig();
  config.trackOrder = true;
  try {
    const f = newFile();
    const g = f.createGroup("g");
    const d = f.createDataset("d", { shape: [1] });
    const plain = f.createGroup("plain", { trackOrder: false });
    for (const object of [f, g, plain]) object.update({ z: 1, y: 2 });
    for (const { attrs } of [f, g, d, plain]) attrs.update({ b: 1, a: 2 });
    expect(f.keys()).toEqual(["g", "d", "plain", "z", "y"]);
    expect([g.keys(), plain.keys()]).toEqual([
      ["z", "y"],
      ["y", "z"],
    ]);
    expect([f, g, d, plain].map(({ attrs }) => attrs.keys().join(""))).toEqual(["ba", "ba", "ba", "ab"]);
  } finally {
    config.trackOrder = false;
  }
});

describe("files", () => {
  test("live in memory", () => {
    const f = File.inMemory();
    f.set("x", 1);
    expect([f.mode, f.driver, f.filename]).toEqual(["r+", "core", ""]);
    const bytes = f.toBytes();
    f.close();
    const copy = File.inMemory(bytes);
    copy.set("y", 2);
    expect(copy.keys()).toEqual(["x", "y"]);
    expect(new File(bytes).keys()).toEqual(["x"]);
  });

  test("take all options of h5py", () => {
    inFolder((path) => {
      using f = new File(path("a.h5"), "w", {
        libver: "v110",
        fsStrategy: "page",
        fsPersist: true,
        fsThreshold: 10,
        fsPageSize: 1024,
        pageBufSize: 8192,
        minMetaKeep: 20,
        minRawKeep: 30,
        locking: "best-effort",
        metaBlockSize: 4096,
        alignmentThreshold: 100,
        alignmentInterval: 8,
        rdccNbytes: 2048,
      });
      const fapl = f.id.getAccessPlist();
      expect([f.metaBlockSize, fapl.getPageBufferSize(), fapl.getFileLocking(), fapl.getAlignment()]).toEqual([
        4096,
        [8192, 20, 30],
        [true, true],
        [100, 8],
      ]);
    });
    expect(newFile({ locking: false }).id.getAccessPlist().getFileLocking()).toEqual([false, false]);
    expectFailure(() => newFile({ locking: "x" as "best-effort" }), "ValueError", "Unsupported locking value: x");
  });

  test("refuse options of drivers that are not theirs", () => {
    const message = "'backingStore' is an invalid keyword argument for this function";
    expectFailure(() => newFile({ backingStore: false }), "TypeError", message);
    expectFailure(() => newFile({ driver: "bogus" }), "ValueError", 'Unknown driver type "bogus"');
  });

  test("use drivers of the caller's", () => {
    registerDriver("small-core", (fapl, { blockSize }) => fapl.setFaplCore(blockSize ?? 512, false));
    expect(registeredDrivers().has("small-core")).toBe(true);
    inFolder((path) => {
      using f = new File(path("a.h5"), "w", { driver: "small-core" });
      expect(f.id.getAccessPlist().getFaplCore()).toEqual([512, false]);
      expect(f.driver).toBe("core");
    });
    unregisterDriver("small-core");
    expect(registeredDrivers().has("small-core")).toBe(false);
    expectFailure(() => unregisterDriver("small-core"), "KeyError", "small-core");
  });

  test("are opened while somebody may write to them, and say so", () => {
    const bytes = (() => {
      const f = newFile({ libver: "latest" });
      f.set("x", 1);
      return f.toBytes();
    })();
    const reader = new File(bytes, "r", { swmr: true });
    expect(reader.swmrMode).toBe(true);
    expect(reader.id.getIntent()).toBe(h5f.ACC_SWMR_READ);
    expect(new File(bytes).swmrMode).toBe(false);
    const start = (f: File) => () => {
      f.swmrMode = true;
    };
    const refused = (reason: string) => `Unable to start swmr writing (${reason})`;
    expectFailure(start(new File(bytes)), "RuntimeError", refused("no write intent on file"));
    expectFailure(start(newFile()), "RuntimeError", refused("file superblock version - should be at least 3"));
    const off = () => {
      reader.swmrMode = false;
    };
    expectFailure(off, "ValueError", "It is not possible to forcibly switch SWMR mode off.");
  });

  test("are told from others, and closed by the end of a block", () => {
    const outside = newFile();
    {
      using f = outside;
      f.set("x", filters.guessChunk([10], 8));
      expect(f.equals(f.get<Group>("/"))).toBe(true);
    }
    expect(outside.isOpen).toBe(false);
  });
});
