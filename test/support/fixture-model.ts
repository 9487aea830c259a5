/** The fixtures of test/fixtures/files; README.md there describes the schema. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type ModelValue = number | string | null | ModelValue[] | { [name: string]: ModelValue };

export interface ModelData {
  bytes?: string;
  values?: ModelValue;
}

export interface ModelType {
  class: string;
  [property: string]: ModelValue | ModelType | ModelMember[] | boolean | undefined;
}

export interface ModelMember {
  name: string;
  offset?: number;
  type: ModelType;
}

export interface ModelAttribute extends ModelData {
  type: ModelType;
  shape: number[] | null;
}

export interface ModelLink {
  kind: string;
  object?: string;
  path?: string;
  file?: string;
  creationOrder?: number;
}

export interface ModelObject extends ModelData {
  kind: "group" | "dataset" | "datatype";
  linkCount: number;
  comment?: string;
  attributes: Record<string, ModelAttribute>;
  links?: Record<string, ModelLink>;
  type?: ModelType;
  shape?: number[] | null;
  maxshape?: (number | null)[] | null;
  layout?: string;
  chunks?: number[];
  filters?: { id: number; flags: number; values: number[] }[];
  storageSize?: number;
  allocationTime?: string;
  fillTime?: string;
  fillValue?: string;
}

export interface Model {
  superblock: number;
  userBlock: number;
  sizeOfOffsets: number;
  sizeOfLengths: number;
  objects: Record<string, ModelObject>;
}

export interface FixtureEntry {
  name: string;
  libver: "earliest" | "v108" | "latest";
  features: string[];
}

const folder = new URL("../fixtures/files/", import.meta.url);

export function fixturePath(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

export function fixtures(): FixtureEntry[] {
  return JSON.parse(readFileSync(fixturePath("index.json"), "utf8"));
}

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(`${name}.h5`)));
}

export function fixtureModel(name: string): Model {
  return JSON.parse(readFileSync(fixturePath(`${name}.json`), "utf8"));
}
