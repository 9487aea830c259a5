/** What bytes that nothing points to once were, as far as a signature tells. */
import type { Address } from "../../base/address.ts";
import type { FileStorage } from "../file-storage.ts";

const SIGNATURES: ReadonlyMap<string, string> = new Map([
  ["TREE", "version 1 B-tree node"],
  ["SNOD", "symbol table node"],
  ["HEAP", "local heap"],
  ["GCOL", "global heap collection"],
  ["BTHD", "version 2 B-tree header"],
  ["BTIN", "version 2 B-tree node"],
  ["BTLF", "version 2 B-tree leaf"],
  ["FRHP", "fractal heap header"],
  ["FHIB", "fractal heap indirect block"],
  ["FHDB", "fractal heap direct block"],
  ["FSHD", "free-space header"],
  ["FSSE", "free-space section list"],
  ["SMTB", "shared message table"],
  ["SMLI", "shared message list"],
  ["OHDR", "object header"],
  ["OCHK", "object header continuation block"],
  ["FAHD", "fixed array header"],
  ["FADB", "fixed array data block"],
  ["EAHD", "extensible array header"],
  ["EAIB", "extensible array index block"],
  ["EASB", "extensible array super block"],
  ["EADB", "extensible array data block"],
  ["MDCI", "metadata cache image"],
]);

const SIGNATURE_BYTES = 4;

/** The structure whose signature stands at an address. */
export function lostStructureAt(storage: FileStorage, address: Address, byteLength: number): string | undefined {
  if (byteLength < SIGNATURE_BYTES || storage.available(address, SIGNATURE_BYTES) < SIGNATURE_BYTES) return undefined;
  return SIGNATURES.get(String.fromCharCode(...storage.readMetadata(address, SIGNATURE_BYTES)));
}
