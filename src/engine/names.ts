/** Names of links and attributes, and paths made of them. */
import { encodeUtf8 } from "../base/text.ts";

const BEYOND_BMP_ORDER = /[\uD800-\uFFFF]/;

/**
 * Byte-wise order of two names, as `strcmp` gives it: the order of symbol table nodes and of iteration by name.
 *
 * UTF-16 units sort like UTF-8 bytes except where surrogates meet U+E000 to U+FFFF.
 */
export function compareNames(a: string, b: string): number {
  if (!BEYOND_BMP_ORDER.test(a) && !BEYOND_BMP_ORDER.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  const left = encodeUtf8(a);
  const right = encodeUtf8(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Components of a path: repeated and trailing slashes and "." do not count; ".." is an ordinary name. */
export function pathComponents(path: string): string[] {
  return path.split("/").filter((component) => component !== "" && component !== ".");
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/");
}
