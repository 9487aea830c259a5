/**
 * An expression over `x` that numbers go through on their way: `(5/9.0)*(x-32)`.
 *
 * Reference implementation: H5Ztrans.c, with its rules: constants are folded first, integers among them as integers (5/9 is
 * 0); each operation with a constant is done in doubles and its result cast to the elements' type, one of elements with
 * elements is done in their type. Results that do not fit wrap around.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { Datatype } from "../../format/datatype.ts";
import { allocateNumeric, bytesOf, isHostOrder, type NumericArray, numericLayoutOf } from "./numeric-layout.ts";

type Operator = "+" | "-" | "*" | "/";

type Expression =
  | { readonly kind: "constant"; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: "elements" }
  | { readonly kind: "operation"; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

interface Token {
  readonly kind: "integer" | "float" | "symbol" | "end" | Operator | "(" | ")";
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<float>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?<integer>\d+)|(?<symbol>[A-Za-z][A-Za-z0-9]*)|(?<mark>[-+*/()]))/y;
const ZERO: Expression = { kind: "constant", value: 0, isInteger: true };
/** Elements taken through the expression at a time. */
const BLOCK = 4096;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      throw new HDF5Error("argument", `Unknown H5Z_token in data transform expression: "${text.slice(at, end)}"`);
    }
    const { float, integer, symbol, mark } = groups;
    if (float !== undefined) tokens.push({ kind: "float", text: float });
    else if (integer !== undefined) tokens.push({ kind: "integer", text: integer });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else tokens.push({ kind: mark as Operator, text: mark as string });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  #next(): Token {
    return this.#tokens[this.#at++] ?? { kind: "end", text: "" };
  }

  /** Terms, added up. What follows must close a parenthesis, and is otherwise refused. */
  expression(): Expression {
    let sum = this.#term();
    for (;;) {
      const token = this.#next();
      if (token.kind === "end" || token.kind === ")") {
        this.#at--;
        return sum;
      }
      if (token.kind !== "+" && token.kind !== "-")
        throw new HDF5Error("argument", "Error parsing data transform expression");
      sum = operation(token.kind, sum, this.#term());
    }
  }

  #term(): Expression {
    let factor = this.#factor();
    for (;;) {
      const token = this.#next();
      if (token.kind !== "*" && token.kind !== "/") {
        this.#at--;
        return factor;
      }
      factor = operation(token.kind, factor, this.#factor());
    }
  }

  #factor(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case "integer":
        return { kind: "constant", value: Number(token.text), isInteger: true };
      case "float":
        return { kind: "constant", value: Number(token.text), isInteger: false };
      case "symbol":
        // The C library takes longer names for several variables.
        if (token.text.replace(/\d/g, "").length === 1) return { kind: "elements" };
        throw new HDF5Error("argument", `did not find correct number of "variables" in "${token.text}"`);
      case "(": {
        const inside = this.expression();
        if (this.#next().kind !== ")") throw new HDF5Error("argument", "Syntax error in data transform expression");
        return inside;
      }
      case "+":
      case "-":
        return this.#signed(token.kind);
      default:
        throw new HDF5Error("argument", "Invalid token while parsing data transform expression");
    }
  }

  /** A sign stands before a number or a variable, not before a parenthesis or another sign. */
  #signed(sign: "+" | "-"): Expression {
    const { kind } = this.#tokens[this.#at] ?? { kind: "end" };
    if (kind !== "integer" && kind !== "float" && kind !== "symbol") {
      throw new HDF5Error("argument", "Error parsing data transform expression");
    }
    return operation(sign, ZERO, this.#factor());
  }
}

/** Constants are folded on the way. */
function operation(operator: Operator, left: Expression, right: Expression): Expression {
  if (left.kind !== "constant" || right.kind !== "constant") return { kind: "operation", operator, left, right };
  const isInteger = left.isInteger && right.isInteger;
  if (isInteger && operator === "/" && right.value === 0) throw divisionByZero();
  const value = calculate(operator, left.value, right.value);
  return { kind: "constant", value: isInteger ? Math.trunc(value) | 0 : value, isInteger };
}

function divisionByZero(): HDF5Error {
  return new HDF5Error("conversion", "division by zero in data transform expression");
}

function calculate(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    default:
      return left / right;
  }
}

export class DataTransform {
  readonly #expression: Expression;

  /** @throws HDF5Error "argument" for what is no such expression. */
  constructor(text: string) {
    this.#expression = new Parser(text).expression();
  }

  /** Whether elements stay as they are: the expression is a variable alone. C: `H5Z_xform_noop`. */
  get isIdentity(): boolean {
    return this.#expression.kind === "elements";
  }

  /**
   * Takes `count` packed elements through the expression, in place.
   *
   * @param offset - In bytes.
   * @throws HDF5Error "conversion" for elements that are no numbers of the machine, and when integers are divided by zero.
   */
  apply(type: Datatype, bytes: Uint8Array, offset: number, count: number): void {
    const layout = type.class === "fixed-point" || type.class === "floating-point" ? numericLayoutOf(type) : undefined;
    if (layout === undefined || !isHostOrder(layout) || layout.kind === "float16") {
      throw new HDF5Error("conversion", "Cannot perform data transform on this type.");
    }
    const elements = allocateNumeric(layout.kind, Math.min(count, BLOCK));
    const inBlock = bytesOf(elements);
    for (let done = 0; done < count; done += BLOCK) {
      const length = Math.min(BLOCK, count - done);
      const at = offset + done * layout.size;
      const byteLength = length * layout.size;
      inBlock.set(bytes.subarray(at, at + byteLength));
      const result = evaluate(this.#expression, elements.subarray(0, length));
      const cast = typeof result === "number" ? castConstant(result, elements.subarray(0, length)) : result;
      bytes.set(bytesOf(cast).subarray(0, byteLength), at);
    }
  }
}

/** An array of the elements' type, or a number where no element takes part. */
function evaluate(expression: Expression, elements: NumericArray): NumericArray | number {
  if (expression.kind === "constant") return expression.value;
  if (expression.kind === "elements") return elements;
  const left = evaluate(expression.left, elements);
  const right = evaluate(expression.right, elements);
  const result = elements.slice();
  if (result instanceof BigInt64Array || result instanceof BigUint64Array) {
    combineBig(expression.operator, left as BigInt64Array | number, right as BigInt64Array | number, result);
  } else {
    combine(expression.operator, left as Float64Array | number, right as Float64Array | number, result as Float64Array);
  }
  return result;
}

function castConstant(value: number, like: NumericArray): NumericArray {
  const cast = like.slice();
  if (cast instanceof BigInt64Array || cast instanceof BigUint64Array) cast.fill(toBig(value));
  else cast.fill(value);
  return cast;
}

/** Truncates; what is no number becomes 0, as in typed arrays. */
function toBig(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function isFloatArray(array: NumericArray): boolean {
  return array instanceof Float32Array || array instanceof Float64Array;
}

/** Storing into the array is the cast; 32-bit integers are multiplied exactly. */
function combine(
  operator: Operator,
  left: Float64Array | number,
  right: Float64Array | number,
  out: Float64Array,
): void {
  const { length } = out;
  if (typeof left === "number" || typeof right === "number") {
    combineConstant(operator, left, right, out);
    return;
  }
  const isFloat = isFloatArray(out);
  switch (operator) {
    case "+":
      for (let i = 0; i < length; i++) out[i] = (left[i] as number) + (right[i] as number);
      break;
    case "-":
      for (let i = 0; i < length; i++) out[i] = (left[i] as number) - (right[i] as number);
      break;
    case "*":
      if (isFloat) for (let i = 0; i < length; i++) out[i] = (left[i] as number) * (right[i] as number);
      else for (let i = 0; i < length; i++) out[i] = Math.imul(left[i] as number, right[i] as number);
      break;
    default:
      if (!isFloat && right.includes(0)) throw divisionByZero();
      for (let i = 0; i < length; i++) out[i] = (left[i] as number) / (right[i] as number);
  }
}

function combineConstant(
  operator: Operator,
  left: Float64Array | number,
  right: Float64Array | number,
  out: Float64Array,
): void {
  const { length } = out;
  if (typeof left === "number") {
    const elements = right as Float64Array;
    for (let i = 0; i < length; i++) out[i] = calculate(operator, left, elements[i] as number);
  } else {
    const constant = right as number;
    for (let i = 0; i < length; i++) out[i] = calculate(operator, left[i] as number, constant);
  }
}

function combineBig(
  operator: Operator,
  left: BigInt64Array | number,
  right: BigInt64Array | number,
  out: BigInt64Array | BigUint64Array,
): void {
  const { length } = out;
  if (typeof left === "number" || typeof right === "number") {
    for (let i = 0; i < length; i++) {
      const [a, b] = [
        typeof left === "number" ? left : Number(left[i]),
        typeof right === "number" ? right : Number(right[i]),
      ];
      out[i] = toBig(calculate(operator, a, b));
    }
    return;
  }
  if (operator === "/" && right.includes(0n)) throw divisionByZero();
  for (let i = 0; i < length; i++) out[i] = calculateBig(operator, left[i] as bigint, right[i] as bigint);
}

function calculateBig(operator: Operator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    default:
      return left / right;
  }
}
