import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FileWidths, UNLIMITED } from "../../src/base/address.ts";
import { lookup3 } from "../../src/base/checksum.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { HDF5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { StoredSelection } from "../../src/format/selection.ts";
import {
  decodeVirtualMappingBlock,
  encodeVirtualMappingBlock,
  sizeOfVirtualMappingBlock,
  type VirtualMappingBlock,
} from "../../src/format/virtual-mapping-block.ts";
import { MemorySource } from "../../src/io/memory-source.ts";

const EIGHT = { sizeOfOffsets: 8, sizeOfLengths: 8 };

function encode(block: VirtualMappingBlock, widths: FileWidths = EIGHT): Uint8Array {
  const writer = new Writer(widths);
  encodeVirtualMappingBlock(writer, block);
  return writer.toBytes().slice();
}

function decode(bytes: Uint8Array, widths: FileWidths = EIGHT): VirtualMappingBlock {
  return decodeVirtualMappingBlock(new Cursor(bytes, { structure: "Virtual dataset mapping block", widths }));
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  new DataView(bytes.buffer).setUint32(bytes.length - 4, lookup3(bytes, 0, bytes.length - 4), true);
  return bytes;
}

const anyWidths: fc.Arbitrary<FileWidths> = fc.record({
  sizeOfOffsets: fc.constantFrom(2, 4, 8),
  sizeOfLengths: fc.constantFrom(2, 4, 8),
});

const anySelection: fc.Arbitrary<StoredSelection> = fc.oneof(
  fc.constant({ kind: "none" } as const),
  fc.constant({ kind: "all" } as const),
  fc.record({
    kind: fc.constant("regular" as const),
    version: fc.constant(2 as const),
    coordinateSize: fc.constant(8 as const),
    start: fc.tuple(fc.nat(), fc.nat()),
    stride: fc.tuple(fc.nat(), fc.nat()),
    count: fc.tuple(fc.constantFrom(1, 7, UNLIMITED), fc.nat()),
    block: fc.tuple(fc.nat(), fc.nat()),
  }),
);

const anyName = fc.constantFrom("a.h5", "folder/b.h5", "part-%b.h5", "größe");

const anyBlock: fc.Arbitrary<VirtualMappingBlock> = fc.record({
  version: fc.constantFrom(0, 1),
  mappings: fc.array(
    fc.record({
      sourceFile: fc.oneof(anyName, fc.constant(".")),
      sourceDataset: anyName,
      sourceSelection: anySelection,
      virtualSelection: anySelection,
    }),
    { maxLength: 5 },
  ),
});

describe("mapping block of a virtual dataset", () => {
  test("decodes what it encodes, for every size of lengths and both versions", () => {
    fc.assert(
      fc.property(anyBlock, anyWidths, (block, widths) => {
        const bytes = encode(block, widths);
        expect(bytes.length).toBe(sizeOfVirtualMappingBlock(block, widths));
        expect(decode(bytes, widths)).toEqual(block);
      }),
    );
  });

  test.each(["virtual-earliest", "virtual-latest"])("blocks of %s encode to the bytes they came from", (name) => {
    const bytes = readFileSync(new URL(`../fixtures/virtual/${name}.h5`, import.meta.url));
    const file = H5File.open(new MemorySource(bytes));
    let blocks = 0;
    for (const { target } of file.root().links()) {
      const object = target.kind === "hard" ? file.object(target.objectHeaderAddress) : undefined;
      if (!(object instanceof DatasetObject) || object.layout.kind !== "virtual") continue;
      if (object.layout.heapIndex === 0) continue;
      const stored = new Uint8Array(file.globalHeap.read(object.layout.heapAddress, object.layout.heapIndex));
      expect(encode(decode(stored))).toEqual(stored);
      blocks++;
    }
    expect(blocks).toBeGreaterThan(15);
    file.close();
  });

  test("names that an earlier mapping has are left out from version 1 on", () => {
    const all = { kind: "all" } as const;
    const mapping = (sourceFile: string, sourceDataset: string) => ({
      sourceFile,
      sourceDataset,
      sourceSelection: all,
      virtualSelection: all,
    });
    const mappings = [mapping("file.h5", "data"), mapping("file.h5", "data"), mapping(".", "data")];
    const own = 32;
    expect(encode({ version: 0, mappings }).length).toBe(13 + 3 * own + 2 * 8 + 2 + 3 * 5);
    expect(encode({ version: 1, mappings }).length).toBe(13 + 3 * own + 3 + (8 + 5) + (8 + 8) + 8);
  });

  test("a name of a later mapping is refused", () => {
    const all = { kind: "all" } as const;
    const mapping = { sourceFile: "f", sourceDataset: "d", sourceSelection: all, virtualSelection: all };
    const bytes = encode({ version: 1, mappings: [mapping, mapping] });
    bytes[9 + 1 + 4 + 32 + 1] = 1;
    expect(() => decode(withChecksum(bytes))).toThrow('field "Source File Name": entry 1 is not one of the 1 before');
  });

  test("damaged and truncated blocks give errors of this library", () => {
    fc.assert(
      fc.property(anyBlock, fc.nat(), fc.nat(255), (block, at, byte) => {
        const bytes = encode(block);
        const damaged = bytes.slice(0, 1 + (at % bytes.length));
        damaged[at % damaged.length] = byte;
        try {
          decode(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(HDF5Error);
        }
      }),
    );
  });
});
