/**
 * Elements that are compared one by one, whatever their datatype.
 *
 * Reference implementation: h5diff_array.c, `diff_array`, `diff_datum`.
 */
import { readSequence } from "../../engine/conversion/heap-elements.ts";
import type { H5File } from "../../engine/h5-file.ts";
import type { Box } from "../../engine/selection/boxes.ts";
import type {
  ArrayType,
  BitfieldType,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  StringType,
  VariableLengthType,
} from "../../format/datatype.ts";
import { containsType, datatypesEqual } from "../../format/datatype-questions.ts";
import { elementContextOf } from "../../lowlevel/element-context.ts";
import { paddedName } from "../byte-text.ts";
import { printf } from "../c-printf.ts";
import { bitfieldReader, floatReader, integerReader, nativeFloatOf } from "../number-reader.ts";
import { dimensionsText } from "./comparable.ts";
import { differenceText, type NumberForm } from "./numbers.ts";
import type { DiffState } from "./state.ts";
import { type ComparedString, compareStrings, fixedStrings, variableString } from "./strings.ts";

/** One of the two datasets or attributes. */
export interface ElementSide {
  readonly file: H5File;
  readonly datatype: Datatype;
  /** In the heading of differences. */
  readonly name: string;
}

/** Bytes with elements in them. */
export class ElementBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** The number of differences between two elements. */
type Compare = (one: ElementBytes, offset1: number, two: ElementBytes, offset2: number) => number;

/** What references lead to is compared by others. */
export type CompareReferences = (
  kind: Extract<Datatype, { class: "reference" }>["kind"],
  bytes1: Uint8Array,
  bytes2: Uint8Array,
  names: {
    readonly name1: string;
    readonly name2: string;
    /** Whether the reference is a part of an element. */
    readonly isPart: boolean;
  },
) => number;

const SPACES = " ".repeat(10);

export class ElementComparison {
  private readonly state: DiffState;
  private readonly one: ElementSide;
  private readonly two: ElementSide;
  private readonly dims: readonly number[];
  private readonly compareReferences: CompareReferences;
  private readonly compare: Compare;
  private isHeaded = false;
  /** Of the element that is compared; told only when it differs. */
  private position: () => readonly number[] = () => [];

  constructor(
    state: DiffState,
    one: ElementSide,
    two: ElementSide,
    dims: readonly number[],
    compareReferences: CompareReferences,
  ) {
    this.state = state;
    this.one = one;
    this.two = two;
    this.dims = dims;
    this.compareReferences = compareReferences;
    this.compare = this.comparisonOf(one.datatype, two.datatype);
  }

  /**
   * Compares the elements of a box.
   *
   * @param found - Differences so far, of which there may be enough.
   * @returns Differences so far and in the box.
   */
  box(bytes1: Uint8Array, bytes2: Uint8Array, { origin, size }: Box, found: number): number {
    const { datatype: type1 } = this.one;
    const { datatype: type2 } = this.two;
    const count = Math.floor(bytes1.length / type1.size);
    const [one, two] = [new ElementBytes(bytes1), new ElementBytes(bytes2)];
    const next =
      isPlain(type1) && datatypesEqual(type1, type2) ? differingElement(bytes1, bytes2, type1.size) : everyElement;
    let total = found;
    for (let i = next(0); i < count; i = next(i + 1)) {
      this.position = () => at(origin, size, i);
      total += this.compare(one, i * type1.size, two, i * type2.size);
      if (this.state.isEnough(total)) return total;
    }
    return total;
  }

  /** Elements at positions that a list gives. */
  points(bytes1: Uint8Array, bytes2: Uint8Array, positions: readonly (readonly number[])[]): number {
    const [one, two] = [new ElementBytes(bytes1), new ElementBytes(bytes2)];
    let total = 0;
    for (const [i, position] of positions.entries()) {
      this.position = () => position;
      total += this.compare(one, i * this.one.datatype.size, two, i * this.two.datatype.size);
      if (this.state.isEnough(total)) break;
    }
    return total;
  }

  /** @param look - `scalarPlace` stands where others have their position. */
  private tell(columns: string, { isRelative = false, scalarPlace = " ".repeat(6) } = {}): void {
    if (!this.state.tellsValues) return;
    if (!this.isHeaded) this.head(isRelative);
    const place =
      this.dims.length === 0
        ? scalarPlace
        : `[ ${this.position()
            .map((at) => `${at} `)
            .join("")}]`;
    this.state.writeBytes(`${place}${SPACES}${columns}`);
  }

  private head(isRelative: boolean): void {
    this.isHeaded = true;
    const extent = dimensionsText(this.dims);
    this.state.write(`size:           ${extent}           ${extent}\n`);
    const names = `${"position".padEnd(15)} ${paddedName(this.one.name, 15)} ${paddedName(this.two.name, 15)}`;
    const rest = isRelative ? `${"difference".padEnd(15)} ${"relative".padEnd(15)}` : "difference".padEnd(20);
    this.state.write(`${names} ${rest}\n${"-".repeat(isRelative ? 72 : 60)}\n`);
  }

  /** Members and items may be of other sizes, not of other classes. */
  private comparisonOf(type1: Datatype, type2: Datatype): Compare {
    if (type1.class !== type2.class) return () => 0;
    switch (type1.class) {
      case "fixed-point":
        return this.integers(type1, type2 as FixedPointType);
      case "floating-point":
        return this.floats(type1, type2 as FloatingPointType);
      case "bitfield":
        return this.bitfields(type1, type2 as BitfieldType);
      case "opaque":
        return this.opaques(type1.size, type2.size);
      case "string":
        return this.strings(type1, type2 as StringType);
      case "enum":
        return this.enums(type1, type2 as EnumType);
      case "compound":
        return this.compounds(type1, type2 as CompoundType);
      case "array":
        return this.arrays(type1, type2 as ArrayType);
      case "variable-length":
        return this.sequences(type1, type2 as VariableLengthType);
      case "reference":
        return this.references(type1.kind, type1.size, type2.size);
      case "complex":
        return this.complexes(type1.base, (type2 as typeof type1).base);
      case "time":
        return () => 0;
      default:
        return type1 satisfies never;
    }
  }

  private number(a: number | bigint, b: number | bigint, form: NumberForm): number {
    const text = differenceText(a, b, form, this.state.options);
    if (text === undefined) return 0;
    this.tell(text, { isRelative: this.state.options.relative !== undefined });
    return 1;
  }

  private integers(type1: FixedPointType, type2: FixedPointType): Compare {
    const [read1, read2] = [integerReader(type1), integerReader(type2)];
    return (one, offset1, two, offset2) => {
      const [a, b] = [read1(one.view, offset1), read2(two.view, offset2)];
      return a === b ? 0 : this.number(a, b, "integer");
    };
  }

  private floats(type1: FloatingPointType, type2: FloatingPointType): Compare {
    const [read1, read2] = [floatReader(type1), floatReader(type2)];
    const wider = type1.size >= type2.size ? type1 : type2;
    const native = nativeFloatOf(wider);
    const form = native === "half" ? "single" : native;
    return (one, offset1, two, offset2) => {
      const [a, b] = [doubleOf(read1(one.view, offset1)), doubleOf(read2(two.view, offset2))];
      return a === b ? 0 : this.number(a, b, form);
    };
  }

  private complexes(base1: Datatype, base2: Datatype): Compare {
    const part = this.comparisonOf(base1, base2);
    return (one, offset1, two, offset2) =>
      part(one, offset1, two, offset2) + part(one, offset1 + base1.size, two, offset2 + base2.size);
  }

  private byte(a: number, b: number): number {
    if (a === b) return 0;
    this.tell(printf("%-15d %-15d %-15d\n", a, b, Math.abs(a - b)));
    return 1;
  }

  private bitfields(type1: BitfieldType, type2: BitfieldType): Compare {
    const [read1, read2] = [bitfieldReader(type1), bitfieldReader(type2)];
    return (one, offset1, two, offset2) => {
      const [a, b] = [read1(one.view, offset1), read2(two.view, offset2)];
      return a.reduce((found, byte, i) => found + this.byte(byte, b[i] ?? 0), 0);
    };
  }

  private opaques(size1: number, size2: number): Compare {
    const size = Math.min(size1, size2);
    return (one, offset1, two, offset2) => {
      let found = 0;
      for (let i = 0; i < size; i++) {
        found += this.byte(one.bytes[offset1 + i] as number, two.bytes[offset2 + i] as number);
      }
      return found;
    };
  }

  private strings(type1: StringType, type2: StringType): Compare {
    const [read1, read2] = fixedStrings(type1, type2);
    return (one, offset1, two, offset2) => this.characters(read1(one.bytes, offset1), read2(two.bytes, offset2));
  }

  private characters(one: ComparedString, two: ComparedString): number {
    return compareStrings(one, two, (position, first, second) => {
      this.tell(`  ${first}${" ".repeat(12)}${second}\n`, { scalarPlace: `[ ${position}]` });
    });
  }

  private enums(type1: EnumType, type2: EnumType): Compare {
    const [names1, names2] = [enumNames(type1), enumNames(type2)];
    return (one, offset1, two, offset2) => {
      const a = names1(one.bytes, offset1);
      const b = names2(two.bytes, offset2);
      if (a !== undefined && a === b) return 0;
      if (a === undefined && b === undefined && sameBytes(one, offset1, two, offset2, type1.size)) return 0;
      const text = (name: string | undefined) => name ?? "**INVALID VALUE**";
      this.tell(printf("%-16s %-17s\n", text(a), text(b)));
      return 1;
    };
  }

  private compounds(type1: CompoundType, type2: CompoundType): Compare {
    const members = type1.members.map((member, i) => {
      const other = type2.members[i] as CompoundType["members"][number];
      const compare = this.comparisonOf(member.type, other.type);
      return { compare, from: member.byteOffset, to: other.byteOffset };
    });
    return (one, offset1, two, offset2) => {
      let found = 0;
      for (const { compare, from, to } of members) found += compare(one, offset1 + from, two, offset2 + to);
      return found;
    };
  }

  private arrays(type1: ArrayType, type2: ArrayType): Compare {
    const item = this.comparisonOf(type1.base, type2.base);
    const [step1, step2] = [type1.base.size, type2.base.size];
    const count = Math.min(type1.size / step1, type2.size / step2);
    return (one, offset1, two, offset2) => {
      let found = 0;
      for (let i = 0; i < count; i++) found += item(one, offset1 + i * step1, two, offset2 + i * step2);
      return found;
    };
  }

  private sequences(type1: VariableLengthType, type2: VariableLengthType): Compare {
    const [context1, context2] = [elementContextOf(this.one.file), elementContextOf(this.two.file)];
    const item = type1.kind === "sequence" ? this.comparisonOf(type1.base, type2.base) : undefined;
    const [step1, step2] = [type1.base.size, type2.base.size];
    return (one, offset1, two, offset2) => {
      const first = readSequence(type1, one.bytes, offset1, context1);
      const second = readSequence(type2, two.bytes, offset2, context2);
      if (item === undefined) return this.characters(variableString(first.bytes), variableString(second.bytes));
      const [inner1, inner2] = [new ElementBytes(first.bytes), new ElementBytes(second.bytes)];
      const count = Math.min(first.count, second.count);
      // Items that the other one lacks are differences, though there is nothing to show beside them.
      let found = Math.max(first.count, second.count) - count;
      for (let i = 0; i < count; i++) found += item(inner1, i * step1, inner2, i * step2);
      return found;
    };
  }

  private references(kind: Parameters<CompareReferences>[0], size1: number, size2: number): Compare {
    const names = { name1: this.one.name, name2: this.two.name, isPart: this.one.datatype.class !== "reference" };
    return (one, offset1, two, offset2) => {
      const bytes1 = one.bytes.subarray(offset1, offset1 + size1);
      const bytes2 = two.bytes.subarray(offset2, offset2 + size2);
      const isNull1 = bytes1.every((byte) => byte === 0);
      const isNull2 = bytes2.every((byte) => byte === 0);
      if (isNull1 || isNull2) return isNull1 === isNull2 ? 0 : 1;
      return this.compareReferences(kind, bytes1, bytes2, names);
    };
  }
}

/** Whether equal bytes are equal elements; an empty string may have anything behind its end. */
function isPlain(type: Datatype): boolean {
  return !containsType(type, (inner) => inner.class === "variable-length" || inner.class === "reference");
}

const everyElement = (from: number): number => from;

/** The first element from one on whose bytes differ. */
function differingElement(bytes1: Uint8Array, bytes2: Uint8Array, size: number): (from: number) => number {
  const end = Math.min(bytes1.length, bytes2.length);
  return (from) => {
    let i = from * size;
    while (i < end && bytes1[i] === bytes2[i]) i++;
    return Math.floor(i / size);
  };
}

function at(origin: readonly number[], size: readonly number[], index: number): number[] {
  const position: number[] = new Array(size.length);
  let rest = index;
  for (let d = size.length - 1; d >= 0; d--) {
    const count = size[d] as number;
    position[d] = (origin[d] as number) + (rest % count);
    rest = Math.floor(rest / count);
  }
  return position;
}

function doubleOf(value: ReturnType<ReturnType<typeof floatReader>>): number {
  if (typeof value === "number") return value;
  if (value.kind === "nan") return Number.NaN;
  const magnitude = value.kind === "infinite" ? Number.POSITIVE_INFINITY : scaled(value.mantissa, value.exponent);
  return value.negative ? -magnitude : magnitude;
}

/** In two steps, so that no intermediate result leaves the range of doubles. */
function scaled(mantissa: bigint, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half);
}

function sameBytes(one: ElementBytes, offset1: number, two: ElementBytes, offset2: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (one.bytes[offset1 + i] !== two.bytes[offset2 + i]) return false;
  return true;
}

/** The name of a value, found by its bytes. */
function enumNames(type: EnumType): (bytes: Uint8Array, offset: number) => string | undefined {
  const names = new Map(type.members.map(({ name, value }) => [value.join(), name]));
  return (bytes, offset) => names.get(bytes.subarray(offset, offset + type.size).join());
}
