/** What values keep outside of their own bytes: variable-length data in the global heap. */
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { ReferenceType } from "../format/datatype.ts";
import type { ReferencePaths } from "./references.ts";
import { referenceText } from "./references.ts";
import type { ValueContext } from "./value-text.ts";

/** Reads an address or length of `size` bytes; all ones is the undefined address. */
export function readAddress(view: DataView, offset: number, size: number): number {
  if (size === 8) {
    const value = view.getBigUint64(offset, true);
    return value === 0xffff_ffff_ffff_ffffn ? UNDEFINED_ADDRESS : Number(value);
  }
  const value = size === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true);
  return value === 2 ** (8 * size) - 1 ? UNDEFINED_ADDRESS : value;
}

/** The values of one file, as {@link ValueContext} for printing. */
export class FileValues implements ValueContext {
  level = 0;
  readonly defaultLevel = 0;
  private readonly file: H5File;
  private readonly paths: ReferencePaths;

  constructor(file: H5File, paths: ReferencePaths) {
    this.file = file;
    this.paths = paths;
  }

  sequence(view: DataView, offset: number, elementSize: number): { count: number; view: DataView } | undefined {
    const { sizeOfOffsets } = this.file.storage.widths;
    const count = view.getUint32(offset, true);
    const address = readAddress(view, offset + 4, sizeOfOffsets);
    if (address === 0 || address === UNDEFINED_ADDRESS) return undefined;
    const index = view.getUint32(offset + 4 + sizeOfOffsets, true);
    const bytes = count === 0 ? new Uint8Array(0) : this.file.globalHeap.read(address, index);
    const available = Math.min(count, Math.floor(bytes.length / elementSize));
    return { count: available, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }

  reference(type: ReferenceType, view: DataView, offset: number): string {
    return referenceText(this.file, this.paths, type, view, offset);
  }
}
