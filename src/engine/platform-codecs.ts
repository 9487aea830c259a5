/** Gives the filters the platform's own codecs where there are any. */
import { type DeflateBackend, setDeflateBackend } from "../filters/deflate.ts";
import { platformZlib } from "../io/platform-zlib.ts";

let installed = false;

/** Deflate through the runtime's zlib, which is several times faster than the bundled one. Once a process. */
export function installPlatformCodecs(): void {
  if (installed) return;
  installed = true;
  setDeflateBackend(deflateOfPlatform);
}

/** The codec by the runtime's zlib, if it has one. */
export function deflateOfPlatform(): DeflateBackend | undefined {
  const zlib = platformZlib();
  if (zlib === undefined) return undefined;
  return {
    inflate: (bytes, outputByteLength, maximumByteLength, output) =>
      zlib.inflate(bytes, outputByteLength ?? 4 * bytes.length, maximumByteLength, output),
    deflate: (bytes, level) => zlib.deflate(bytes, level),
    deflatePart: zlib.deflatePart,
  };
}
