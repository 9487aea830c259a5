/** Datatypes from the texts that numpy takes: the counterpart of `dtype-text.ts`. */
import { HDF5Error } from "../../base/errors.ts";
import type { ByteOrder, Datatype, FloatingPointType } from "../../format/datatype.ts";
import {
  arrayOf,
  booleanEnum,
  fixedPoint,
  fixedString,
  float,
  opaque,
  PREDEFINED,
  packedCompound,
  variableString,
} from "../../format/predefined-datatypes.ts";
import { HOST_BYTE_ORDER } from "./numeric-layout.ts";
import { numpyTimeText, parseNumpyTime } from "./numpy-times.ts";

/** Kind and size on a 64-bit host, and the names and one-letter codes that stand for it. */
const ALIASES: readonly (readonly [code: string, names: string])[] = [
  ["b1", "bool bool_ ?"],
  ["i1", "byte b"],
  ["u1", "ubyte B"],
  ["i2", "short h"],
  ["u2", "ushort H"],
  ["i4", "intc i"],
  ["u4", "uintc I"],
  ["i8", "int int_ long longlong intp l q p"],
  ["u8", "uint ulong ulonglong uintp L Q P"],
  ["f2", "half e"],
  ["f4", "single f"],
  ["f8", "float double d"],
  ["f16", "longdouble g"],
  ["c16", "complex cdouble D"],
  ["c8", "csingle F"],
  ["O", "object object_"],
  ["str", "str str_"],
];

const SPELLED_OUT = /^(int|uint|float|complex)(8|16|32|64|128)$/;
const CODE = /^([biufcSVUO])(\d*)$/;
/** A code with how often an element holds it, as a shape or a number: `(2, 3)<f8`, `3i4`. */
const REPEATED = /^([<>=|]?)\s*(\([\d\s,]*\)|\d+)\s*([<>=|]?)\s*([A-Za-z?]\w*)$/;
const COMMA_OUTSIDE_SHAPES = /,(?![^(]*\))/;

/**
 * The datatype that h5py gives to a numpy dtype of this text.
 *
 * `bool` is the enumeration of FALSE and TRUE, complex numbers are compounds of r and i, `S10` is NUL-padded, `V7`
 * opaque. `str` is a variable-length UTF-8 string, as for h5py's `string_dtype()`. `(3,)<i4` is an array of three,
 * `i4, f8` a compound of members f0 and f1.
 *
 * @throws HDF5Error "argument", named TypeError, in numpy's or h5py's words.
 */
export function parseDtype(text: string): Datatype {
  const trimmed = text.trim();
  if (/^\[|^\(\s*['"[(]/.test(trimmed)) return new DtypeParser(text).whole();
  return commaSeparated(text);
}

/** Codes with commas between them are the members of a compound. */
function commaSeparated(text: string): Datatype {
  const parts = text.split(COMMA_OUTSIDE_SHAPES);
  if (parts.length === 1) return repeatedType(text);
  return packedCompound(parts.map((part, i) => ({ name: `f${i}`, type: repeatedType(part.trim()) })));
}

function repeatedType(text: string): Datatype {
  const match = REPEATED.exec(text.trim());
  if (match === null) return scalarType(text);
  const [, before = "", times = "", after = "", code = ""] = match;
  if (before !== "" && after !== "" && before !== after) {
    const error = new HDF5Error("argument", `inconsistent byte-order specification ${before} and ${after}`);
    error.name = "ValueError";
    throw error;
  }
  const base = scalarType((after || before) + code);
  if (!times.startsWith("(")) return times === "1" ? base : arrayOf(base, [dimensionOf(times, text)]);
  const inner = times.slice(1, -1).trim();
  if (inner === "") return base;
  if (!inner.includes(",")) throw notUnderstood(text);
  return arrayOf(
    base,
    inner
      .replace(/,$/, "")
      .split(",")
      .map((digits) => dimensionOf(digits.trim(), text)),
  );
}

function dimensionOf(digits: string, text: string): number {
  const size = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
  if (size === 0) throw notUnderstood(text);
  return size;
}

/** An error with Python's class in its name, as the API floor has them. */
function typeError(message: string): HDF5Error {
  const error = new HDF5Error("argument", message);
  error.name = "TypeError";
  return error;
}

function notUnderstood(text: string): HDF5Error {
  return typeError(`data type '${text}' not understood`);
}

function scalarType(text: string): Datatype {
  const prefixed = /^[<>=|]/.test(text);
  const byteOrder: ByteOrder = text[0] === ">" ? "big-endian" : text[0] === "<" ? "little-endian" : HOST_BYTE_ORDER;
  const name = prefixed ? text.slice(1) : text;
  const code = codeOf(name);
  if (code === "str") return variableString();
  const time = parseNumpyTime(text);
  if (time !== undefined) throw typeError(`No conversion path for dtype: dtype('${numpyTimeText(time)}')`);
  const match = CODE.exec(code);
  if (match === null) throw notUnderstood(text);
  const [, kind = "", digits = ""] = match;
  const type = typeOfCode(kind, digits === "" ? undefined : Number(digits), byteOrder, text);
  if (type === undefined) throw notUnderstood(text);
  return type;
}

function codeOf(name: string): string {
  const alias = ALIASES.find(([, names]) => names.split(" ").includes(name));
  if (alias !== undefined) return alias[0];
  const spelled = SPELLED_OUT.exec(name);
  if (spelled === null) return name;
  const [, kind = "", bits = ""] = spelled;
  return `${kind[0]}${Number(bits) / 8}`;
}

function typeOfCode(kind: string, size: number | undefined, byteOrder: ByteOrder, text: string): Datatype | undefined {
  switch (kind) {
    case "b":
      return size === 1 ? booleanEnum() : undefined;
    case "i":
    case "u":
      return size === 1 || size === 2 || size === 4 || size === 8
        ? fixedPoint(size, kind === "i", byteOrder)
        : undefined;
    case "f":
      return size === undefined ? undefined : floatOfSize(size, byteOrder);
    case "c":
      return size === undefined ? undefined : complexOfSize(size, byteOrder);
    case "S":
      return sized(size, text, (bytes) => fixedString(bytes, "null-pad"));
    case "V":
      return sized(size, text, (bytes) => opaque(bytes));
    case "O":
      throw typeError("Object dtype dtype('O') has no native HDF5 equivalent");
    default:
      throw typeError(`No conversion path for dtype: dtype('${text}')`);
  }
}

function sized(size: number | undefined, text: string, make: (bytes: number) => Datatype): Datatype {
  if (size === undefined || size === 0) throw typeError(`data type '${text}' has no size`);
  return make(size);
}

function floatOfSize(size: number, byteOrder: ByteOrder): FloatingPointType | undefined {
  if (size === 2 || size === 4 || size === 8) return float(size, byteOrder);
  return size === 16 ? { ...PREDEFINED.NATIVE_LDOUBLE, byteOrder } : undefined;
}

function complexOfSize(size: number, byteOrder: ByteOrder): Datatype | undefined {
  if (size !== 8 && size !== 16) return undefined;
  const part = float(size === 8 ? 4 : 8, byteOrder);
  return packedCompound([
    { name: "r", type: part },
    { name: "i", type: part },
  ]);
}

/** Python literals as far as dtypes need them: `[('name', format), ('name', format, shape)]` and `(format, shape)`. */
class DtypeParser {
  private readonly text: string;
  private position = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  whole(): Datatype {
    const type = this.format();
    this.spaces();
    if (this.position !== this.text.length) throw notUnderstood(this.text);
    return type;
  }

  private spaces(): void {
    while (/\s/.test(this.text[this.position] ?? "")) this.position++;
  }

  private accept(character: string): boolean {
    this.spaces();
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private expect(character: string): void {
    if (!this.accept(character)) throw notUnderstood(this.text);
  }

  private format(): Datatype {
    if (++this.depth > 64) throw notUnderstood(this.text);
    try {
      if (this.accept("[")) return this.fields();
      if (!this.accept("(")) return commaSeparated(this.string());
      const base = this.format();
      this.expect(",");
      const type = arrayOf(base, this.shape());
      this.expect(")");
      return type;
    } finally {
      this.depth--;
    }
  }

  private fields(): Datatype {
    const members: { name: string; type: Datatype }[] = [];
    const names = new Set<string>();
    while (!this.accept("]")) {
      this.expect("(");
      const name = this.string();
      if (names.has(name)) throw typeError(`field '${name}' occurs more than once`);
      names.add(name);
      this.expect(",");
      const base = this.format();
      const type = this.accept(",") ? arrayOf(base, this.shape()) : base;
      this.expect(")");
      members.push({ name, type });
      if (!this.accept(",")) {
        this.expect("]");
        break;
      }
    }
    if (members.length === 0) throw notUnderstood(this.text);
    return packedCompound(members);
  }

  private shape(): number[] {
    const dims: number[] = [];
    this.expect("(");
    while (!this.accept(")")) {
      this.spaces();
      const digits = /^\d{1,9}/.exec(this.text.slice(this.position, this.position + 9))?.[0];
      if (digits === undefined || Number(digits) === 0) throw notUnderstood(this.text);
      this.position += digits.length;
      dims.push(Number(digits));
      if (!this.accept(",")) {
        this.expect(")");
        break;
      }
    }
    if (dims.length === 0) throw notUnderstood(this.text);
    return dims;
  }

  private string(): string {
    this.spaces();
    const quote = this.text[this.position];
    if (quote !== "'" && quote !== '"') throw notUnderstood(this.text);
    let value = "";
    for (let i = this.position + 1; i < this.text.length; i++) {
      const character = this.text[i] as string;
      if (character === quote) {
        this.position = i + 1;
        return value;
      }
      if (character === "\\") {
        i++;
        const escaped = this.text[i] ?? "";
        value += escaped === "n" ? "\n" : escaped === "t" ? "\t" : escaped;
      } else {
        value += character;
      }
    }
    throw notUnderstood(this.text);
  }
}
