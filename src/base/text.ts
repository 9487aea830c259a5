/**
 * UTF-8, as every runtime has it.
 *
 * Names and strings in HDF5 are bytes. Those that are not UTF-8 come back with each undecodable byte 0xNN as the lone
 * surrogate U+DCNN ("surrogate escape", what h5py does), so that any name can be read and written back unchanged.
 */
declare const TextDecoder: new (
  label?: string,
  options?: { fatal?: boolean; ignoreBOM?: boolean },
) => {
  decode(bytes: Uint8Array): string;
};
declare const TextEncoder: new () => { readonly encoding: string; encode(text: string): Uint8Array };

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/;

/** Short ASCII runs, the common case of names, are cheaper by hand than through a decoder. */
const SHORT = 64;
/**
 * By length: room for the characters of a name that is being decoded. One call that makes all of it costs a third of adding
 * them one by one.
 */
const rooms: number[][] = [];

export function decodeUtf8(bytes: Uint8Array): string {
  return decodeUtf8Range(bytes, 0, bytes.length);
}

/** The same for the bytes from `start` up to `end`, without a view of them. */
export function decodeUtf8Range(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > SHORT) return decodeLong(bytes.subarray(start, end));
  let characters = rooms[length];
  if (characters === undefined) {
    characters = new Array<number>(length).fill(0);
    rooms[length] = characters;
  }
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] as number;
    if (byte >= 0x80) return decodeLong(bytes.subarray(start, end));
    characters[i] = byte;
  }
  return String.fromCharCode.apply(null, characters);
}

/** Where text ends that a NUL may end before `end`. */
export function endOfText(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > SHORT) {
    const length = bytes.subarray(start, end).indexOf(0);
    return length < 0 ? end : start + length;
  }
  for (let i = start; i < end; i++) if (bytes[i] === 0) return i;
  return end;
}

/** Undefined for bytes that are not all ASCII, of which each is a character. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return undefined;
  return decodeLong(bytes);
}

/** The text from `start` up to the first NUL behind; undefined when there is none. */
export function decodeNulTerminated(bytes: Uint8Array, start: number): string | undefined {
  for (let end = start; end < bytes.length; end++) if (bytes[end] === 0) return decodeUtf8Range(bytes, start, end);
  return undefined;
}

function decodeLong(bytes: Uint8Array): string {
  // A decoder refuses bytes of shared memory, so those are copied first.
  const plain = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  try {
    return strictDecoder.decode(plain);
  } catch {
    return decodeWithEscapes(plain);
  }
}

/** Length of the valid UTF-8 sequence that starts at `i`, or 0. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] as number;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length === 0 || i + length > bytes.length) return 0;
  try {
    strictDecoder.decode(bytes.subarray(i, i + length));
    return length;
  } catch {
    return 0;
  }
}

function decodeWithEscapes(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[i] as number));
      i++;
    } else {
      text += strictDecoder.decode(bytes.subarray(i, i + length));
      i += length;
    }
  }
  return text;
}

export function encodeUtf8(text: string): Uint8Array {
  return encodeShortAscii(text) ?? encodeLong(text);
}

/** Undefined for what is long or not ASCII. */
function encodeShortAscii(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length > SHORT) return undefined;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return undefined;
    bytes[i] = unit;
  }
  return bytes;
}

const shortRoom = new Uint8Array(SHORT);
/** By length: the start of that room. */
const shortViews: Uint8Array[] = [];

/**
 * The bytes of short ASCII text without NULs, in a place that the next call takes for its own; undefined for other text. Of
 * millions of texts that are stored somewhere else at once none needs memory of its own.
 */
export function encodeShortText(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length > SHORT) return undefined;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80 || unit === 0) return undefined;
    shortRoom[i] = unit;
  }
  let view = shortViews[length];
  if (view === undefined) {
    view = shortRoom.subarray(0, length);
    shortViews[length] = view;
  }
  return view;
}

function encodeLong(text: string): Uint8Array {
  if (!ESCAPED_BYTE.test(text)) return encoder.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const unit = character.charCodeAt(0);
    if (character.length === 1 && unit >= 0xdc80 && unit <= 0xdcff) parts.push(unit - 0xdc00);
    else parts.push(...encoder.encode(character));
  }
  return Uint8Array.from(parts);
}

/** Latin-1: a byte a character, for signatures and dates. */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** True when every character is 7-bit. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
