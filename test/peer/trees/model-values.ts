/** Elements of the model: references are kept as what they name, however often that is moved. */
import type { ModelObject } from "./model.ts";
import type { Element } from "./operations.ts";
import { coordinatesOf, coordinatesText, parseRegion } from "./regions.ts";

interface ModelReference {
  readonly object: ModelObject;
  /** Of a region: all of its elements. */
  readonly coordinates?: string;
}

/** A list has the members of a compound with references. */
export type ModelValue = Element | ModelReference | readonly ModelValue[];

type Lookup = (path: string) => ModelObject | undefined;

/** Undefined for a reference to what is not there. */
export function parseValue(element: Element, lookup: Lookup): ModelValue | undefined {
  if (element.length < 2 || !/[>#]/.test(element)) return element;
  if (element.startsWith("{")) {
    const members = element
      .slice(1)
      .split(";")
      .map((member) => parseValue(member, lookup));
    return members.every((member) => member !== undefined) ? members : undefined;
  }
  if (element.startsWith(">")) {
    const object = lookup(element.slice(1));
    return object && { object };
  }
  const region = parseRegion(element.slice(1));
  const object = lookup(region.path);
  if (object?.kind !== "dataset" || object.dims === null) return undefined;
  const { dims } = object;
  const coordinates = coordinatesOf(region);
  const fits = coordinates.every((at) => at.length === dims.length && at.every((k, d) => k < (dims[d] as number)));
  return fits ? { object, coordinates: coordinatesText(coordinates) } : undefined;
}

/** Whether all that the value names is among `objects`. */
export function namesOnly(value: ModelValue, objects: ReadonlySet<ModelObject>): boolean {
  if (typeof value === "string") return true;
  return "object" in value ? objects.has(value.object) : value.every((member) => namesOnly(member, objects));
}

/** As readers tell it: an object by its number. */
export function describeValue(value: ModelValue, numbers: ReadonlyMap<ModelObject, number>): Element | number {
  if (typeof value === "string") return value;
  if (!("object" in value)) return `{${value.map((member) => describeValue(member, numbers)).join(";")}`;
  const number = numbers.get(value.object) ?? -1;
  return value.coordinates === undefined ? number : `#${number}|${value.coordinates}`;
}
