/** Bytes for the tests of structures: widths, arbitrary addresses and lengths, damage, and files of the C library. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect } from "vitest";
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";

const SIZES = [2, 4, 8];

export const ALL_WIDTHS: readonly FileWidths[] = SIZES.flatMap((sizeOfOffsets) =>
  SIZES.map((sizeOfLengths) => ({ sizeOfOffsets, sizeOfLengths })),
);

export const anyWidths = fc.constantFrom(...ALL_WIDTHS);

/** The greatest value that is not "all ones". */
function greatest(byteLength: number): number {
  return byteLength >= 7 ? Number.MAX_SAFE_INTEGER : 256 ** byteLength - 2;
}

export function anyDefinedAddress(widths: FileWidths): fc.Arbitrary<Address> {
  return fc.maxSafeNat().map((value) => value % (greatest(widths.sizeOfOffsets) + 1));
}

export function anyAddress(widths: FileWidths): fc.Arbitrary<Address> {
  return fc.oneof({ weight: 4, arbitrary: anyDefinedAddress(widths) }, fc.constant(UNDEFINED_ADDRESS));
}

export function anyLength(widths: FileWidths): fc.Arbitrary<number> {
  return fc.maxSafeNat().map((value) => value % (greatest(widths.sizeOfLengths) + 1));
}

/** Bytes that `encode` writes, behind a few others, which it must not take for its own. */
export function encoded(widths: FileWidths, encode: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(widths).zeros(3);
  encode(writer);
  return writer.toBytes().slice(3);
}

export function cursorOn(bytes: Uint8Array, widths: FileWidths, structure = "Structure"): Cursor {
  return new Cursor(bytes, { structure, widths });
}

/** Decodes every truncation of `bytes`: each must give a `FormatError`, for no byte of a structure may be missing. */
export function expectTruncationErrors(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): void {
  for (let length = 0; length < bytes.length; length++) {
    let problem: unknown = "nothing thrown";
    try {
      decode(bytes.slice(0, length));
    } catch (error) {
      problem = error;
    }
    expect(isHdf5Error(problem, "format"), `${length} of ${bytes.length} bytes: ${problem}`).toBe(true);
  }
}

/** Decodes `bytes` with each byte changed in several ways: it may succeed, or throw one of our errors. */
export function expectDamageErrors(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): void {
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 0x7f, 0xff, (bytes[at] as number) ^ 0x10]) {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        decode(damaged);
      } catch (error) {
        expect(isHdf5Error(error), `byte ${at} set to ${value}: ${error}`).toBe(true);
      }
    }
  }
}

export const OLD_FILES = [
  "v0.h5",
  "v0-offsets4-lengths4.h5",
  "v0-offsets4-lengths8.h5",
  "v0-offsets8-lengths4.h5",
  "v0-offsets2-lengths2.h5",
  "v1-k.h5",
] as const;

export const NEW_FILES = ["v2.h5", "v2-tracked.h5", "v3.h5"] as const;

export type FixtureName = (typeof OLD_FILES)[number] | (typeof NEW_FILES)[number];

export function readFixture(name: FixtureName): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/structures/${name}`, import.meta.url)));
}

/** Offsets at which the ASCII text `signature` stands. */
export function findAll(bytes: Uint8Array, signature: string): number[] {
  const found: number[] = [];
  for (let i = bytes.indexOf(signature.charCodeAt(0)); i >= 0; i = bytes.indexOf(signature.charCodeAt(0), i + 1)) {
    if ([...signature].every((character, j) => bytes[i + j] === character.charCodeAt(0))) found.push(i);
  }
  return found;
}
