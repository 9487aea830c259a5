/** What values keep outside of their own bytes: variable-length data in the global heap. */
import { isDefined } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { ReferenceType } from "../format/datatype.ts";
import { decodeHeapReference } from "../format/reference.ts";
import type { ReferencePaths } from "./references.ts";
import { referenceText } from "./references.ts";
import type { ValueContext } from "./value-text.ts";

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
    const { widths } = this.file.storage;
    const id = new Uint8Array(view.buffer, view.byteOffset + offset, 8 + widths.sizeOfOffsets);
    const cursor = new Cursor(id, { structure: "Variable-length element", widths });
    const count = cursor.u32("Length");
    const { collectionAddress, objectIndex } = decodeHeapReference(cursor);
    if (collectionAddress === 0 || !isDefined(collectionAddress)) return undefined;
    const bytes = count === 0 ? new Uint8Array(0) : this.file.globalHeap.read(collectionAddress, objectIndex);
    const available = Math.min(count, Math.floor(bytes.length / elementSize));
    return { count: available, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }

  reference(type: ReferenceType, view: DataView, offset: number): string {
    return referenceText(this.file, this.paths, type, view, offset);
  }
}
