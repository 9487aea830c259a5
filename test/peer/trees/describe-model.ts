/** What a reader must say of a file: objects numbered in the order in which they are met, links by name. */
import type { Model, ModelAttribute, ModelGroup, ModelLink, ModelObject } from "./model.ts";
import { describeValue, type ModelValue } from "./model-values.ts";
import { comparableType, type Element, type TypeSpec } from "./operations.ts";

export const USER_LINK_TYPE = 187;

export interface DescribedAttribute {
  readonly type: TypeSpec;
  readonly dims: readonly number[] | null;
  /** An object reference is the number of its object. */
  readonly data: readonly (Element | number)[];
}

export interface DescribedObject {
  readonly kind: "group" | "dataset" | "datatype";
  readonly comment: string;
  readonly attributes: Readonly<Record<string, DescribedAttribute>>;
  /** Where it is tracked. */
  readonly attributeOrder?: readonly string[];
  /** The object's number, or where a soft or external link leads, or the type of a user-defined link. */
  readonly links?: Readonly<
    Record<string, number | string | readonly [file: string, path: string] | readonly number[]>
  >;
  readonly linkOrder?: readonly string[];
  readonly type?: TypeSpec;
  readonly dims?: readonly number[] | null;
  readonly maxDims?: readonly number[] | null;
  readonly layout?: string;
  readonly chunk?: readonly number[];
  readonly filters?: readonly number[];
  readonly data?: readonly (Element | number)[];
}

export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function describeModel(model: Model): DescribedObject[] {
  const { root } = model;
  const numbers = new Map<ModelObject, number>();
  const inOrder: ModelObject[] = [];
  const visit = (object: ModelObject): void => {
    if (numbers.has(object)) return;
    numbers.set(object, inOrder.length);
    inOrder.push(object);
    if (object.kind !== "group") return;
    for (const [, link] of sortedLinks(object)) if (link.kind === "hard") visit(link.object);
  };
  visit(root);
  return inOrder.map((object) => describeObject(model, object, numbers));
}

function sortedLinks({ links }: ModelGroup): [string, ModelLink][] {
  return [...links].sort(([a], [b]) => compareUtf8(a, b));
}

function describeData(data: readonly ModelValue[], numbers: ReadonlyMap<ModelObject, number>): (Element | number)[] {
  return data.map((value) => describeValue(value, numbers));
}

function describeAttributes(
  attributes: ReadonlyMap<string, ModelAttribute>,
  numbers: ReadonlyMap<ModelObject, number>,
): Record<string, DescribedAttribute> {
  return Object.fromEntries(
    [...attributes].map(([name, { type, dims, data }]) => [
      name,
      { type: comparableType(type), dims, data: describeData(data, numbers) },
    ]),
  );
}

function describeObject(model: Model, object: ModelObject, numbers: ReadonlyMap<ModelObject, number>): DescribedObject {
  const common = {
    kind: object.kind,
    comment: object.comment,
    attributes: describeAttributes(object.attributes, numbers),
    ...(object.attrOrder && object.kind !== "datatype" && { attributeOrder: [...object.attributes.keys()] }),
  };
  if (object.kind === "datatype") return { ...common, type: comparableType(object.type) };
  if (object.kind === "group") {
    const links = sortedLinks(object).map(([name, link]) => [name, describeLink(link, numbers)] as const);
    return {
      ...common,
      links: Object.fromEntries(links),
      ...(object.linkOrder && { linkOrder: [...object.links.keys()] }),
    };
  }
  const { spec, dims } = object;
  const { type, layout, chunk, filters = [] } = spec;
  return {
    ...common,
    type: comparableType(type),
    dims,
    maxDims: dims === null ? null : (spec.maxDims ?? spec.dims),
    layout,
    ...(chunk && { chunk }),
    filters: filters.map(({ id }) => id),
    data: describeData(model.dataOf(object), numbers),
  };
}

function describeLink(
  link: ModelLink,
  numbers: ReadonlyMap<ModelObject, number>,
): number | string | readonly [string, string] | number[] {
  switch (link.kind) {
    case "hard":
      return numbers.get(link.object) ?? -1;
    case "soft":
      return link.to;
    case "external":
      return [link.file, link.to];
    case "user":
      return [USER_LINK_TYPE];
  }
}
