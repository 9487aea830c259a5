/** What elements of variable length need of the file they are in. */
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { H5File } from "../engine/h5-file.ts";

const contexts = new WeakMap<H5File, ElementContext>();

/** The heap of a file, for decoding and encoding elements. */
export function elementContextOf(file: H5File): ElementContext {
  let context = contexts.get(file);
  if (context === undefined) {
    context = {
      widths: file.storage.widths,
      readHeapObject: (address, index) => (address === 0 ? new Uint8Array(0) : file.globalHeap.read(address, index)),
      writeHeapObject: (bytes) => file.globalHeap.insert(bytes),
    };
    contexts.set(file, context);
  }
  return context;
}
