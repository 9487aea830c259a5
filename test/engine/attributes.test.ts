import { describe, expect, test } from "vitest";
import { createDatatype, createGroup } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { decodeAttribute } from "../../src/format/attribute.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { arrayOf, fixedPoint, packedCompound } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

const BYTE = fixedPoint(1, false);

function space(count: number): Dataspace {
  return { kind: "simple", version: 1, dims: [count], maxDims: [count], maxDimsStored: false };
}

describe("attributes of an object", () => {
  test.each(["earliest", "v108"] as const)("let go of their committed datatype with the object (%s)", (lowBound) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const type = createDatatype(file, BYTE);
    file.root().insertLink("type", { kind: "hard", objectHeaderAddress: type.address });
    const group = createGroup(file);
    file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    const bytes = Uint8Array.of(1, 2, 3);
    const shared = { datatype: BYTE, committedTypeAddress: type.address, dataspace: space(3), bytes };
    group.createAttribute({ name: "a", ...shared });
    group.createAttribute({ name: "b", ...shared });
    expect(type.linkCount).toBe(3);
    group.deleteAttribute("b");
    expect(type.linkCount).toBe(2);
    file.root().removeLink("group");
    expect(type.linkCount).toBe(1);
    file.close();
  });

  test.each([
    ["earliest", 65528],
    ["v108", 65535],
  ] as const)("of bound %s fill messages up to %i bytes", (lowBound, most) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    const create = (count: number) =>
      root.createAttribute({ name: "a", datatype: BYTE, dataspace: space(count), bytes: new Uint8Array(count) });
    create(8);
    const overhead = (root.header.first(MESSAGE.ATTRIBUTE)?.data.length as number) - 8;
    root.deleteAttribute("a");
    if (lowBound === "earliest") {
      expect(() => create(most - overhead + 1)).toThrow("object header message is too large");
    } else {
      // Dense storage takes what no message holds.
      create(most - overhead + 1);
      expect(root.header.all(MESSAGE.ATTRIBUTE)).toEqual([]);
      root.deleteAttribute("a");
      const longest = { name: "n".repeat(65534), datatype: BYTE, dataspace: space(1) };
      root.createAttribute({ ...longest, bytes: Uint8Array.of(7) });
      expect(root.header.all(MESSAGE.ATTRIBUTE)).toEqual([]);
      expect(root.attribute(longest.name)?.bytes).toEqual(Uint8Array.of(7));
      root.deleteAttribute(longest.name);
    }
    expect(() =>
      root.createAttribute({ name: "n".repeat(most), datatype: BYTE, dataspace: space(1), bytes: new Uint8Array(1) }),
    ).toThrow("object header message is too large");
    expect(root.attributeCount).toBe(0);
    create(most - overhead);
    file.flush();
    expect(root.attribute("a")?.bytes.length).toBe(most - overhead);
    file.close();
  });

  test.each([
    ["earliest", 1, 2, 1],
    ["v108", 3, 3, 2],
  ] as const)("have the versions of bound %s in all their parts", (lowBound, version, arrayVersion, spaceVersion) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const root = file.root();
    const datatype = packedCompound([{ name: "x", type: arrayOf(BYTE, [2]) }]);
    root.createAttribute({ name: "a", datatype, dataspace: space(1), bytes: new Uint8Array(2) });
    const data = root.header.first(MESSAGE.ATTRIBUTE)?.data as Uint8Array;
    const message = decodeAttribute(file.storage.cursor(data, "Attribute message", root.address));
    expect(message).toMatchObject({
      version,
      datatype: { value: { version: arrayVersion } },
      dataspace: { value: { version: spaceVersion } },
    });
    file.close();
  });
});
