/** Tokens: where an object is in its file, in the 16 bytes that HDF5 1.12 and later give it. C: `H5O_token_t`. */
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import { argumentError, plainError } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";

/** Here, as in every file of the native format, the address of the object header, its lowest byte first. */
export type ObjectToken = Uint8Array;

const TOKEN_BYTES = 16;

/** The token of no object. C: `H5O_TOKEN_UNDEF`. */
export function undefinedToken(): ObjectToken {
  return new Uint8Array(TOKEN_BYTES).fill(0xff);
}

export function tokenOf(address: number): ObjectToken {
  if (address === UNDEFINED_ADDRESS) return undefinedToken();
  const token = new Uint8Array(TOKEN_BYTES);
  new DataView(token.buffer).setBigUint64(0, BigInt(address), true);
  return token;
}

/** @throws ValueError for what is no token of an object. */
export function addressOfToken(where: string, token: ObjectToken): number {
  expectInstance(token, Uint8Array, "token");
  if (token.length !== TOKEN_BYTES)
    throw plainError("ValueError", `a token has ${TOKEN_BYTES} bytes, not ${token.length}`);
  if (token.every((byte) => byte === 0xff)) throw argumentError(where, "ARGS", "BADVALUE", "no object token supplied");
  const address = Number(new DataView(token.buffer, token.byteOffset).getBigUint64(0, true));
  if (!Number.isSafeInteger(address) || token.subarray(8).some((byte) => byte !== 0)) {
    throw argumentError(where, "ARGS", "BADVALUE", "can't get address for object token");
  }
  return address;
}

/** 0 for equal tokens, else -1 or 1, by address. C: `H5Otoken_cmp`. */
export function tokenCmp(a: ObjectToken, b: ObjectToken): -1 | 0 | 1 {
  expectInstance(a, Uint8Array, "token1");
  expectInstance(b, Uint8Array, "token2");
  for (let i = TOKEN_BYTES - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/** The address in decimal digits. C: `H5Otoken_to_str`. */
export function tokenToStr(token: ObjectToken): string {
  return String(addressOfToken("H5Otoken_to_str", token));
}

/** The token of such a text. @throws ValueError for another. C: `H5Otoken_from_str`. */
export function tokenFromStr(text: string): ObjectToken {
  const address = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(address)) {
    throw argumentError("H5Otoken_from_str", "ARGS", "BADVALUE", "can't deserialize object token string");
  }
  return tokenOf(address);
}
