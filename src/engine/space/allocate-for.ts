/** Space for something that is made at once, which may fail. */
import type { Address } from "../../base/address.ts";
import type { MemoryType } from "./space-allocator.ts";

interface Space<T extends MemoryType> {
  allocate(type: T, byteLength: number): Address;
  release(type: T, address: Address, byteLength: number): void;
}

/** Allocates a block, which is given back when `use` throws. */
export function allocateFor<T extends MemoryType>(
  storage: Space<T>,
  type: T,
  byteLength: number,
  use: (address: Address) => void,
): Address {
  const address = storage.allocate(type, byteLength);
  try {
    use(address);
  } catch (error) {
    storage.release(type, address, byteLength);
    throw error;
  }
  return address;
}
