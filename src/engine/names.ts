/** Names of links and attributes, and paths made of them. */
import { encodeUtf8 } from "../base/text.ts";

/** Among other units than these, UTF-16 units and UTF-8 bytes sort alike. */
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

function isSurrogate(unit: number): boolean {
  return unit >= FIRST_SURROGATE && unit <= LAST_SURROGATE;
}

/**
 * Byte-wise order of two names, as `strcmp` gives it: the order of symbol table nodes and of iteration by name.
 *
 * UTF-16 units sort like UTF-8 bytes except where surrogates meet U+E000 to U+FFFF, and those that stand for bytes which are
 * not UTF-8 meet anything.
 */
export function compareNames(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    return isSurrogate(left) || isSurrogate(right) ? compareBytes(encodeUtf8(a), encodeUtf8(b)) : left - right;
  }
  return a.length - b.length;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Whether a path is but the name of a link. */
export function isPlainName(path: string): boolean {
  return path !== "" && path !== "." && !path.includes("/");
}

/** Components of a path: repeated and trailing slashes and "." do not count; ".." is an ordinary name. */
export function pathComponents(path: string): string[] {
  if (isPlainName(path)) return [path];
  return path.split("/").filter((component) => component !== "" && component !== ".");
}

/** The path as links hold it: without repeated slashes, and without one at the end. C: `H5G_normalize`. */
export function normalizedPath(path: string): string {
  const single = path.replace(/\/+/g, "/");
  return single.length > 1 && single.endsWith("/") ? single.slice(0, -1) : single;
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/");
}
