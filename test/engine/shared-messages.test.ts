import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { MessageKey, SharedMessageIndex } from "../../src/engine/shared-message-index.ts";
import type { StoredMessage } from "../../src/engine/shared-messages.ts";
import type { SharedMessageSettings } from "../../src/engine/superblock-access.ts";
import { decodeAttribute } from "../../src/format/attribute.ts";
import { MESSAGE, MESSAGE_FLAG } from "../../src/format/message-types.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { decodeSharedMessage, type SharedMessage } from "../../src/format/shared-message.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { sharedMessageRecordsOf } from "../support/shared-messages-of-file.ts";

const ALL = 0x182a;
const space = (n: number) => ({ kind: "simple", version: 1, dims: [n], maxDims: [1000], maxDimsStored: true }) as const;

function addressOf(group: GroupObject, name: string): number {
  const target = group.link(name)?.target;
  if (target?.kind !== "hard") throw new Error(`no object ${name}`);
  return target.objectHeaderAddress;
}

function addDataset(file: H5File, name: string, size: number): void {
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: space(size),
    layout: { kind: "chunked", chunkDims: [4] },
    fillValue: Uint8Array.of(size % 3, 0, 0, 0),
  });
  file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
}

function addAttribute(object: EngineObject, name: string, value: number): void {
  if (object.attribute(name) !== undefined) object.writeAttribute(name, Uint8Array.of(value, 0, 0, 0));
  else {
    const dataspace = { ...space(1), maxDims: [1], maxDimsStored: false };
    object.createAttribute({ name, datatype: PREDEFINED.STD_I32LE, dataspace, bytes: Uint8Array.of(value, 0, 0, 0) });
  }
}

/** Users of each message in the heaps, and holders of those in headers, counted anew over all objects. */
function recount(file: H5File): string[] {
  const users = new Map<string, number>();
  const count = (type: number, location: SharedMessage): void => {
    if (location.kind !== "heap") return;
    const bit = 1 << (type === MESSAGE.FILL_VALUE_OLD ? MESSAGE.FILL_VALUE : type);
    const key = `heap ${file.sharedMessages.indexes.findIndex(({ messageTypeFlags }) => (messageTypeFlags & bit) !== 0)} ${Buffer.from(location.heapId).toString("hex")}`;
    const before = users.get(key) ?? 0;
    users.set(key, before + 1);
    if (type === MESSAGE.ATTRIBUTE && before === 0) countParts(file.sharedMessages.read(type, location.heapId));
  };
  const countParts = (data: Uint8Array): void => {
    const { datatype, dataspace } = decodeAttribute(file.storage.cursor(data, "Attribute message", 0));
    if (datatype.shared) count(MESSAGE.DATATYPE, datatype.location);
    if (dataspace.shared) count(MESSAGE.DATASPACE, dataspace.location);
  };
  const objects = [
    file.root(),
    ...file
      .root()
      .links()
      .map(({ target }) => file.object((target as { objectHeaderAddress: number }).objectHeaderAddress)),
  ];
  for (const { header } of objects) {
    for (const { type, flags, data } of header.messages()) {
      if ((flags & MESSAGE_FLAG.SHARED) !== 0)
        count(type, decodeSharedMessage(file.storage.cursor(data, "Message", 0)));
      else if (type === MESSAGE.ATTRIBUTE) countParts(data);
    }
  }
  return [...users].map(([key, n]) => `${key}: ${n}`).sort();
}

/** Of messages whose counted users include one that has it in its header, the heap counts that one, too. */
function recorded(file: H5File): { readonly heap: string[] } {
  const heap: string[] = [];
  file.sharedMessages.indexes.forEach((index, i) => {
    for (const record of sharedMessageRecordsOf(file, index)) {
      if (record.location === "heap")
        heap.push(`heap ${i} ${Buffer.from(record.heapId).toString("hex")}: ${record.referenceCount}`);
      else {
        const message = file.header(record.objectHeaderAddress).all(record.messageType)[record.creationIndex];
        expect(message?.flags ?? 0).toSatisfy((flags: number) => (flags & MESSAGE_FLAG.SHAREABLE) !== 0);
      }
    }
  });
  return { heap: heap.sort() };
}

const edits = fc.array(
  fc.record({
    kind: fc.constantFrom("add", "extend", "attribute", "rename", "delete", "reopen"),
    which: fc.nat(15),
    value: fc.nat(5),
  }),
  { minLength: 10, maxLength: 60 },
);

function apply(file: H5File, kind: string, which: number, value: number): H5File {
  const name = `d${which}`;
  const root = file.root();
  const link = root.link(name);
  if (kind === "reopen") {
    const { target } = file.storage as unknown as { readonly target: MemoryTarget };
    file.close();
    return H5File.open(new MemoryTarget(target.toBytes()), { writable: true });
  }
  if (link === undefined) {
    if (kind === "add") addDataset(file, name, 1 + value);
    return file;
  }
  const object = file.object((link.target as { objectHeaderAddress: number }).objectHeaderAddress);
  if (kind === "extend" && object instanceof DatasetObject) object.setExtent([1 + 2 * value]);
  if (kind === "attribute") addAttribute(object, "name", value);
  if (kind === "rename" && object.attribute("name") && !object.attribute("other"))
    object.renameAttribute("name", "other");
  if (kind === "delete") root.removeLink(name);
  return file;
}

describe("shared messages", () => {
  const settings: SharedMessageSettings[] = [
    { indexes: [{ messageTypeFlags: ALL, minimumMessageSize: 0 }] },
    { indexes: [{ messageTypeFlags: ALL, minimumMessageSize: 0 }], listCutoff: 4, bTreeCutoff: 3 },
    {
      indexes: [
        { messageTypeFlags: ALL & ~0x1000, minimumMessageSize: 0 },
        { messageTypeFlags: 0x1000, minimumMessageSize: 0 },
      ],
      listCutoff: 0,
      bTreeCutoff: 0,
    },
  ];

  test("are counted right after any edits, and gone with their last user", () => {
    fc.assert(
      fc.property(fc.constantFrom(...settings), edits, (sharedMessages, steps) => {
        let file = H5File.create(new MemoryTarget(), { sharedMessages });
        for (const { kind, which, value } of steps) file = apply(file, kind, which, value);
        file.flush();
        const { heap } = recorded(file);
        // A message that was moved from a header into the heap is counted for that header, which keeps it.
        const found = new Map(recount(file).map((line) => line.split(": ") as [string, string]));
        for (const line of heap) {
          const [key, references] = line.split(": ") as [string, string];
          const users = Number(found.get(key) ?? 0);
          expect(Number(references) - users, key).toBeOneOf([0, 1]);
          found.delete(key);
        }
        expect([...found]).toEqual([]);
        for (const { name } of [...file.root().links()]) file.root().removeLink(name);
        for (const { messageCount, indexAddress, heapAddress } of file.sharedMessages.indexes) {
          expect([messageCount, indexAddress, heapAddress]).toEqual([0, -1, -1]);
        }
        file.close();
      }),
      { numRuns: 60 },
    );
  });

  test("leave committed datatypes alone, and small messages", () => {
    const file = H5File.create(new MemoryTarget(), {
      sharedMessages: { indexes: [{ messageTypeFlags: ALL, minimumMessageSize: 100 }] },
    });
    createDatatype(file, PREDEFINED.STD_I32LE);
    addDataset(file, "d", 3);
    addAttribute(createGroup(file), "a", 1);
    expect(file.sharedMessages.indexes.map(({ messageCount }) => messageCount)).toEqual([0]);
    file.close();
  });

  test("of a damaged count, which says that the first user is the last, take what they share along once", () => {
    const file = H5File.create(new MemoryTarget(), {
      sharedMessages: { indexes: [{ messageTypeFlags: 1 << MESSAGE.ATTRIBUTE, minimumMessageSize: 0 }] },
    });
    const link = (name: string, object: EngineObject, from = file.root()): void =>
      from.insertLink(name, { kind: "hard", objectHeaderAddress: object.address });
    const type = createDatatype(file, PREDEFINED.STD_I32LE);
    link("type", type);
    const group = createGroup(file);
    link("group", group);
    for (const name of ["a", "b", "c"]) {
      const user = createGroup(file);
      link(name, user, group);
      user.createAttribute({
        name: "attribute",
        datatype: PREDEFINED.STD_I32LE,
        committedTypeAddress: type.address,
        dataspace: { kind: "scalar", version: 1, dims: [], maxDims: [], maxDimsStored: false },
        bytes: new Uint8Array(4),
      });
    }
    expect(file.header(type.address).linkCount).toBe(2);
    const { sharedMessages } = file;
    const stored = file.header(addressOf(group, "a")).all(MESSAGE.ATTRIBUTE)[0] as StoredMessage;
    const key = sharedMessages.keyOf(MESSAGE.ATTRIBUTE, stored, undefined) as MessageKey;
    const { index, record } = sharedMessages.required(key);
    expect(record).toMatchObject({ location: "heap", referenceCount: 3 });
    index.replace(key, record, { ...record, referenceCount: 1 } as typeof record);
    file.root().removeLink("group");
    expect(sharedMessages.indexes.map(({ messageCount }) => messageCount)).toEqual([0]);
    expect(file.header(type.address).linkCount).toBe(1);
    file.close();
  });

  test("of which there are more than the index says are all left when the last that it counts goes", () => {
    const file = H5File.create(new MemoryTarget(), {
      sharedMessages: { indexes: [{ messageTypeFlags: 1 << MESSAGE.ATTRIBUTE, minimumMessageSize: 0 }] },
    });
    const group = createGroup(file);
    file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    for (const value of [1, 2, 3]) addAttribute(group, `attribute ${value}`, value);
    const stored = group.header.all(MESSAGE.ATTRIBUTE)[0] as StoredMessage;
    const key = file.sharedMessages.keyOf(MESSAGE.ATTRIBUTE, stored, undefined) as MessageKey;
    const { index } = file.sharedMessages.required(key);
    const { host } = index as unknown as { readonly host: { update(fields: SharedMessageIndex["fields"]): void } };
    host.update({ ...index.fields, messageCount: 1 });
    file.root().removeLink("group");
    expect(file.root().links()).toEqual([]);
    expect(file.sharedMessages.indexes.map(({ messageCount, heapAddress }) => [messageCount, heapAddress])).toEqual([
      [0, -1],
    ]);
    file.close();
  });

  test("refuse one type in two indexes", () => {
    const index = { messageTypeFlags: 2, minimumMessageSize: 0 };
    expect(() => H5File.create(new MemoryTarget(), { sharedMessages: { indexes: [index, index] } })).toThrow(
      "the same shared message type flag is assigned to more than one index",
    );
  });
});
