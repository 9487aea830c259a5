/** Creation property lists of objects that exist: what their headers say. */
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import type { GroupOptions, ObjectOptions } from "../engine/object-creation.ts";
import type { GroupCreation } from "./prop-gcpl.ts";
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

/** `CRT_ORDER_…` bits of a group's links. */
export function linkOrderOf(group: GroupObject): number {
  const tracked = group.tracksCreationOrder ? CRT_ORDER_TRACKED : 0;
  return tracked | (group.indexesCreationOrder ? CRT_ORDER_INDEXED : 0);
}

/** What a creation list asks of the header of a new object. */
export function objectRequest(creation: ObjectCreation): ObjectOptions {
  const { attributeCreationOrder, maxCompact, minDense, trackTimes } = creation;
  return {
    attributePhaseChange: { maximumCompact: maxCompact, minimumDense: minDense },
    trackAttributeOrder: (attributeCreationOrder & CRT_ORDER_TRACKED) !== 0,
    indexAttributeOrder: (attributeCreationOrder & CRT_ORDER_INDEXED) !== 0,
    trackTimes,
  };
}

/** What a creation list asks of the links of a new group. */
export function linkRequest(creation: GroupCreation): Omit<GroupOptions, keyof ObjectOptions> {
  const { linkCreationOrder, linkMaxCompact, linkMinDense, estimatedEntries, estimatedNameLength } = creation;
  return {
    trackLinkOrder: (linkCreationOrder & CRT_ORDER_TRACKED) !== 0,
    indexLinkOrder: (linkCreationOrder & CRT_ORDER_INDEXED) !== 0,
    linkPhaseChange: { maximumCompact: linkMaxCompact, minimumDense: linkMinDense },
    linkEstimates: { entries: estimatedEntries, nameByteLength: estimatedNameLength },
  };
}
