/** Small arithmetic that the format's variable-width fields need. Exact to 2^53 - 1, so no bitwise operators here. */

/** floor(log2(value)) for value >= 1. */
export function floorLog2(value: number): number {
  let bits = 0;
  let rest = value;
  while (rest >= 0x1_0000_0000) {
    rest = Math.floor(rest / 0x1_0000_0000);
    bits += 32;
  }
  return bits + 31 - Math.clz32(rest);
}

/** Bytes of a field that must hold every value from 0 to `limit`. C: `H5VM_limit_enc_size`. */
export function bytesForLimit(limit: number): number {
  return limit === 0 ? 1 : Math.floor(floorLog2(limit) / 8) + 1;
}

/** The least multiple of `alignment` that is not below `value`. */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** 2 to the power of `exponent`, which is 0 or more. The operator makes a boxed number even of a small one. */
export function powerOfTwo(exponent: number): number {
  return exponent < 31 ? 1 << exponent : 2 ** exponent;
}

export function isPowerOfTwo(value: number): boolean {
  return value >= 1 && powerOfTwo(floorLog2(value)) === value;
}

/** The same number, without a box where it is a small integer: what runtimes and `Float64Array` give has one. */
export function unboxed(value: number): number {
  const integer = value | 0;
  return integer === value ? integer : value;
}

/** Product of dimensions; 1 for a scalar. */
export function product(values: readonly number[]): number {
  let result = 1;
  for (let i = 0; i < values.length; i++) result *= values[i] as number;
  return result;
}
