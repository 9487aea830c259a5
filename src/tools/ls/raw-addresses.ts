/** Where the raw data of a dataset lies, for `h5ts ls -va`. Reference implementation: `H5Ddebug`, `H5D__chunk_dump_index`. */
import { UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import { printf } from "../c-printf.ts";
import { labelled } from "./object-text.ts";

/** An undefined address is all ones of 64 bits. */
function addressText(address: number): string {
  return address === UNDEFINED_ADDRESS ? "18446744073709551615" : String(address);
}

const CHUNK_HEADING =
  "           Flags    Bytes     Address          Logical Offset\n" +
  "        ========== ======== ========== ==============================\n";

/**
 * The address of contiguous data; that of the index and a table of the chunks; nothing for other layouts. Addresses are
 * relative to the base address, as they are stored.
 *
 * @throws HDF5Error when the index cannot be read.
 */
export function rawAddresses(dataset: DatasetObject): string {
  const { layout } = dataset;
  if (layout.kind === "contiguous") return labelled("Address:", addressText(layout.address));
  if (layout.kind !== "chunked") return "";
  const heading = `    Address: ${addressText(layout.address)}\n`;
  const chunks = dataset.chunkStore().chunkInfo();
  if (chunks.length === 0) return heading;
  const lines = chunks.map(({ filterMask, byteLength, address, offset }) => {
    const mask = filterMask.toString(16).padStart(8, "0");
    // The dimension behind those of the dataset is that of an element's bytes.
    return printf("        0x%s %8s %10s [%s]\n", mask, String(byteLength), String(address), [...offset, 0].join(", "));
  });
  return heading + CHUNK_HEADING + lines.join("");
}
