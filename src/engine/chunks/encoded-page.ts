/**
 * A page of a fixed or extensible array, or a data block without pages, as the bytes it is in the file: elements are decoded
 * when they are asked for.
 *
 * Who reads a few chunks of a large dataset needs one of the thousand elements of each page that it meets.
 */
import type { Address } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import {
  type ChunkElementFormat,
  type ChunkIndexElement,
  type ChunkIndexElements,
  decodeChunkElement,
} from "../../format/chunk-index-elements.ts";
import type { StructureCodec } from "../structure-cache.ts";
import type { ChunkStorage } from "./chunk-index.ts";

export class EncodedPage {
  private readonly cursor: Cursor;
  private readonly format: ChunkElementFormat;
  private readonly first: number;

  /** @param cursor - At the first element. @throws FormatError when the checksum, which ends the page, is wrong. */
  constructor(cursor: Cursor, format: ChunkElementFormat, count: number) {
    this.first = cursor.position;
    cursor.count(count, format.elementSize, "Elements");
    cursor.skip(count * format.elementSize, "Elements");
    cursor.checksum();
    this.cursor = cursor;
    this.format = format;
  }

  elementAt(at: number): ChunkIndexElement {
    this.cursor.position = this.first + at * this.format.elementSize;
    return decodeChunkElement(this.cursor, this.format);
  }
}

function encodedName(structure: string): string {
  return `${structure}, encoded`;
}

/** Whether what is at an address was loaded, in either form. */
export function isInMemory(storage: ChunkStorage, address: Address, structure: string): boolean {
  return (
    storage.cached(address, structure) !== undefined || storage.cached(address, encodedName(structure)) !== undefined
  );
}

/**
 * For pages that are only read.
 *
 * @param skipHead - Takes the cursor to the first element, in a structure that begins with something else.
 */
export function encodedPageCodec(
  page: Pick<StructureCodec<unknown>, "structure" | "byteLength">,
  format: ChunkElementFormat,
  count: number,
  skipHead?: (cursor: Cursor) => void,
): StructureCodec<EncodedPage> {
  return {
    structure: encodedName(page.structure),
    byteLength: page.byteLength,
    decode: (cursor) => {
      skipHead?.(cursor);
      return new EncodedPage(cursor, format, count);
    },
    encode: () => {
      throw new TypeError(`${page.structure}: is only read`);
    },
  };
}

/** Element `at` of the page at an address: of the page as it was changed, if it was. */
export function elementOfPage(
  storage: ChunkStorage,
  address: Address,
  page: StructureCodec<ChunkIndexElements>,
  encoded: StructureCodec<EncodedPage>,
  at: number,
): ChunkIndexElement {
  const decoded = storage.cached<ChunkIndexElements>(address, page.structure);
  return decoded === undefined ? storage.load(address, encoded).elementAt(at) : elementOf(decoded, at);
}

export function elementOf({ addresses, filtered }: ChunkIndexElements, at: number): ChunkIndexElement {
  const address = addresses[at] as Address;
  if (filtered === undefined) return { address, byteLength: undefined, filterMask: 0 };
  return { address, byteLength: filtered.byteLengths[at] as number, filterMask: filtered.filterMasks[at] as number };
}
