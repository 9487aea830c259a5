import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpSource } from "../../src/io/http-source.ts";
import { breakOff, FileServer, noAnswer, status } from "./http-server.ts";

const numbers = (byteLength: number): Uint8Array => Uint8Array.from({ length: byteLength }, (_, i) => (i * 31) & 0xff);
const quick = { retryDelay: 1, headSize: 100 };

describe("HttpSource", () => {
  it("reads the ranges of a file, whatever is in the head", async () => {
    const bytes = numbers(1000);
    await using server = await FileServer.start({ bytes });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1200 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1000 })), { maxLength: 5 }),
        async (headSize, ranges) => {
          const source = new HttpSource(server.url, { headSize });
          expect(await source.byteLength()).toBe(1000);
          for (const [a, b] of ranges) {
            const [start, end] = a < b ? [a, b] : [b, a];
            expect(await source.read(start, end - start)).toEqual(bytes.slice(start, end));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("needs one request for the size and the start of the file", async () => {
    await using server = await FileServer.start({ bytes: numbers(1000) });
    const source = new HttpSource(server.url, { headSize: 400 });
    await source.byteLength();
    expect((await source.read(0, 300)).length).toBe(300);
    expect(server.requests.map(({ range }) => range)).toEqual(["bytes=0-399"]);
    expect(source.traffic()).toEqual({ requests: 1, retries: 0, byteLength: 400 });
  });

  it("knows an empty file", async () => {
    await using server = await FileServer.start({ bytes: new Uint8Array(0) });
    expect(await new HttpSource(server.url).byteLength()).toBe(0);
  });

  it("asks for the size where Content-Range is hidden", async () => {
    const bytes = numbers(1000);
    await using server = await FileServer.start({ bytes });
    const source = new HttpSource(server.url, {
      ...quick,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        const headers = new Headers(response.headers);
        headers.delete("content-range");
        return new Response(init.method === "HEAD" ? null : await response.arrayBuffer(), {
          status: response.status,
          headers,
        });
      },
    });
    expect(await source.byteLength()).toBe(1000);
    expect(await source.read(500, 20)).toEqual(bytes.slice(500, 520));
    expect(server.requests.map(({ method }) => method)).toEqual(["GET", "HEAD", "GET"]);
  });

  it("refuses a server without ranges, or reads the whole file when told so", async () => {
    const bytes = numbers(1000);
    await using server = await FileServer.start({ bytes }, { ranges: false });
    await expect(new HttpSource(server.url, quick).byteLength()).rejects.toThrow(/does not answer requests for ranges/);
    const source = new HttpSource(server.url, { ...quick, wholeFile: true });
    expect(await source.byteLength()).toBe(1000);
    expect(await source.read(900, 100)).toEqual(bytes.slice(900));
    expect(await source.read(0, 10)).toEqual(bytes.slice(0, 10));
    expect(source.traffic().requests).toBe(1);
  });

  it.each([
    ["another ETag", { etag: '"b"', length: 1000 }],
    ["another size", { etag: '"a"', length: 999 }],
  ])("notices %s in the middle of reading", async (_what, { etag, length }) => {
    await using server = await FileServer.start({ bytes: numbers(1000), etag: '"a"' });
    const source = new HttpSource(server.url, quick);
    await source.byteLength();
    server.served.bytes = numbers(length);
    server.served.etag = etag;
    await expect(source.read(500, 10)).rejects.toThrow(/the file has changed since it was opened/);
  });

  it("tries again after failures that pass, and counts that", async () => {
    const bytes = numbers(1000);
    const faults = [status(503, { "Retry-After": "0" }), status(429), undefined, breakOff, status(500)];
    await using server = await FileServer.start({ bytes }, { faults });
    const source = new HttpSource(server.url, quick);
    expect(await source.byteLength()).toBe(1000);
    expect(await source.read(200, 100)).toEqual(bytes.slice(200, 300));
    expect(source.traffic()).toMatchObject({ requests: 6, retries: 4 });
  });

  it("gives up in the end, and at once for what will not pass", async () => {
    await using failing = await FileServer.start({ bytes: numbers(9) }, { faults: Array(9).fill(status(503)) });
    await expect(new HttpSource(failing.url, { ...quick, retries: 2 }).byteLength()).rejects.toThrow(/answered 503/);
    expect(failing.requests.length).toBe(3);
    await using missing = await FileServer.start({ bytes: numbers(9) }, { faults: [status(404)] });
    await expect(new HttpSource(missing.url, quick).byteLength()).rejects.toThrow(/answered 404 Not Found/);
    expect(missing.requests.length).toBe(1);
    await expect(new HttpSource("http://127.0.0.1:1/", { ...quick, retries: 0 }).byteLength()).rejects.toMatchObject({
      name: "SourceError",
      path: "http://127.0.0.1:1/",
    });
  });

  it("does not wait for ever", async () => {
    await using server = await FileServer.start({ bytes: numbers(1000) }, { faults: [noAnswer, undefined, noAnswer] });
    const source = new HttpSource(server.url, { ...quick, timeout: 300, retries: 1 });
    expect(await source.byteLength()).toBe(1000);
    const once = new HttpSource(server.url, { ...quick, timeout: 100, retries: 0 });
    await expect(once.byteLength()).rejects.toThrow(/no answer within 100 ms/);
  });

  it("ends when it is told so", async () => {
    await using server = await FileServer.start({ bytes: numbers(1000) }, { faults: [undefined, noAnswer, noAnswer] });
    const controller = new AbortController();
    const source = new HttpSource(server.url, { ...quick, signal: controller.signal });
    await source.byteLength();
    const read = source.read(500, 10);
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(read).rejects.toThrow("enough");
    const other = new HttpSource(server.url, quick);
    const opening = other.byteLength();
    setTimeout(() => other.close(), 20);
    await expect(opening).rejects.toThrow(/it was closed/);
  });

  it("sends the headers that it is given or that are made for a request", async () => {
    await using server = await FileServer.start({ bytes: numbers(1000) });
    await new HttpSource(server.url, { ...quick, headers: { Authorization: "Bearer x" } }).byteLength();
    await new HttpSource(server.url, {
      ...quick,
      headers: async ({ method, headers }) => ({ Authorization: `signed ${method} ${headers.Range}` }),
    }).byteLength();
    expect(server.requests.map(({ token }) => token)).toEqual(["Bearer x", "signed GET bytes=0-99"]);
  });

  it("refuses ranges of a compressed answer", async () => {
    const fault = status(206, { "Content-Range": "bytes 0-99/1000", "Content-Encoding": "br" });
    await using server = await FileServer.start({ bytes: numbers(1000) }, { faults: [fault] });
    await expect(new HttpSource(server.url, quick).byteLength()).rejects.toThrow(/compresses/);
  });
});
