/** Names by which booleans and complex numbers are told from other enumerations and compounds. h5py: `get_config()`. */
export type TwoNames = readonly [string, string];

/** They hold for the whole process. */
export const specialNames: {
  /** Members of an enumeration of booleans: of false and of true. */
  booleans: TwoNames;
  /** Members of a compound that stands for complex numbers: of the real and of the imaginary part. */
  complexNumbers: TwoNames;
} = { booleans: ["FALSE", "TRUE"], complexNumbers: ["r", "i"] };
