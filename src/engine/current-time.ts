/**
 * Whole seconds since 1970 in the 32 bits that files have for them. A clock that was never set, or a year from 2106 on, must not
 * keep data from being written: such times come round to others, as they do in the C library.
 */
export function currentSeconds(): number {
  return Math.floor(Date.now() / 1000) >>> 0;
}
