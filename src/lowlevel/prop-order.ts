/**
 * The order in which the C library visits and writes the properties of a list: what the list has of its own, then what its
 * class and the classes above have, each by a hash of the names. Reference implementation: H5Pint.c, H5SL.c.
 */
import type { AnySpec } from "./prop-codec.ts";
import type { PropClassID } from "./property-class.ts";

/** Bernstein's hash of a name. C: `H5_hash_string`. */
function hashOf(name: string): number {
  let hash = 5381;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 33) + name.charCodeAt(i)) >>> 0;
  return hash;
}

function byHash(specs: readonly AnySpec[]): AnySpec[] {
  return [...specs].sort((a, b) => hashOf(a.name) - hashOf(b.name));
}

const inheritedOf = new WeakMap<PropClassID, readonly AnySpec[]>();

function inherited(cls: PropClassID): readonly AnySpec[] {
  let found = inheritedOf.get(cls);
  if (found === undefined) {
    found = [...byHash(cls.library?.properties ?? []), ...(cls.parent === undefined ? [] : inherited(cls.parent))];
    inheritedOf.set(cls, found);
  }
  return found;
}

/** The properties of the library in lists of a class; `own` are the names of those that a list has of its own. */
export function specsOf(cls: PropClassID, own?: ReadonlySet<string>): readonly AnySpec[] {
  const specs = inherited(cls);
  if (own === undefined) return specs;
  const isOwn = (spec: AnySpec) => own.has(spec.name) || spec.ownedByNew === true;
  return [...byHash(specs.filter(isOwn)), ...specs.filter((spec) => !isOwn(spec))];
}

export function findSpec(cls: PropClassID, name: string): AnySpec | undefined {
  return specsOf(cls).find((spec) => spec.name === name);
}
