import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as h5ts from "h5ts";
import * as lowlevel from "h5ts/lowlevel";
import { expect, test } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));

interface Judged {
  readonly key: string;
  readonly kind: string;
  readonly value?: number;
  readonly state: "covered" | "untested" | "gap" | "without";
  /** Exports, of those that stand for the member, that are not only types or fields of instances. */
  readonly atRunTime?: readonly string[];
}

function judge(): Judged[] {
  const script = join(project, "scripts/api-coverage.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--json"], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Judged[];
}

/** The value of an export, or what defines a member of an exported class; undefined where there is none. */
function valueAt(path: string): unknown {
  const [first, ...rest] = path.split(/\.(?![^[]*\])/);
  const start: unknown = Reflect.get(lowlevel, first as string) ?? Reflect.get(h5ts, first as string);
  return rest.reduce<unknown>((owner, name) => {
    const key = name === "[Symbol.iterator]" ? Symbol.iterator : name === "[Symbol.dispose]" ? Symbol.dispose : name;
    if (typeof owner === "function") return definitionOf(owner.prototype, key) ?? Reflect.get(owner, key);
    return typeof owner === "object" && owner !== null ? Reflect.get(owner, key) : undefined;
  }, start);
}

function definitionOf(prototype: object | undefined, key: PropertyKey): unknown {
  for (let at = prototype ?? null; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key);
    if (found !== undefined) return found.get ?? found.value;
  }
  return undefined;
}

test("the page of what is covered is up to date, and the shares are reached", () => {
  const script = join(project, "scripts/api-coverage.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect([stderr, status]).toEqual(["", 0]);
}, 240_000);

test("what docs/api names as standing for HDF5's and h5py's members is exported, and constants have their values", () => {
  const judged = judge().filter(({ state }) => state === "covered");
  expect(judged.length).toBeGreaterThan(900);
  const wrong: string[] = [];
  for (const { key, kind, value, atRunTime = [] } of judged) {
    for (const path of atRunTime) {
      const found = valueAt(path);
      if (found === undefined) wrong.push(`${key}: ${path} is nowhere`);
      if (kind === "constant" && value !== undefined && found !== value) {
        wrong.push(`${key} is ${value}, ${path} is ${String(found)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}, 240_000);
