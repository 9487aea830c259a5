/** Copies of objects, in h5py's way. h5py: `Group.copy`. */
import { plainError } from "../lowlevel/api-error.ts";
import * as h5o from "../lowlevel/h5o.ts";
import * as h5p from "../lowlevel/h5p.ts";
import { requireFlags } from "./argument-checks.ts";
import { baseName, type HLObject } from "./hl-object.ts";
import type { OptionNames } from "./known-options.ts";

export interface CopyObjectOptions {
  /** Of a group its own links only: groups in it come out empty. Default false. */
  readonly shallow?: boolean;
  /** Objects in place of the soft links that lead to them. Default false. */
  readonly expandSoft?: boolean;
  /** Objects in place of the external links that lead to them. Default false. */
  readonly expandExternal?: boolean;
  /** In another file, references lead to copies of what they name; else they are null there. Default false. */
  readonly expandRefs?: boolean;
  /** Default false. */
  readonly withoutAttrs?: boolean;
  /** Committed datatypes that the destination has already are used, not copied. Default false. */
  readonly mergeDatatypes?: boolean;
}

export const COPY_OPTIONS: OptionNames<CopyObjectOptions> = {
  shallow: true,
  expandSoft: true,
  expandExternal: true,
  expandRefs: true,
  withoutAttrs: true,
  mergeDatatypes: true,
};

function propertiesOf(options: CopyObjectOptions): h5p.PropCopyID {
  requireFlags(options, ...(Object.keys(COPY_OPTIONS) as (keyof CopyObjectOptions)[]));
  const list = h5p.create(h5p.OBJECT_COPY);
  list.setCopyObject(
    (options.shallow ? h5o.COPY_SHALLOW_HIERARCHY_FLAG : 0) |
      (options.expandSoft ? h5o.COPY_EXPAND_SOFT_LINK_FLAG : 0) |
      (options.expandExternal ? h5o.COPY_EXPAND_EXT_LINK_FLAG : 0) |
      (options.expandRefs ? h5o.COPY_EXPAND_REFERENCE_FLAG : 0) |
      (options.withoutAttrs ? h5o.COPY_WITHOUT_ATTR_FLAG : 0) |
      (options.mergeDatatypes ? h5o.COPY_MERGE_COMMITTED_DTYPE_FLAG : 0),
  );
  return list;
}

/** The name that a copy gets when none is given: that of its source, which is opened for it. */
function nameOf(source: HLObject, path: string): string {
  const name = path === "." ? source.name : path;
  if (name === null) throw plainError("ValueError", "No name given for the copy");
  const id = path === "." ? undefined : h5o.open(source.id, path);
  id?.close();
  return baseName(name);
}

/** What is copied: an object, or what a path leads to from one. */
export interface CopySource {
  readonly object: HLObject;
  /** Default: the object itself. */
  readonly path?: string;
}

/**
 * Copies `source` to the path `name` of `home`; missing groups on the way are made.
 *
 * @param name - Undefined: as the source is called.
 * @throws RuntimeError "Unable to copy object (…)" when there is no such source or the name is taken.
 */
export function copyObject(
  { object, path = "." }: CopySource,
  home: HLObject,
  name: string | undefined,
  options: CopyObjectOptions,
): void {
  const lcpl = h5p.create(h5p.LINK_CREATE);
  lcpl.setCreateIntermediateGroup(true);
  h5o.copy(object.id, path, home.id, name ?? nameOf(object, path), propertiesOf(options), lcpl);
}
