/**
 * Elements with parts of variable length, as version 2.0 of the C library leaves them in the memory of h5wasm.
 *
 * h5wasm itself follows a null pointer, which stands for an empty text, and finds letters of its own at address 0.
 */
import { type Metadata, ready } from "h5wasm/node";
import { decodeUtf8 } from "../../src/base/text.ts";
import { numberOf, textOf } from "../support/engine-model.ts";
import type { ModelMember, ModelType, ModelValue } from "../support/fixture-model.ts";

const Module = await ready;

/** Whether all of an element can be told from memory: text, numbers, sequences of numbers and compounds of them. */
export function hasKnownLeaves(type: ModelType): boolean {
  switch (type.class) {
    case "string":
      return type.size === "variable";
    case "integer":
    case "float":
      return type.order === "LE" && numberReader(type) !== undefined;
    case "vlen": {
      const base = type.base as ModelType;
      return (base.class === "integer" || base.class === "float") && hasKnownLeaves(base);
    }
    case "compound":
      return (type.members as ModelMember[]).every((member) => hasKnownLeaves(member.type));
    default:
      return false;
  }
}

/** The values in all elements that lie from `address` on, one after the other. */
export function leavesInMemory(type: ModelType, metadata: Metadata, address: number): ModelValue[] {
  const values: ModelValue[] = [];
  for (let i = 0; i < metadata.total_size; i++) addLeaves(type, metadata, address + i * metadata.size, values);
  return values;
}

function addLeaves(type: ModelType, metadata: Metadata, address: number, values: ModelValue[]): void {
  const memory = new DataView(Module.HEAPU8.buffer);
  switch (type.class) {
    case "string":
      values.push(textAt(memory.getUint32(address, true)));
      return;
    case "vlen": {
      const base = type.base as ModelType;
      const count = memory.getUint32(address, true);
      const first = memory.getUint32(address + 4, true);
      values.push(count);
      for (let i = 0; i < count; i++) values.push(numberAt(memory, first + i * (base.size as number), base));
      return;
    }
    case "compound":
      (type.members as ModelMember[]).forEach((member, i) => {
        const theirs = metadata.compound_type?.members[i];
        if (theirs === undefined) throw new Error(`h5wasm tells nothing of member ${member.name}`);
        addLeaves(member.type, theirs, address + theirs.offset, values);
      });
      return;
    default:
      values.push(numberAt(memory, address, type));
  }
}

function textAt(pointer: number): ModelValue {
  if (pointer === 0) return "";
  return textOf(decodeUtf8(Module.HEAPU8.subarray(pointer, Module.HEAPU8.indexOf(0, pointer))));
}

type NumberReader = (memory: DataView, address: number) => number | bigint;

const READERS: Readonly<Record<string, NumberReader>> = {
  i1: (memory, address) => memory.getInt8(address),
  i2: (memory, address) => memory.getInt16(address, true),
  i4: (memory, address) => memory.getInt32(address, true),
  i8: (memory, address) => memory.getBigInt64(address, true),
  u1: (memory, address) => memory.getUint8(address),
  u2: (memory, address) => memory.getUint16(address, true),
  u4: (memory, address) => memory.getUint32(address, true),
  u8: (memory, address) => memory.getBigUint64(address, true),
  f4: (memory, address) => memory.getFloat32(address, true),
  f8: (memory, address) => memory.getFloat64(address, true),
};

function numberReader(type: ModelType): NumberReader | undefined {
  const kind = type.class === "float" ? "f" : type.signed ? "i" : "u";
  return type.precision === 8 * (type.size as number) ? READERS[`${kind}${type.size}`] : undefined;
}

function numberAt(memory: DataView, address: number, type: ModelType): ModelValue {
  const read = numberReader(type);
  if (read === undefined) throw new Error(`no number: ${JSON.stringify(type)}`);
  return numberOf(read(memory, address));
}

/** The values of a model in the order of `leavesInMemory`. */
export function leavesOfModel(type: ModelType, value: ModelValue | undefined): ModelValue[] {
  switch (type.class) {
    case "compound": {
      const record = value as Record<string, ModelValue>;
      return (type.members as ModelMember[]).flatMap((member) => leavesOfModel(member.type, record[member.name]));
    }
    case "vlen":
      return [(value as ModelValue[]).length, ...(value as ModelValue[])];
    default:
      return [value as ModelValue];
  }
}
