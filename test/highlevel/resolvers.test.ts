import { describe, expect, it } from "vitest";
import {
  type BlobLike,
  type DirectoryHandleLike,
  directoryResolver,
  ExternalLink,
  File,
  filesResolver,
  openAsync,
  urlResolver,
} from "../../src/index.ts";
import { FileServer, status } from "../io/http-server.ts";

function linkingFile(target: string): Uint8Array {
  const f = new File(new Uint8Array(0), "w");
  f.set("onward", new ExternalLink(target, "/a"));
  return f.toBytes();
}

function plainFile(): Uint8Array<ArrayBuffer> {
  const f = new File(new Uint8Array(0), "w");
  f.set("a", 7);
  return f.toBytes();
}

const blob = (name: string): globalThis.File => new globalThis.File([plainFile()], name);

/** A folder in memory, with the errors of the web's folders. */
class Folder implements DirectoryHandleLike {
  readonly #entries: Readonly<Record<string, Folder | BlobLike>>;

  constructor(entries: Readonly<Record<string, Folder | BlobLike>>) {
    this.#entries = entries;
  }

  async getDirectoryHandle(name: string): Promise<DirectoryHandleLike> {
    const found = this.#find(name);
    if (found instanceof Folder) return found;
    throw new DOMException(name, "TypeMismatchError");
  }

  async getFileHandle(name: string): Promise<{ getFile(): Promise<BlobLike> }> {
    const found = this.#find(name);
    if (found instanceof Folder) throw new DOMException(name, "TypeMismatchError");
    return { getFile: async () => found };
  }

  #find(name: string): Folder | BlobLike {
    const found = this.#entries[name];
    if (found === undefined) throw new DOMException(name, "NotFoundError");
    return found;
  }
}

describe("urlResolver", () => {
  it("finds what is beside a file, and only that", async () => {
    await using server = await FileServer.start({ bytes: plainFile() });
    const f = await openAsync(linkingFile("sub/other file#1.h5"), { resolver: urlResolver(server.url) });
    expect(await (await f.get("onward")).read()).toBe(7);
    await f.close();
    const resolve = urlResolver(server.url);
    for (const name of ["../x.h5", "a/../../x.h5", "http://localhost:1/x.h5", "http://127.0.0.1:1/x.h5"]) {
      expect(await resolve(name)).toBe(undefined);
    }
    expect(await resolve(new URL("x.h5", server.url).href)).toMatchObject({ name: new URL("x.h5", server.url).href });
  });

  it("knows what is not there from what cannot be had", async () => {
    await using server = await FileServer.start({ bytes: plainFile() }, { faults: [status(404), status(403)] });
    expect(await urlResolver(server.url)("x.h5")).toBe(undefined);
    await expect(urlResolver(server.url)("x.h5")).rejects.toThrow(/answered 403/);
  });
});

describe("filesResolver", () => {
  it("finds chosen files by their path or their end", async () => {
    const other = blob("other.h5");
    const f = await openAsync(linkingFile("deep/folder/other.h5"), { resolver: filesResolver([other]) });
    expect(await (await f.get("onward")).read()).toBe(7);
    await f.close();
    const near = { name: "x.h5", webkitRelativePath: "run/x.h5", size: 1, slice: other.slice.bind(other) };
    const resolve = filesResolver([near, other]);
    expect(await resolve("run/x.h5")).toBe(near);
    expect(await resolve("/data/run/./x.h5")).toBe(near);
    expect(await resolve("C:\\data\\x.h5")).toBe(near);
    expect(await resolve("x.h5/")).toBe(near);
    expect(await resolve("y.h5")).toBe(undefined);
    expect(await resolve("..")).toBe(undefined);
    const bytes = plainFile();
    expect(await filesResolver({ "a/b.h5": bytes })("a/b.h5")).toBe(bytes);
  });
});

describe("directoryResolver", () => {
  it("goes down a folder, and not out of it", async () => {
    const inner = blob("in.h5");
    const resolve = directoryResolver(new Folder({ sub: new Folder({ "in.h5": inner }), "top.h5": blob("top.h5") }));
    expect(await resolve("sub/in.h5")).toBe(inner);
    expect(await resolve("./sub/../sub/in.h5")).toBe(inner);
    for (const name of ["../sub/in.h5", "sub", "none.h5", "none/in.h5", "top.h5/in.h5", ""]) {
      expect(await resolve(name)).toBe(undefined);
    }
    const f = await openAsync(linkingFile("sub/in.h5"), { resolver: resolve });
    expect(await (await f.get("onward")).read()).toBe(7);
    await f.close();
  });
});
