/** New attributes whose values are known, for whoever needs no identifiers of them. */
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { elementsInterchangeable } from "../format/datatype-questions.ts";
import { guarded, record } from "./api-error.ts";
import type { LocationID } from "./location-id.ts";

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

/**
 * Makes an attribute of numbers that are stored as they are given, instead of one of zeros that get their values afterwards.
 *
 * @returns False where there is more to do: nothing has happened then.
 * @throws RuntimeError "Unable to create attribute (…)".
 */
export function createWithNumbers(loc: LocationID, name: string, contents: AttributeContents): boolean {
  const { datatype, dataspace, bytes, memoryType } = contents;
  if (name === "" || !isNumber(datatype) || !elementsInterchangeable(memoryType, datatype)) return false;
  const { object } = loc.location();
  // Of what is shared among objects, the file counts the users of the zeros, too.
  if (object.file.sharedMessages.isUsed) return false;
  guarded(CANNOT_CREATE, () => object.createAttribute({ name, datatype, dataspace, bytes }));
  return true;
}

function isNumber({ class: kind }: Datatype): boolean {
  return kind === "fixed-point" || kind === "floating-point" || kind === "enum";
}
