import { describe, expect, test } from "vitest";
import { File, type FileOptions } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { h5f, h5fd, h5p } from "../../src/lowlevel/index.ts";

function newFile(options: FileOptions = {}): File {
  return new File(new Uint8Array(0), "w", options);
}

/** A file with some deleted members. */
function withHoles(options: FileOptions): Uint8Array {
  const file = newFile(options);
  for (let i = 0; i < 8; i++) file.createDataset(`d${i}`, { data: new Float64Array(100 + 400 * i) }).id.close();
  file.flush();
  for (const i of [1, 4, 6]) file.delete(`d${i}`);
  const bytes = file.toBytes().slice();
  file.close();
  return bytes;
}

describe("how a file gives out its space", () => {
  test.each([
    ["fsm", h5f.FSPACE_STRATEGY_FSM_AGGR],
    ["page", h5f.FSPACE_STRATEGY_PAGE],
    ["aggregate", h5f.FSPACE_STRATEGY_AGGR],
    ["none", h5f.FSPACE_STRATEGY_NONE],
  ] as const)("strategy %s is told by the file itself", (fsStrategy, number) => {
    const file = newFile({ fsStrategy, fsPersist: true, fsThreshold: 7, fsPageSize: 8192 });
    const bytes = file.toBytes().slice();
    file.close();
    const fcpl = new File(bytes).id.getCreatePlist();
    const keeps = fsStrategy === "fsm" || fsStrategy === "page";
    expect(fcpl.getFileSpaceStrategy()).toEqual([number, keeps, keeps ? 7 : 1]);
    expect(fcpl.getFileSpacePageSize()).toBe(fsStrategy === "page" ? 8192 : 4096);
  });

  test("only settings other than the usual ones need a superblock of version 2", () => {
    const versionOf = (options: FileOptions) => {
      const file = newFile(options);
      const { version } = file.id.openFile.engine.superblock;
      file.close();
      return version;
    };
    expect(versionOf({})).toBe(0);
    expect(versionOf({ fsStrategy: "fsm" })).toBe(0);
    expect(versionOf({ fsStrategy: "fsm", fsPersist: true })).toBe(2);
    expect(versionOf({ fsStrategy: "page", libver: "v110" })).toBe(3);
  });

  test("free sections are listed by the list they are in", () => {
    const file = new File(withHoles({}), "r+");
    const id = file.id;
    file.delete("d2");
    file.flush();
    const all = id.getFreeSections();
    expect(all.reduce((sum, { size }) => sum + size, 0)).toBe(file.freeSpace);
    const raw = id.getFreeSections(h5fd.MEM_DRAW);
    expect(raw).toContainEqual(expect.objectContaining({ size: expect.any(Number) }));
    expect(id.getFreeSections(h5fd.MEM_GHEAP)).toEqual(raw);
    expect(id.getFreeSections(h5fd.MEM_OHDR)).toEqual(id.getFreeSections(h5fd.MEM_BTREE));
    expect([...raw, ...id.getFreeSections(h5fd.MEM_SUPER)]).toHaveLength(all.length);
    expect(() => id.getFreeSections(h5fd.MEM_NTYPES)).toThrow("invalid type");
    file.close();
  });

  test("a user block ends where pages and aligned pieces begin", () => {
    const make = (options: FileOptions) => () => newFile(options).close();
    expect(make({ fsStrategy: "page", userblockSize: 512 })).toThrow("userblock size must be > file object alignment");
    expect(make({ userblockSize: 2048, alignmentInterval: 768 })).toThrow(
      "userblock size must be an integral multiple of file object alignment",
    );
    expect(make({ fsStrategy: "page", userblockSize: 4096 })).not.toThrow();
  });

  test("aligned datasets begin where they should, and small pieces do not care", () => {
    const file = newFile({ alignmentThreshold: 500, alignmentInterval: 4096 });
    for (let i = 0; i < 5; i++) {
      file.createDataset(`small${i}`, { data: new Uint8Array(100) });
      const large = file.createDataset(`large${i}`, { data: new Uint8Array(700) });
      expect((large.id.getOffset() as number) % 4096).toBe(0);
    }
    expect(file.fileSize).toBeLessThan(10 * 4096);
    file.close();
  });

  test("metadata is cut from blocks of the size that was asked for", () => {
    const scattered = (metaBlockSize: number): number => {
      const file = newFile({ metaBlockSize });
      const pages = new Set<number>();
      for (let i = 0; i < 60; i++) {
        const group = file.createGroup(`g${i}`);
        group.createDataset("d", { data: new Uint8Array(3000) });
        pages.add(Math.floor(group.id.location().object.address / 4096));
      }
      file.close();
      return pages.size;
    };
    expect(scattered(1 << 16)).toBeLessThan(0.7 * scattered(2048));
  });

  test("a page buffer is for files that are paged, and holds a page at least", () => {
    const paged = withHoles({ fsStrategy: "page" });
    const words = (bytes: Uint8Array, pageBufSize: number) => () => new File(bytes, "r", { pageBufSize }).close();
    expect(words(withHoles({}), 65536)).toThrow("Enabling Page Buffering requires PAGE file space strategy");
    expect(words(paged, 1024)).toThrow("Page Buffer size must be >= to the page size");
    const file = new File(paged, "r", { pageBufSize: 10_000 });
    expect(file.id.getAccessPlist().getPageBufferSize()).toEqual([8192, 0, 0]);
    file.close();
  });

  test("with a page buffer metadata is read in whole pages", () => {
    const made = newFile({ fsStrategy: "page" });
    for (let i = 0; i < 200; i++) made.createGroup(`g${i}`);
    const source = new MemoryTarget(made.toBytes().slice());
    made.close();
    const reads: number[][] = [];
    const watched = new Proxy(source, {
      get(of, name) {
        if (name === "readInto") {
          return (offset: number, destination: Uint8Array) => {
            reads.push([offset % 4096, destination.length % 4096]);
            of.readInto(offset, destination);
          };
        }
        const value = of[name as keyof MemoryTarget];
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setPageBufferSize(65536);
    const id = h5f.open(watched, h5f.ACC_RDONLY, fapl);
    reads.length = 0;
    expect(new File(id).has("g150")).toBe(true);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.filter(([offset, length]) => offset !== 0 || length !== 0)).toEqual([]);
    id.close();
  });

  test("h5py's words for settings that make no sense", () => {
    expect(() => newFile({ fsStrategy: "other" as never })).toThrow("Invalid file space strategy type");
    expect(() => new File(withHoles({}), "r+", { fsStrategy: "page" })).toThrow(
      "Unable to set file space strategy of an existing file",
    );
  });
});
