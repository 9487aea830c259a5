/**
 * Text from bytes in an encoding, with Python's names, words and ways to go on after an error.
 *
 * ASCII and Latin-1 are exact here; `TextDecoder`, which takes them for windows-1252, does all others.
 */
import { plainError } from "../lowlevel/api-error.ts";
import { kindOf } from "./argument-checks.ts";

/**
 * What becomes of bytes that are no text: an error, U+FFFD in their place, nothing, or a lone surrogate U+DCNN for each byte
 * 0xNN, which writing turns into the byte again.
 */
export type DecodeErrors = "strict" | "replace" | "ignore" | "surrogateescape";

/** Decodes the bytes of one string. */
export type TextCodec = (bytes: Uint8Array) => string;

/** A run of bytes that is no text, and why. */
interface Fault {
  readonly start: number;
  readonly end: number;
  readonly reason: string;
}

const ASCII_NAMES = new Set(["ascii", "us-ascii", "646"]);
const LATIN_NAMES = new Set(["latin-1", "latin1", "latin_1", "iso-8859-1", "iso8859-1", "l1"]);
const UTF8_NAMES = new Set(["utf-8", "utf8", "utf_8", "u8"]);

/** @throws LookupError's like, ValueError, for an encoding that is not known. */
export function textCodec(encoding: string, errors: DecodeErrors = "strict"): TextCodec {
  if (!["strict", "replace", "ignore", "surrogateescape"].includes(errors)) {
    throw plainError("ValueError", `unknown error handler name '${String(errors)}'`);
  }
  if (typeof encoding !== "string") {
    throw plainError("TypeError", `lookup() argument must be str, not ${kindOf(encoding)}`);
  }
  const name = encoding.toLowerCase();
  if (LATIN_NAMES.has(name)) return (bytes) => charactersOf(bytes);
  if (ASCII_NAMES.has(name)) return (bytes) => decodeWithFaults("ascii", bytes, asciiFault, charactersOf, errors);
  if (UTF8_NAMES.has(name)) return (bytes) => decodeWithFaults("utf-8", bytes, utf8Fault, decodeValidUtf8, errors);
  return platformCodec(encoding, errors);
}

function platformCodec(encoding: string, errors: DecodeErrors): TextCodec {
  const decoderOf = (fatal: boolean) => {
    try {
      return new TextDecoder(encoding, { fatal, ignoreBOM: true });
    } catch {
      throw plainError("ValueError", `unknown encoding: ${encoding}`);
    }
  };
  const strict = decoderOf(true);
  const lenient = decoderOf(false);
  return (bytes) => {
    if (errors === "replace") return lenient.decode(bytes);
    try {
      return strict.decode(bytes);
    } catch {
      if (errors === "ignore") return lenient.decode(bytes).replaceAll("\ufffd", "");
      throw plainError("UnicodeDecodeError", `'${encoding}' codec can't decode bytes`);
    }
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeValidUtf8(bytes: Uint8Array): string {
  // A decoder refuses bytes of shared memory, so those are copied first.
  return utf8.decode(bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice());
}

const CHARACTERS_AT_A_TIME = 4096;

function charactersOf(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_A_TIME) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_A_TIME));
  }
  return text;
}

type FindFault = (bytes: Uint8Array, from: number) => Fault | undefined;

function decodeWithFaults(
  codec: string,
  bytes: Uint8Array,
  findFault: FindFault,
  decode: TextCodec,
  errors: DecodeErrors,
): string {
  let text = "";
  let from = 0;
  for (let fault = findFault(bytes, 0); fault !== undefined; fault = findFault(bytes, from)) {
    text += decode(bytes.subarray(from, fault.start)) + replacement(codec, bytes, fault, errors);
    from = fault.end;
  }
  return text + decode(bytes.subarray(from));
}

function replacement(codec: string, bytes: Uint8Array, { start, end, reason }: Fault, errors: DecodeErrors): string {
  switch (errors) {
    case "ignore":
      return "";
    case "replace":
      return "\ufffd";
    case "surrogateescape":
      return Array.from(bytes.subarray(start, end), (byte) => String.fromCharCode(0xdc00 + byte)).join("");
    case "strict": {
      const byte = (bytes[start] as number).toString(16).padStart(2, "0");
      const where = end - start === 1 ? `byte 0x${byte} in position ${start}` : `bytes in position ${start}-${end - 1}`;
      throw plainError("UnicodeDecodeError", `'${codec}' codec can't decode ${where}: ${reason}`);
    }
    default:
      return errors satisfies never;
  }
}

function asciiFault(bytes: Uint8Array, from: number): Fault | undefined {
  for (let i = from; i < bytes.length; i++) {
    if ((bytes[i] as number) > 0x7f) return { start: i, end: i + 1, reason: "ordinal not in range(128)" };
  }
  return undefined;
}

/** The first sequence from `from` on that is no UTF-8: the longest start of a character, or one byte. */
function utf8Fault(bytes: Uint8Array, from: number): Fault | undefined {
  let i = from;
  while (i < bytes.length) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      i++;
      continue;
    }
    const [low, high, length] = secondByteOf(first);
    if (length === 0) return { start: i, end: i + 1, reason: "invalid start byte" };
    for (let n = 1; n < length; n++) {
      const next = bytes[i + n];
      if (next === undefined) return { start: i, end: i + n, reason: "unexpected end of data" };
      const fits = n === 1 ? next >= low && next <= high : next >= 0x80 && next <= 0xbf;
      if (!fits) return { start: i, end: i + n, reason: "invalid continuation byte" };
    }
    i += length;
  }
  return undefined;
}

/** Bounds of the second byte behind a first one, and the length of the character; 0 where none starts so. */
function secondByteOf(first: number): readonly [low: number, high: number, length: number] {
  if (first < 0xc2 || first > 0xf4) return [0, 0, 0];
  if (first < 0xe0) return [0x80, 0xbf, 2];
  if (first < 0xf0) return [first === 0xe0 ? 0xa0 : 0x80, first === 0xed ? 0x9f : 0xbf, 3];
  return [first === 0xf0 ? 0x90 : 0x80, first === 0xf4 ? 0x8f : 0xbf, 4];
}
