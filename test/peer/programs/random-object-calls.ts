/** Calls at random about groups, links and attributes. */
import type { Random } from "../trees/random.ts";
import type { Call, CopyFlags, ValueSpec } from "./calls.ts";
import type { ProgramModel } from "./model.ts";
import {
  isHalf,
  isPossible,
  listType,
  plainNumberType,
  randomShape,
  randomType,
  randomValue,
} from "./random-values.ts";

export function createGroup(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  model.groups.push(path);
  if (random.chance(0.2)) return { call: "requireGroup", path: random.chance(0.5) ? path : model.anyPath(random) };
  return { call: "createGroup", path, ...(random.chance(0.4) ? { trackOrder: random.chance(0.7) } : {}) };
}

/** A value without a datatype of the caller's choice. */
export function anyValue(random: Random, model: ProgramModel): ValueSpec {
  if (random.chance(0.06)) return { type: randomType(random, 1), shape: null, items: [], form: "array" };
  // Of more than 64 KiB.
  if (random.chance(0.01)) return randomValue(random, { kind: "number", code: "<f8" }, [8200], model.targets);
  const isList = random.chance(0.4);
  const type = isList ? listType(random) : plainNumberType(random);
  const shape = randomShape(random, 3);
  const value = randomValue(random, type, isList ? shape.map((size) => Math.max(1, size)) : shape, model.targets);
  return isList ? { ...value, form: "list" } : value;
}

/** A value for which its datatype is told. */
function typedValue(random: Random, model: ProgramModel): ValueSpec {
  for (;;) {
    const type = randomType(random, 1);
    if (!isPossible(type, model.targets)) continue;
    return randomValue(random, type, randomShape(random, 3), model.targets);
  }
}

export function set(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  const kind = listType(random);
  const shape = randomShape(random, 3).map((size) => Math.max(1, size));
  const value: ValueSpec = { ...randomValue(random, kind, shape, model.targets), form: "list" };
  model.datasets.push({ path, type: kind, shape, maxshape: null, chunks: false });
  return { call: "set", path, value };
}

export function link(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  const target = random.chance(0.8) ? model.anyPath(random) : "nope";
  const kind = random.fraction();
  const found = model.datasets.find((each) => each.path === target);
  if (kind < 0.8 && found !== undefined) model.datasets.push({ ...found, path, origin: found.origin ?? found.path });
  else if (kind < 0.8 && model.groups.includes(target)) model.groups.push(path);
  else model.others.push(path);
  if (kind < 0.4 && !model.isReferred) {
    model.hasAliases = true;
    return { call: "link", path, hard: target };
  }
  if (kind < 0.8) return { call: "link", path, soft: target.startsWith("/") ? target : `/${target}` };
  return { call: "link", path, soft: target, file: "nowhere.h5" };
}

export function commit(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  const dtype = randomType(random);
  model.others.push(path);
  model.types.push({ path, type: dtype });
  return { call: "commit", path, dtype };
}

export function removal(random: Random, model: ProgramModel): Call | undefined {
  if (model.isReferred || model.holdsSources) return undefined;
  const path = model.anyPath(random);
  model.remove(path);
  return { call: "delete", path };
}

export function move(random: Random, model: ProgramModel): Call | undefined {
  if (model.holdsSources) return undefined;
  const [path, to] = [model.anyPath(random), model.newPath(random)];
  if (random.chance(0.05)) return { call: "move", path, to: path };
  rename(model, path, to);
  model.remove(path);
  return { call: "move", path, to };
}

/** What the model has of a path is known under another one, too. */
function rename(model: ProgramModel, path: string, to: string): void {
  const renamed = (each: string) =>
    each === path ? to : each.startsWith(`${path}/`) ? to + each.slice(path.length) : null;
  for (const each of [...model.groups]) if (renamed(each) !== null) model.groups.push(renamed(each) as string);
  for (const each of [...model.datasets]) {
    const name = renamed(each.path);
    if (name !== null) model.datasets.push({ ...each, path: name, origin: each.origin ?? each.path });
  }
  for (const each of [...model.attributes]) {
    const name = renamed(each.path);
    if (name !== null) model.attributes.push({ ...each, path: name });
  }
}

export function copy(random: Random, model: ProgramModel): Call | undefined {
  // The C library takes references out of copies of attributes, dies of those in chunks, and of copies into a file open for reading.
  if (model.isReferred || model.isReadOnly) return undefined;
  const path = model.anyPath(random);
  const flags: Record<string, unknown> = {};
  for (const flag of ["shallow", "expandSoft", "expandRefs", "withoutAttrs"])
    if (random.chance(0.15)) flags[flag] = true;
  const into = random.chance(0.3);
  const to = into ? random.pick(model.groups) : model.newPath(random);
  if (into && random.chance(0.6)) flags.name = `copy${random.between(0, 99)}`;
  if (!into) rename(model, path, to);
  return { call: "copy", path, to, into, flags: flags as CopyFlags };
}

export function get(random: Random, model: ProgramModel): Call {
  const path = model.anyPath(random);
  return { call: "get", path, fallback: random.chance(0.5), getclass: random.chance(0.4), getlink: random.chance(0.4) };
}

export function look(random: Random, model: ProgramModel): Call {
  const call = random.pick(["keys", "has", "visit", "visitItems", "info", "info"] as const);
  return { call, path: call === "has" || call === "info" ? model.anyPath(random) : random.pick(model.groups) };
}

export function setAttribute(random: Random, model: ProgramModel): Call {
  const path = model.anyPath(random);
  const known = random.chance(0.3) ? random.pick([undefined, ...model.attributes]) : undefined;
  const kind = random.fraction();
  // Of array datatypes h5py takes their dimensions for the attribute's, here and there.
  if (known !== undefined && kind < 0.6 && known.type.kind !== "array") {
    const shape = random.chance(0.9) ? (known.shape ?? []) : randomShape(random, 2);
    // Where there is none, no elements tell no datatype, nor do numbers for which the runtime has no array.
    if (shape.includes(0) || isHalf(known.type) || ["enum", "compound"].includes(known.type.kind))
      return { call: "attrGet", path: known.path, name: known.name };
    const value = randomValue(random, known.type, shape, model.targets);
    return { call: "attrModify", path: known.path, name: known.name, value };
  }
  const name = known?.name ?? random.pick(["one", "two", "ä", "u n i t"]);
  const committed = kind >= 0.5 && model.types.length > 0 && random.chance(0.3) ? random.pick(model.types) : undefined;
  const isOfCommitted =
    committed !== undefined && committed.type.kind !== "array" && isPossible(committed.type, model.targets);
  const value = isOfCommitted
    ? randomValue(random, committed.type, randomShape(random, 3), model.targets)
    : kind < 0.5
      ? anyValue(random, model)
      : typedValue(random, model);
  model.attributes.push({ path, name, type: value.type, shape: value.shape });
  if (kind < 0.4) return { call: "attrSet", path, name, value };
  const length = value.items.length;
  const shapes = [[length], [1, length], [length, 1], [2, length]];
  return {
    call: "attrCreate",
    path,
    name,
    value,
    ...(random.chance(0.3) && value.shape !== null && value.type.kind !== "array"
      ? { shape: random.pick(shapes) }
      : {}),
    ...(isOfCommitted ? { named: committed.path } : kind >= 0.5 ? { dtype: value.type } : {}),
  };
}

export function lookAtAttribute(random: Random, model: ProgramModel): Call {
  const known = random.chance(0.9) ? random.pick([undefined, ...model.attributes]) : undefined;
  const { path, name } = known ?? { path: model.anyPath(random), name: "one" };
  if (random.chance(0.2)) return { call: "attrKeys", path };
  return {
    call: random.pick(["attrGet", "attrGet", "attrGet", "attrDelete", "attrHas", "attrPop", "attrDefault"]),
    path,
    name,
  };
}
