/** From an object's place to an identifier of its class. */
import { DatasetObject } from "../engine/dataset-object.ts";
import { DatatypeObject } from "../engine/datatype-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import { plainError } from "./api-error.ts";
import { DatasetID } from "./dataset-id.ts";
import { GroupID } from "./group-id.ts";
import type { Place } from "./location-id.ts";
import type { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** A new identifier of the object. */
export function objectIdOf(place: Place): GroupID | DatasetID | TypeID {
  const { file, object, path, state } = place;
  if (object instanceof GroupObject) return new GroupID({ file, object, path, state });
  if (object instanceof DatasetObject) return new DatasetID({ file, object, path, state });
  if (object instanceof DatatypeObject) return typeIdOf(object.datatype, { file, object, path, state });
  throw plainError("ValueError", "Unrecognized type code");
}
