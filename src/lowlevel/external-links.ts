/** Following external links. */
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { resolveObject } from "../engine/resolve.ts";

let following = false;

/** Whether the file that is being opened is one that a link leads to, rather than one with the source of a virtual dataset. */
export function isFollowingLink(): boolean {
  return following;
}

/** The object at the end of an external link. */
export function followExternal(from: GroupObject, file: string, path: string): EngineObject {
  const before = following;
  following = true;
  try {
    const target = from.file.otherFiles.linked(file, "links");
    following = before;
    return resolveObject(target.root(), path);
  } finally {
    following = before;
  }
}
