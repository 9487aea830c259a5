/**
 * Driver info message (0x0014) of the superblock extension.
 *
 * Specification: IV.A.2.u, "The Driver Info Message". Reference implementation: H5Odrvinfo.c.
 *
 * | field                    | bytes                       |
 * | ------------------------ | --------------------------- |
 * | Version                  | 1, here 0                   |
 * | Driver Identification    | 8, ASCII                    |
 * | Driver Information Size  | 2                           |
 * | Driver Information       | Driver Information Size     |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

export interface DriverInfoMessage {
  /** "NCSAfami", "NCSAmult", ...: at most 8 characters. */
  readonly driverId: string;
  /** What the driver stores, in its own format. */
  readonly data: Uint8Array;
}

const VERSION = 0;
const ID_BYTES = 8;

export function sizeOfDriverInfoMessage(message: DriverInfoMessage): number {
  return 1 + ID_BYTES + 2 + message.data.length;
}

/** `data` is a view of the cursor's bytes. */
export function decodeDriverInfoMessage(cursor: Cursor): DriverInfoMessage {
  cursor.version([VERSION]);
  const driverId = cursor.text(ID_BYTES, "Driver Identification");
  const data = cursor.take(cursor.u16("Driver Information Size"), "Driver Information");
  return { driverId, data };
}

export function encodeDriverInfoMessage(writer: Writer, message: DriverInfoMessage): void {
  const { driverId, data } = message;
  if (driverId.length > ID_BYTES)
    throw new RangeError(`driver identification "${driverId}" is longer than ${ID_BYTES}`);
  writer
    .u8(VERSION)
    .signature(driverId)
    .zeros(ID_BYTES - driverId.length);
  writer.u16(data.length).bytes(data);
}
