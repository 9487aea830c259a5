// Serves what the suite asks for: fixtures in one piece, a file read by ranges, the bundles and a page.
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const page = `<!doctype html><meta charset="utf-8"><title>h5ts</title>
<input type="file" id="chosen"><input type="file" id="large">
<script type="module" src="/run-in-page.js"></script>`;

const types = { html: "text/html", js: "text/javascript", json: "application/json" };

/** All fixture files one after the other, and where each is. */
function packOf(folder) {
  const index = [];
  const parts = [];
  let end = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith(".h5")) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    index.push({ name: path.slice(folder.length + 1), start: end, end: end + bytes.length });
    end += bytes.length;
    parts.push(bytes);
  }
  return { index: JSON.stringify(index), pack: Buffer.concat(parts) };
}

/**
 * @param {{ fixtures: string, files: Record<string, string>, onPost: (name: string, bytes: Buffer) => void }} options -
 * `files` are paths by the name they are asked for.
 */
export async function startServer({ fixtures, files, onPost }) {
  const { index, pack } = packOf(fixtures);
  const memory = { "": Buffer.from(page), "index.json": Buffer.from(index), "fixtures.pack": pack };
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://x").pathname.slice(1);
    if (request.method === "POST") return take(request, response, (bytes) => onPost(name, bytes));
    response.setHeader(
      "Content-Type",
      types[name === "" ? "html" : name.split(".").pop()] ?? "application/octet-stream",
    );
    if (memory[name] !== undefined) return response.end(memory[name]);
    if (files[name] === undefined) return response.writeHead(404).end();
    return sendFile(request, response, files[name]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function take(request, response, done) {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    done(Buffer.concat(parts));
    response.writeHead(204).end();
  });
}

function sendFile(request, response, path) {
  const { size } = statSync(path);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (range === null) return response.end(readFileSync(path));
  const start = Number(range[1]);
  const end = Math.min(Number(range[2]) + 1, size);
  const bytes = Buffer.alloc(end - start);
  const file = openSync(path, "r");
  readSync(file, bytes, 0, bytes.length, start);
  closeSync(file);
  response.writeHead(206, { "Content-Range": `bytes ${start}-${end - 1}/${size}`, ETag: '"1"' });
  return response.end(bytes);
}
