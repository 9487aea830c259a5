/** A file on which several processes write at once, each its own elements. */
import type { Address } from "../../base/address.ts";
import { HDF5Error, SourceError } from "../../base/errors.ts";
import type { InPlaceTarget } from "../../engine/in-place-writing.ts";
import type { Selection } from "../../engine/selection/selection.ts";
import type { FileTarget } from "../../io/file-source.ts";
import { openPath } from "../../io/path-source.ts";
import { isWithin } from "./overlap.ts";

/** Which elements of datasets, by the addresses of their object headers, may be written. */
export type OwnElements = ReadonlyMap<Address, Selection>;

/**
 * The bytes of a file, for `new File(source)`: it is read as ever, and elements can be written where they lie. Whatever would
 * change metadata is refused before anything is written: attributes, new objects, growing, and datasets whose elements cannot
 * be written in place (HDF5Error "read-only", which tells why). The size of the file stays what it is.
 *
 * What is written may at once be read by others. No element is written that was not asked for, not even as it was read.
 */
export class InPlaceFile implements InPlaceTarget {
  readonly name: string;
  readonly #file: FileTarget;
  readonly #own: OwnElements | undefined;

  /** @param own - Refuses to have others written. */
  constructor(path: string, own?: OwnElements) {
    this.name = path;
    this.#file = openPath(path, "r+");
    this.#own = own;
  }

  byteLength(): number {
    return this.#file.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.#file.readInto(offset, destination);
  }

  writeInPlace(offset: number, bytes: Uint8Array): void {
    const end = this.#file.byteLength();
    if (offset + bytes.length > end) {
      const problem = `${bytes.length} bytes at ${offset} in a file of ${end} bytes`;
      throw new SourceError(`unable to write in place: '${this.name}': ${problem}`, { path: this.name });
    }
    this.#file.write(offset, bytes);
  }

  admit(objectHeaderAddress: Address, selection: Selection): void {
    if (this.#own === undefined) return;
    const own = this.#own.get(objectHeaderAddress);
    if (own !== undefined && isWithin(selection, own)) return;
    const what = own === undefined ? "a dataset" : "elements";
    throw new HDF5Error(
      "argument",
      `${what} that this rank did not declare: dataset at address ${objectHeaderAddress}`,
      {
        address: objectHeaderAddress,
        path: this.name,
      },
    );
  }

  /** Returns when what was written has reached the device. */
  sync(): void {
    this.#file.sync();
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * Opens a file for writing elements where they lie, as several processes can at the same time: `new File(openInPlace(path))`.
 * The caller sees to it that no two write the same elements; `RankedFile` does that.
 *
 * @throws SourceError when it cannot be opened.
 */
export function openInPlace(path: string): InPlaceFile {
  return new InPlaceFile(path);
}
