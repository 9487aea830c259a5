/** What is read of a group and its links, whatever handle it is open by. */
import { NotFoundError } from "../base/errors.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import type { Link } from "../format/link.ts";
import { argumentError, guarded, record, wrapError } from "./api-error.ts";
import { type Name, toName } from "./arguments.ts";
import { withLinkAccessList } from "./link-access-list.ts";
import {
  groupAt,
  linkExists,
  orderedLinks,
  orderedNames,
  requiredLink,
  type WalkedLink,
  walkLinks,
} from "./link-operations.ts";
import type { DatasetAccessRequest, ObjectPlace, OpenObject } from "./open-object.ts";
import { INDEX_CRT_ORDER, INDEX_NAME, type Ordering } from "./ordering.ts";
import { resolvePlace } from "./places.ts";
import type { PropLAID } from "./prop-links.ts";

type OpenGroup = OpenObject<GroupObject>;

/** Links of the group. */
export function linkTotal(group: OpenGroup): number {
  return guarded(record("H5Gget_num_objs", "SYM", "CANTGET", "can't determine number of objects"), () => {
    return group.location().object.linkTotal;
  });
}

/** Whether each link of a path exists; the last may dangle. */
export function hasLink(group: OpenObject, name: string): boolean {
  const start = group.location();
  return guarded(record("H5Lexists", "LINK", "CANTGET", "unable to get link info"), () => linkExists(start, name));
}

/** Names of links: in order of creation where the group tracks it, else by name. */
export function namesOf(handle: OpenGroup, order?: Ordering["order"]): string[] {
  return guarded(record("H5Literate", "LINK", "BADITER", "link iteration failed"), () => {
    const group = handle.location().object;
    const idxType = group.tracksCreationOrder ? INDEX_CRT_ORDER : INDEX_NAME;
    return orderedNames(group, order === undefined ? { idxType } : { idxType, order });
  });
}

/** The link of a name. @throws KeyError "Unable to get link info (…)". */
export function namedLink(handle: OpenObject, name: string): Link {
  const { link } = guarded(record("H5Lget_info", "LINK", "CANTGET", "unable to get link info"), () =>
    requiredLink(handle.location(), name),
  );
  return link;
}

export const CANNOT_VISIT = record("H5Lvisit", "LINK", "BADITER", "link visitation failed");

/** The links of a group and of the groups below. Groups are entered once, by hard links only. */
export function linksBelow(handle: OpenGroup): Generator<WalkedLink> {
  const root = guarded(CANNOT_VISIT, () => groupAt(handle.location(), "."));
  return walkLinks(root, (group) => orderedLinks(group, {}), CANNOT_VISIT);
}

export function requireText(where: string, name: string): void {
  if (name === "") throw argumentError(where, "ARGS", "BADVALUE", "name parameter cannot be an empty string");
}

/** Opens the object of a name. */
export function openObject(handle: OpenObject, name: Name, lapl: PropLAID | null = null): OpenObject {
  const path = toName(name);
  requireText("H5Oopen", path);
  return guarded(record("H5Oopen", "OHDR", "CANTOPENOBJ", "unable to open object"), () => {
    const place = withLinkAccessList(lapl, () => resolvePlace(handle.location(), path));
    return place.file.handleOf(place);
  });
}

/** Opens the group of a name. @throws KeyError when it is none. */
export function openGroup(handle: OpenObject, name: Name, gapl: PropLAID | null = null): OpenGroup {
  const path = toName(name);
  if (path === "") throw argumentError("H5Gopen2", "ARGS", "BADVALUE", "no name");
  return guarded(record("H5Gopen2", "SYM", "CANTOPENOBJ", "unable to open group"), () => {
    const place = withLinkAccessList(gapl, () => resolvePlace(handle.location(), path));
    if (!(place.object instanceof GroupObject)) throw new NotFoundError("not a group", { path });
    return place.file.handleOf(place) as OpenGroup;
  });
}

const CANNOT_OPEN_DATASET = record("H5Dopen2", "DATASET", "CANTOPENOBJ", "unable to open dataset");

/** Opens the dataset of a name. @throws KeyError when it is none. */
export function openDataset(
  handle: OpenObject,
  name: Name,
  request: DatasetAccessRequest = {},
): OpenObject<DatasetObject> {
  const path = toName(name);
  requireText("H5Dopen2", path);
  try {
    const place = withLinkAccessList(request.dapl ?? null, () => resolvePlace(handle.location(), path));
    const { file, object } = place;
    if (!(object instanceof DatasetObject)) throw new NotFoundError("not a dataset", { path });
    return file.datasetHandle({ ...place, object }, request);
  } catch (error) {
    throw wrapError(CANNOT_OPEN_DATASET, error);
  }
}

export const suffixOf = (name: string | null) => (name === null ? "" : `: '${name}'`);

/** The object of a name, for questions about it. @throws KeyError "Can't get info for object …". */
export function objectAt(handle: OpenObject, name: string): EngineObject {
  return guarded(
    record("H5Oget_info", "OHDR", "CANTGET", `can't get info for object${suffixOf(name)}`),
    () => placeByName(handle.location(), name).object,
  );
}

/** The same with its place; errors are the engine's. */
export function placeByName<P extends ObjectPlace>(start: P, name: string): ObjectPlace<EngineObject, P["file"]> {
  try {
    return resolvePlace(start, name);
  } catch (error) {
    if (error instanceof NotFoundError && error.message.startsWith("object '")) {
      throw new NotFoundError("name doesn't exist", { path: name });
    }
    throw error;
  }
}
