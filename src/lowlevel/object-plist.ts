/** Creation property lists of objects that exist: what their headers say. */
import type { EngineObject } from "../engine/engine-object.ts";
import { CRT_ORDER_INDEXED, CRT_ORDER_TRACKED, OBJECT_CREATION_DEFAULTS, type ObjectCreation } from "./prop-ocpl.ts";

/** What every object's header tells. */
export function creationOfObject(object: EngineObject): ObjectCreation {
  const { fields } = object.header;
  if (fields.version === 1) {
    return { ...OBJECT_CREATION_DEFAULTS, trackTimes: object.modificationTime() !== undefined };
  }
  const tracked = fields.attributeCreationOrderTracked ? CRT_ORDER_TRACKED : 0;
  const indexed = fields.attributeCreationOrderIndexed ? CRT_ORDER_INDEXED : 0;
  return {
    ...OBJECT_CREATION_DEFAULTS,
    attributeCreationOrder: tracked | indexed,
    maxCompact: fields.attributePhaseChange?.maximumCompact ?? OBJECT_CREATION_DEFAULTS.maxCompact,
    minDense: fields.attributePhaseChange?.minimumDense ?? OBJECT_CREATION_DEFAULTS.minDense,
    trackTimes: fields.times !== undefined,
  };
}
