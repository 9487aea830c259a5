/** Groups. C: `H5G`. */
import { HDF5Error, NotFoundError } from "../base/errors.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { normalizedPath } from "../engine/names.ts";
import type { Link } from "../format/link.ts";
import { guarded, plainError, record } from "./api-error.ts";
import { type Name, requireName, type Size, toName, toSize } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { hasLink, linkTotal, namesOf } from "./group-reading.ts";
import { moveLink, TYPE_SOFT, unlink } from "./link-operations.ts";
import { LinkProxy } from "./link-proxy.ts";
import { LocationID, type Place } from "./location-id.ts";
import { createLink, hardTarget } from "./new-link.ts";
import { ID_TYPE, type IdType } from "./object-id.ts";
import { creationOfObject, linkOrderOf } from "./object-plist.ts";
import type { ObjectKind } from "./open-object.ts";
import { ITER_DEC } from "./ordering.ts";
import { linkPlace, resolvePlace } from "./places.ts";
import { GROUP_CREATION_DEFAULTS, PropGCID } from "./prop-gcpl.ts";

/** Kinds of what a name stands for. C: `H5G_obj_t`. */
export const UNKNOWN = -1;
export const GROUP = 0;
export const DATASET = 1;
export const TYPE = 2;
export const LINK = 3;
/** C: `H5G_UDLINK`, external and user-defined links. */
export const UDLINK = 4;

/** Kinds of links that `GroupID.link` makes. C: `H5G_LINK_HARD`, `H5G_LINK_SOFT`. */
export const LINK_HARD = 0;
export const LINK_SOFT = 1;

/** One of `GROUP`, `DATASET`, `TYPE`. */
export function kindOf(object: EngineObject): number {
  if (object instanceof DatasetObject) return DATASET;
  return object.kind === "datatype" ? TYPE : GROUP;
}

/** An open group. h5py: `GroupID`. */
export class GroupID extends LocationID<GroupObject> {
  private proxy: LinkProxy | undefined;

  constructor(place: Place<GroupObject>, idType: IdType = ID_TYPE.GROUP) {
    super(idType, place);
  }

  override get objectKind(): ObjectKind {
    return "group";
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [
      record("H5G_loc", "ARGS", "BADTYPE", "not a location"),
      record("H5G_loc", "ATOM", "BADTYPE", "invalid location ID"),
    ];
  }

  protected get group(): GroupObject {
    return this.location().object;
  }

  /** The group's links. */
  get links(): LinkProxy {
    this.proxy ??= new LinkProxy(this);
    return this.proxy;
  }

  /**
   * Another name for an object of this file (`LINK_HARD`, the default), or a soft link to a path (`LINK_SOFT`).
   *
   * @param remote - The group that gets the link. Default: this one.
   * @throws ValueError "Couldn't create link (…)". C: `H5Glink2`.
   */
  link(currentName: Name, newName: Name, linkType: number = LINK_HARD, remote: GroupID | null = null): void {
    const from = requireName("H5Glink2", currentName, "no current name specified");
    const to = requireName("H5Glink2", newName, "no new name specified");
    guarded(record("H5Glink2", "SYM", "CANTINIT", "couldn't create link"), () => {
      const destination = (remote ?? this).location();
      if (linkType === TYPE_SOFT) {
        createLink(destination, to, { kind: "soft", path: normalizedPath(from) }, null);
        return;
      }
      const { object } = resolvePlace(this.location(), from);
      createLink(destination, to, hardTarget(object, destination), null);
    });
  }

  /**
   * Takes a link out; the object goes with its last one.
   *
   * @throws KeyError "Couldn't delete link (…)". C: `H5Gunlink`.
   */
  unlink(name: Name): void {
    const path = requireName("H5Gunlink", name, "no name");
    guarded(record("H5Gunlink", "SYM", "CANTDELETE", "couldn't delete link"), () => unlink(this.location(), path));
  }

  /**
   * Gives a link another name, in the group `remote` if one is given.
   *
   * @throws ValueError "Couldn't move link (…)". C: `H5Gmove2`.
   */
  move(currentName: Name, newName: Name, remote: GroupID | null = null): void {
    guarded(record("H5Gmove2", "SYM", "CANTMOVE", "couldn't move link"), () =>
      moveLink(this.location(), toName(currentName), (remote ?? this).location(), toName(newName), null),
    );
  }

  /** Number of links of the group. C: `H5Gget_num_objs`. */
  getNumObjs(): number {
    return linkTotal(this);
  }

  private linkByIndex(index: Size, outer: ErrorRecord): Link {
    const position = toSize(index);
    return guarded(outer, () => {
      const link = this.group.links()[position];
      if (link === undefined) throw new HDF5Error("not-found", "index out of bound");
      return link;
    });
  }

  /**
   * The name at a position, counted from 0 in the order of names.
   *
   * @throws RuntimeError for one behind the last. C: `H5Gget_objname_by_idx`.
   */
  getObjnameByIdx(index: Size): string {
    return this.linkByIndex(index, record("H5Gget_objname_by_idx", "SYM", "CANTGET", "can't get object name")).name;
  }

  /**
   * One of `h5g.GROUP`, `DATASET`, `TYPE`, `LINK`, `UDLINK`.
   *
   * @throws TypeError for a position behind the last. C: `H5Gget_objtype_by_idx`.
   */
  getObjtypeByIdx(index: Size): number {
    const outer = record("H5Gget_objtype_by_idx", "SYM", "BADTYPE", "can't get object type");
    const { target } = this.linkByIndex(index, outer);
    if (target.kind === "hard") {
      return guarded(outer, () => kindOf(this.group.file.object(target.objectHeaderAddress)));
    }
    return target.kind === "soft" ? LINK : UDLINK;
  }

  /**
   * The path of a soft link.
   *
   * @throws ValueError for another link, RuntimeError when there is none. C: `H5Gget_linkval`.
   */
  getLinkval(name: Name): string {
    const text = requireName("H5Gget_linkval", name, "no name specified");
    const outer = record("H5Gget_objinfo", "ARGS", "CANTGET", "cannot stat object");
    const link = guarded(outer, () => {
      const found = linkPlace(this.location(), text).link;
      if (found === undefined) throw new NotFoundError(`'${text}' doesn't exist`, { path: text });
      return found;
    });
    if (link.target.kind !== "soft") throw plainError("ValueError", `"${text}" is not a symbolic link.`);
    return link.target.path;
  }

  /** How the group was created. C: `H5Gget_create_plist`. */
  getCreatePlist(): PropGCID {
    return guarded(record("H5Gget_create_plist", "SYM", "CANTGET", "can't get group's creation property list"), () => {
      const { group } = this;
      return new PropGCID({
        ...GROUP_CREATION_DEFAULTS,
        ...creationOfObject(group),
        linkCreationOrder: linkOrderOf(group),
      });
    });
  }

  /**
   * Gives the object of a name a comment; an empty one removes it.
   *
   * @throws ValueError when there is no such object. C: `H5Gset_comment`.
   */
  setComment(name: Name, comment: Name): void {
    const path = requireName("H5Gset_comment", name, "no name specified");
    guarded(record("H5Gset_comment", "SYM", "CANTINIT", "unable to set comment value"), () => {
      const { file, object } = resolvePlace(this.location(), path);
      file.engine.requireWritable();
      object.setComment(toName(comment));
    });
  }

  /**
   * The comment of the object of a name; empty if it has none.
   *
   * @throws RuntimeError when there is no such object. C: `H5Gget_comment`.
   */
  getComment(name: Name): string {
    const path = requireName("H5Gget_comment", name, "no name specified");
    return guarded(record("H5Gget_comment", "SYM", "CANTGET", "unable to get comment value"), () => {
      return resolvePlace(this.location(), path).object.comment() ?? "";
    });
  }

  /** Whether each link of a path exists; the last may dangle. h5py: `in`. */
  has(name: Name): boolean {
    return hasLink(this, toName(name));
  }

  /** Number of links. h5py: `len()`. */
  get length(): number {
    return this.getNumObjs();
  }

  /** Names of links: in order of creation where the group tracks it, else by name; `order` ITER_DEC turns that around. */
  names(order?: number): string[] {
    return namesOf(this, order);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.names()[Symbol.iterator]();
  }

  /** The same names from the last to the first. h5py: `reversed()`. */
  reversed(): Iterator<string> {
    return this.names(ITER_DEC)[Symbol.iterator]();
  }
}
