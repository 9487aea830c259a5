/** What elements of variable length need of the file they are in. */
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { H5File } from "../engine/h5-file.ts";

interface Contexts {
  readonly reading: ElementContext;
  readonly writing: ElementContext;
  readonly staging: ElementContext;
}

const contexts = new WeakMap<H5File, Contexts>();

function contextsOf(file: H5File): Contexts {
  let found = contexts.get(file);
  if (found === undefined) {
    const { globalHeap } = file;
    const { widths } = file.storage;
    const reading: ElementContext = {
      widths,
      readHeapObject: (address, index) => globalHeap.read(address, index),
      locateHeapObject: (address, index, place) => globalHeap.locate(address, index, place),
      writeHeapObject: (bytes) => globalHeap.insert(bytes),
    };
    const writing: ElementContext = {
      ...reading,
      writeHeapPart: (bytes, start, end) => globalHeap.insert(bytes, start, end),
      copiesHeapObjects: true,
    };
    const staging = { ...reading, writeHeapObject: (bytes: Uint8Array) => globalHeap.stage(bytes) };
    found = { reading, writing, staging };
    contexts.set(file, found);
  }
  return found;
}

/** The heap of a file, for decoding elements and for those that are read. */
export function elementContextOf(file: H5File): ElementContext {
  return contextsOf(file).reading;
}

/** For elements that are written: each gets heap objects of its own. */
export function writingContextOf(file: H5File): ElementContext {
  return contextsOf(file).writing;
}

/**
 * For elements that are encoded to be written at once: nothing is stored yet. What `use` gets is valid until it returns.
 */
export function withStaging<T>(file: H5File, use: (context: ElementContext) => T): T {
  const { staging } = contextsOf(file);
  return file.globalHeap.staging(() => use(staging));
}
