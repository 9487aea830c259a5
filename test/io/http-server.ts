/** A server on this machine for the tests of reading over HTTP, with the faults that servers have. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServedFile {
  bytes: Uint8Array;
  etag?: string;
}

/** What the server does with a request in place of answering it; true when it has dealt with it. */
export type Fault = (request: IncomingMessage, response: ServerResponse, served: ServedFile) => boolean;

export interface ServerOptions {
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Dealt with in order, one a request; undefined is an ordinary answer. */
  readonly faults?: (Fault | undefined)[];
  /** Whether ranges are answered; true by default. */
  readonly ranges?: boolean;
}

export class FileServer {
  readonly url: string;
  /** Method and Range of each request, and what else a test asks about. */
  readonly requests: { readonly method: string; readonly range: string | undefined; readonly token: unknown }[] = [];
  /** Bytes of bodies. */
  sentByteLength = 0;
  readonly served: ServedFile;
  readonly #close: () => Promise<void>;

  private constructor(port: number, served: ServedFile, close: () => Promise<void>) {
    this.url = `http://127.0.0.1:${port}/data/file.h5`;
    this.served = served;
    this.#close = close;
  }

  static async start(served: ServedFile, options: ServerOptions = {}): Promise<FileServer> {
    const faults = [...(options.faults ?? [])];
    const server = createServer((request, response) => {
      self.requests.push({
        method: request.method ?? "",
        range: request.headers.range,
        token: request.headers.authorization,
      });
      const fault = faults.shift();
      setTimeout(() => {
        if (fault?.(request, response, served)) return;
        self.sentByteLength += answer(request, response, served, options.ranges ?? true);
      }, options.latency ?? 0);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const self = new FileServer((server.address() as AddressInfo).port, served, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return self;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function answer(request: IncomingMessage, response: ServerResponse, { bytes, etag }: ServedFile, ranges: boolean) {
  if (etag !== undefined) response.setHeader("ETag", etag);
  const found = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (request.method === "HEAD" || !ranges || found === null) {
    response.writeHead(200, { "Content-Length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes);
    return bytes.length;
  }
  const start = Number(found[1]);
  const end = Math.min(Number(found[2]) + 1, bytes.length);
  if (start >= bytes.length) {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` });
    response.end();
    return 0;
  }
  response.writeHead(206, {
    "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`,
    "Content-Length": end - start,
  });
  response.end(bytes.subarray(start, end));
  return end - start;
}

export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end();
    return true;
  };

/** The connection breaks in the middle of the body. */
export const breakOff: Fault = (_request, response, { bytes }) => {
  response.writeHead(206, {
    "Content-Range": `bytes 0-99/${bytes.length}`,
    "Content-Length": 100,
  });
  response.write(bytes.subarray(0, 10));
  setTimeout(() => response.destroy(), 20);
  return true;
};

export const noAnswer: Fault = () => true;
