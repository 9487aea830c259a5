/** Words of typed arrays have the host's byte order, which is little-endian nearly everywhere. */
export const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
