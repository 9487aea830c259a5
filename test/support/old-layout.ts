/** Files as old versions of the C library wrote them. */

const UNDEFINED = new Array<number>(8).fill(0xff);

/**
 * The layout message of six 4-byte elements in other files, of version 3, turned into version 1, which tells no size and has as
 * many bytes in the header.
 */
export function withExternalLayoutOfVersion1(file: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(file);
  // Contiguous, no address, 24 bytes.
  const newer = [3, 1, ...UNDEFINED, 24, 0, 0, 0, 0, 0, 0, 0];
  const at = bytes.findIndex((_, i) => newer.every((byte, j) => bytes[i + j] === byte));
  // Two dimensions with that of the element, contiguous, reserved, no address, the dimensions.
  bytes.set([1, 2, 1, 0, 0, 0, 0, 0, ...UNDEFINED, 6, 0, 0, 0, 4, 0, 0, 0], at);
  return bytes;
}
