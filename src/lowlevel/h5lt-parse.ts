/**
 * Datatypes from their text. Reference implementation: H5LTanalyze.l, H5LTparse.y.
 *
 * What those take for granted or pass over in silence is refused here: characters that mean nothing, text behind the
 * end, values that do not fit.
 */
import { DEFAULT_WIDTHS } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { encodeUtf8 } from "../base/text.ts";
import { MAX_RANK } from "../format/dataspace.ts";
import type { Datatype, EnumMember, StringPad } from "../format/datatype.ts";
import { withMember, withMemorySizes } from "../format/datatype-version.ts";
import {
  arrayOf,
  compound,
  enumeration,
  fixedString,
  opaque,
  PREDEFINED,
  variableSequence,
  variableString,
} from "../format/predefined-datatypes.ts";
import { unspecifiedError } from "./api-error.ts";
import { integerBytes, isInteger } from "./type-composite.ts";

const MAX_DEPTH = 64;
const TOKEN = /\s*(?:"([^"]*)"|([A-Za-z_][A-Za-z_0-9]*)|(-?\d+)|([{}[\]:;]))/y;
const PADS: Readonly<Record<string, StringPad>> = {
  H5T_STR_NULLTERM: "null-terminate",
  H5T_STR_NULLPAD: "null-pad",
  H5T_STR_SPACEPAD: "space-pad",
};

type Token =
  | { readonly kind: "text" | "word" | "sign"; readonly value: string }
  | { readonly kind: "number"; readonly value: bigint };

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const found = TOKEN.exec(text);
    if (found === null) throw wrongText();
    const [, quoted, word, digits, sign] = found;
    if (quoted !== undefined) tokens.push({ kind: "text", value: quoted });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else if (digits !== undefined) tokens.push({ kind: "number", value: BigInt(digits) });
    else tokens.push({ kind: "sign", value: sign as string });
  }
  return tokens;
}

function wrongText() {
  return unspecifiedError("H5LTtext_to_dtype");
}

/** With sizes as in the C library's memory. @throws RuntimeError when the text means nothing. */
export function parseTypeText(text: string): Datatype {
  const parser = new TypeParser(tokensOf(text));
  return parser.whole();
}

class TypeParser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Datatype {
    const type = this.type();
    if (this.at < this.tokens.length) throw wrongText();
    return type;
  }

  private sees(value: string): boolean {
    const token = this.tokens[this.at];
    return token !== undefined && (token.kind === "sign" || token.kind === "word") && token.value === value;
  }

  private expect(...values: string[]): void {
    for (const value of values) {
      if (!this.sees(value)) throw wrongText();
      this.at++;
    }
  }

  private take(kind: "text" | "word"): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== kind) throw wrongText();
    return token.value;
  }

  private number(): bigint {
    const token = this.tokens[this.at++];
    if (token?.kind !== "number") throw wrongText();
    return token.value;
  }

  private size(): number {
    const value = Number(this.number());
    if (!Number.isSafeInteger(value) || value < 0) throw wrongText();
    return value;
  }

  private type(): Datatype {
    if (++this.depth > MAX_DEPTH) throw wrongText();
    const type = this.typeOf(this.take("word"));
    this.depth--;
    return type;
  }

  private typeOf(word: string): Datatype {
    switch (word) {
      case "H5T_COMPOUND":
        return this.compound();
      case "H5T_ENUM":
        return this.enumeration();
      case "H5T_ARRAY":
        return this.array();
      case "H5T_VLEN": {
        this.expect("{");
        const base = this.type();
        this.expect("}");
        return variableSequence(base);
      }
      case "H5T_OPAQUE":
        return this.opaque();
      case "H5T_STRING":
        return this.string();
      case "H5T_REFERENCE":
        return this.reference();
      default:
        return namedNumber(word);
    }
  }

  private compound(): Datatype {
    this.expect("{");
    let made = compound([], 0);
    let { size } = made;
    while (!this.sees("}")) {
      const type = this.type();
      const name = this.take("text");
      let byteOffset = 0;
      if (this.sees(":")) {
        this.at++;
        byteOffset = this.size();
      }
      this.expect(";");
      // No offset and offset 0 are one: behind what there is.
      if (byteOffset === 0) byteOffset = size;
      const end = byteOffset + type.size;
      const clash = made.members.some(
        (other) => other.name === name || (byteOffset < other.byteOffset + other.type.size && other.byteOffset < end),
      );
      if (name === "" || clash) throw wrongText();
      made = withMember(made, { name, byteOffset, type });
      size = Math.max(size, end);
    }
    this.expect("}");
    return { ...made, size: Math.max(size, 1) };
  }

  private enumeration(): Datatype {
    this.expect("{");
    const base = this.type();
    this.expect(";");
    if (!isInteger(base)) throw wrongText();
    const members: EnumMember[] = [];
    const [names, values] = [new Set<string>(), new Set<bigint>()];
    while (!this.sees("}")) {
      const name = this.take("text");
      const value = this.number();
      this.expect(";");
      if (name === "" || names.has(name) || values.has(value)) throw wrongText();
      names.add(name);
      values.add(value);
      members.push({ name, value: integerBytes(value, base) });
    }
    this.expect("}");
    return enumeration(base, members);
  }

  private array(): Datatype {
    this.expect("{");
    const dims: number[] = [];
    while (this.sees("[")) {
      this.at++;
      dims.push(this.size());
      this.expect("]");
    }
    const base = this.type();
    this.expect("}");
    if (dims.length === 0 || dims.length > MAX_RANK || dims.includes(0)) throw wrongText();
    if (!Number.isSafeInteger(product(dims) * base.size)) throw wrongText();
    return arrayOf(base, dims);
  }

  private opaque(): Datatype {
    this.expect("{", "OPQ_SIZE");
    const size = this.size();
    this.expect(";", "OPQ_TAG");
    const tag = this.take("text");
    this.expect(";", "}");
    if (size === 0 || encodeUtf8(tag).length > 255) throw wrongText();
    return { ...opaque(size), tag };
  }

  private string(): Datatype {
    this.expect("{", "STRSIZE");
    let size: number | undefined;
    if (this.sees("H5T_VARIABLE")) this.at++;
    else size = this.size();
    this.expect(";", "STRPAD");
    const padding = PADS[this.take("word")];
    this.expect(";", "CSET");
    const set = this.take("word");
    this.expect(";", "CTYPE");
    const kind = this.take("word");
    this.expect(";", "}");
    const knownSet = set === "H5T_CSET_UTF8" || set === "H5T_CSET_ASCII";
    const knownKind = kind === "H5T_C_S1" || kind === "H5T_FORTRAN_S1";
    if (padding === undefined || size === 0 || !knownSet || !knownKind) throw wrongText();
    const characterSet = set === "H5T_CSET_UTF8" ? "utf-8" : "ascii";
    if (size === undefined) return withMemorySizes(variableString(characterSet, padding, DEFAULT_WIDTHS));
    return fixedString(size, padding, characterSet);
  }

  private reference(): Datatype {
    this.expect("{");
    const word = this.take("word");
    this.expect("}");
    if (word === "H5T_STD_REF_OBJECT" || word === "H5T_STD_REF_OBJ") return PREDEFINED.STD_REF_OBJ;
    if (word === "H5T_STD_REF_DSETREG") return PREDEFINED.STD_REF_DSETREG;
    throw wrongText();
  }
}

/** A number by the name of its datatype, standard or native. */
function namedNumber(word: string): Datatype {
  const name = word.replace(/^H5T_/, "");
  if (name === word || !Object.hasOwn(PREDEFINED, name)) throw wrongText();
  const type = PREDEFINED[name as keyof typeof PREDEFINED];
  const isNumber = type.class === "fixed-point" || type.class === "floating-point" || type.class === "complex";
  if (!isNumber) throw wrongText();
  return type;
}
