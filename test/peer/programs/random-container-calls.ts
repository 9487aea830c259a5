/** Calls at random of groups and attributes as mappings, and of several files. */
import type { Random } from "../trees/random.ts";
import type { Call, CopyFlags } from "./calls.ts";
import type { ProgramModel } from "./model.ts";
import { randomStorage } from "./random-creation.ts";
import { anyValue } from "./random-object-calls.ts";
import { plainNumberType, randomShape, randomValue } from "./random-values.ts";

const KINDS = ["groups", "attributes", "datasets", "softLinks"] as const;

export function reopen(random: Random, model: ProgramModel): Call {
  const mode = model.isReadOnly ? random.pick(["r+", "a"] as const) : random.pick(["r+", "r+", "a", "r", "x"] as const);
  model.isReadOnly = mode === "r";
  return { call: "reopen", mode };
}

export function askGroup(random: Random, model: ProgramModel): Call {
  const path = random.chance(0.95) ? random.pick(model.groups) : model.anyPath(random);
  if (random.chance(0.5)) return { call: "items", path };
  return { call: "visitUntil", path, count: random.between(1, 4) };
}

export function relations(random: Random, model: ProgramModel): Call | undefined {
  // Of several paths to one object the references tell one.
  return model.hasAliases ? undefined : { call: "relations", path: model.anyPath(random) };
}

export function changeGroup(random: Random, model: ProgramModel): Call | undefined {
  const path = random.pick(model.groups);
  const below = (name: string) => (path === "/" ? name : `${path}/${name}`);
  if (random.chance(0.5)) {
    const name = random.chance(0.8) ? model.newPath(random) : model.anyPath(random);
    const value = anyValue(random, model);
    if (random.chance(0.5)) return { call: "setDefault", path, name, value };
    const values = [name, model.newPath(random)].map((each) => [each, anyValue(random, model)] as const);
    return { call: "update", path, values };
  }
  if (model.isReferred || model.holdsSources) return undefined;
  if (random.chance(0.6)) {
    const name = model.anyPath(random);
    model.remove(below(name));
    if (name.startsWith("/") || path === "/") model.remove(name);
    return { call: "pop", path, name, fallback: random.chance(0.5) };
  }
  if (path === "/" && random.chance(0.8)) return undefined;
  const isAll = random.chance(0.5);
  if (isAll) for (const each of [...model.groups]) if (each.startsWith(below(""))) model.remove(each);
  return { call: isAll ? "clear" : "popItem", path };
}

export function attributesAsMapping(random: Random, model: ProgramModel): Call {
  const path = model.anyPath(random);
  const name = random.pick(["one", "two", "ä"]);
  switch (random.between(0, 5)) {
    case 0:
      return { call: "attrSetDefault", path, name, value: anyValue(random, model) };
    case 1:
      return {
        call: "attrUpdate",
        path,
        values: [name, "more"].map((each) => [each, anyValue(random, model)] as const),
      };
    case 2:
      return { call: random.pick(["attrPopItem", "attrClear"] as const), path };
    default:
      return { call: "attrItems", path };
  }
}

export function anonymous(random: Random, model: ProgramModel): Call {
  const path = model.newPath(random);
  if (random.chance(0.3)) {
    model.groups.push(path);
    return { call: "anonymous", path };
  }
  const [type, shape] = [plainNumberType(random), randomShape(random, 3)];
  model.datasets.push({ path, type, shape, maxshape: null, chunks: false });
  const { maxshape: _, ...storage } = randomStorage(random, model, shape, type);
  const data = randomValue(random, type, shape, model.targets);
  return { call: "anonymous", path, options: { ...storage, data, dtype: type } };
}

/** Enough of something for the storage of many, and some of it away again. */
export function burst(random: Random, model: ProgramModel): Call {
  const known = model.bursts.length > 0 && random.chance(0.5) ? random.pick(model.bursts) : undefined;
  if (known !== undefined && !model.isReferred) {
    model.bursts.splice(model.bursts.indexOf(known), 1);
    return { call: "prune", ...known, every: random.pick([1, 1, 2, 3]) };
  }
  const what = random.pick(KINDS);
  const path = what === "attributes" ? model.anyPath(random) : random.pick(model.groups);
  const made = { path, what, count: random.pick([3, 7, 8, 9, 12, 20, 40]) };
  model.bursts.push(made);
  return { call: "burst", ...made };
}

export function otherFile(random: Random, model: ProgramModel): Call | undefined {
  // The C library takes references out of copies of attributes, and dies of those in chunks.
  if (model.isReferred) return undefined;
  const flags: Record<string, boolean> = {};
  for (const flag of ["shallow", "expandSoft", "withoutAttrs"]) if (random.chance(0.15)) flags[flag] = true;
  if (model.elsewhere.length > 0 && !model.isReadOnly && random.chance(0.5)) {
    const { name, dataset } = random.pick(model.elsewhere);
    const to = model.newPath(random);
    if (dataset !== undefined) model.datasets.push({ ...dataset, path: to });
    return { call: "copyIn", path: name, to, flags: flags as CopyFlags };
  }
  const to = `out${model.elsewhere.length}`;
  const path = model.anyPath(random);
  const dataset = model.datasets.find((each) => each.path === path);
  model.elsewhere.push({ name: to, dataset });
  return { call: "copyOut", path, to, flags: flags as CopyFlags };
}

/** An external link to what was copied out. */
export function linkOut(random: Random, model: ProgramModel): Call | undefined {
  if (model.elsewhere.length === 0) return undefined;
  const { name, dataset } = random.pick(model.elsewhere);
  const path = model.newPath(random);
  if (dataset !== undefined) model.datasets.push({ ...dataset, path, isElsewhere: true });
  else model.others.push(path);
  return { call: "link", path, soft: name, file: "other.h5" };
}

export function scale(random: Random, model: ProgramModel): Call | undefined {
  const dataset = model.dataset(random);
  if (dataset?.shape == null || dataset.shape.length === 0) return undefined;
  const which = random.pick([0, 0, 1, "x", ""] as const);
  return { call: "scale", path: dataset.path, axis: random.between(0, dataset.shape.length - 1), which };
}
