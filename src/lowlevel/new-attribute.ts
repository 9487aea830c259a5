/** New attributes whose values are known, for whoever needs no identifiers of them. */
import { elementCount } from "../engine/attribute-values.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { elementsInterchangeable } from "../format/datatype-questions.ts";
import { guarded, record } from "./api-error.ts";
import { writingContextOf } from "./element-context.ts";
import { remove } from "./h5a.ts";
import type { LocationID } from "./location-id.ts";
import { requireConversion } from "./require-conversion.ts";

/** What an attribute is to be made of. */
export interface AttributeContents {
  /** As the file has it, and not a committed one. */
  readonly datatype: Datatype;
  readonly dataspace: Dataspace;
  /** All elements, packed. */
  readonly bytes: Uint8Array;
  /** Of the elements in `bytes`. */
  readonly memoryType: Datatype;
}

const CANNOT_CREATE = record("H5Acreate_by_name", "ATTR", "CANTINIT", "unable to create attribute");
const CANNOT_WRITE = record("H5Awrite", "ATTR", "WRITEERROR", "unable to write attribute");

/**
 * Makes an attribute with its value. Numbers that are stored as they are given are there from the start; for others the attribute
 * is made of zeros first, as the C library does it, and nothing is left of it when its value cannot be stored.
 *
 * @returns False where there is more to do: nothing has happened then.
 * @throws RuntimeError "Unable to create attribute (…)", OSError "Unable to write attribute (…)".
 */
export function createWithValue(loc: LocationID, name: string, contents: AttributeContents): boolean {
  const { datatype, dataspace, bytes, memoryType } = contents;
  const { object } = loc.location();
  // Of what is shared among objects, the file counts the users of the zeros, too.
  if (name === "" || object.file.sharedMessages.isUsed) return false;
  const count = elementCount(dataspace);
  const isReady = isNumber(datatype) && elementsInterchangeable(memoryType, datatype);
  const stored = isReady ? bytes : new Uint8Array(count * datatype.size);
  guarded(CANNOT_CREATE, () => object.createAttribute({ name, datatype, dataspace, bytes: stored }));
  if (isReady || stored.length === 0) return true;
  try {
    guarded(CANNOT_WRITE, () => {
      const value = new Uint8Array(stored.length);
      requireConversion(memoryType, datatype, writingContextOf(object.file)).convert(bytes, 0, value, 0, count);
      object.fillAttribute(name, value);
    });
  } catch (error) {
    remove(loc, name);
    throw error;
  }
  return true;
}

function isNumber({ class: kind }: Datatype): boolean {
  return kind === "fixed-point" || kind === "floating-point" || kind === "enum";
}
