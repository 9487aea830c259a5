/**
 * Objects asked for by name: `-a`, `-d`, `-g`, `-l`, `-t`, `-N`.
 *
 * Reference implementation: the `handle_` functions of h5dump_ddl.c.
 */
import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { DatatypeObject } from "../../engine/datatype-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import { GroupObject } from "../../engine/group-object.ts";
import { lookupLink, resolveObject } from "../../engine/resolve.ts";
import type { LinkTarget } from "../../format/link.ts";
import { byteText } from "../byte-text.ts";
import { completeSubset, type FullSubset, type Subset } from "../data/subset.ts";
import { UsageError } from "../option-reader.ts";
import { traverse } from "../traverse.ts";
import { ObjectDump, sortedAttributes } from "./objects.ts";
import type { Selected } from "./options.ts";
import { type DumpSession, INDENT } from "./session.ts";

export class SelectedDump {
  private readonly session: DumpSession;
  private readonly objects: ObjectDump;
  private readonly root: GroupObject;

  constructor(session: DumpSession, root: GroupObject) {
    this.session = session;
    this.objects = new ObjectDump(session);
    this.root = root;
  }

  dump(selected: Selected): void {
    const { path } = selected;
    switch (selected.kind) {
      case "attribute":
        this.attribute(this.root, path);
        break;
      case "dataset":
        this.dataset(path, selected.subset);
        break;
      case "group":
        this.group(path);
        break;
      case "link":
        this.link(path);
        break;
      case "datatype":
        this.datatype(path);
        break;
      case "path":
        this.anyPath(path);
    }
  }

  private open(start: EngineObject, path: string): EngineObject | undefined {
    try {
      return resolveObject(start, path);
    } catch (error) {
      if (isHdf5Error(error)) return undefined;
      throw error;
    }
  }

  /** `KIND "name" {`, an error message, `}`, outside of the layout; datatypes have no braces. */
  private unopened(kind: string, name: string): void {
    const { session } = this;
    const [opening, closing] = kind === "DATATYPE" ? ["", ""] : ["{", "}"];
    session.write(`\n${kind} "${byteText(name)}" ${opening}\n`);
    session.writeIndent(INDENT);
    session.fail(`unable to open ${kind.toLowerCase()} "${name}"`);
    session.write(closing);
  }

  private group(path: string): void {
    const object = this.open(this.root, path);
    if (object instanceof GroupObject) this.session.indented(() => this.objects.group(object, byteText(path)));
    else this.unopened("GROUP", path);
  }

  private datatype(path: string): void {
    const { session } = this;
    let object = this.open(this.root, path);
    if (!(object instanceof DatatypeObject)) {
      // A committed datatype without a name can be asked for by its address.
      const entry = session.current.unnamedDatatypes().find(({ address }) => `/#${address}` === path);
      object = entry === undefined ? undefined : session.current.file.object(entry.address);
    }
    if (object instanceof DatatypeObject) {
      const datatype = object;
      session.indented(() => this.objects.namedDatatype(datatype, byteText(path)));
    } else this.unopened("DATATYPE", path);
  }

  private dataset(path: string, subset: Subset | undefined): void {
    const object = this.open(this.root, path);
    if (!(object instanceof DatasetObject)) {
      this.link(path);
      return;
    }
    let full: FullSubset | undefined;
    if (subset !== undefined) {
      try {
        full = completeSubset(subset, object.dataspace.dims.length);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        this.session.fail(error.message);
        return;
      }
    }
    this.objects.selectedDataset(object, byteText(path), full);
  }

  private link(path: string): void {
    const { session } = this;
    let target: LinkTarget;
    try {
      const { link } = lookupLink(this.root, path);
      if (link === undefined) throw new HDF5Error("not-found", `link '${path}' doesn't exist`);
      target = link.target;
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      session.fail(`unable to get link info from "${path}"`);
      return;
    }
    if (target.kind === "hard") {
      session.fail(`"${path}" is a hard link`);
      return;
    }
    const name = byteText(path);
    if (target.kind === "soft") this.linkLines("SOFTLINK", name, [`LINKTARGET "${byteText(target.path)}"`]);
    else if (target.kind === "external") {
      const lines = [`TARGETFILE "${byteText(target.file)}"`, `TARGETPATH "${byteText(target.path)}"`];
      this.linkLines("EXTERNAL_LINK", name, lines);
    } else this.linkLines("USERDEFINED_LINK", name, [`LINKCLASS ${target.linkType}`]);
  }

  private linkLines(kind: string, name: string, lines: readonly string[]): void {
    const { session } = this;
    session.write(`\n${kind} "${name}" {\n`);
    for (const line of lines) {
      session.writeIndent(INDENT);
      session.write(`${line}\n`);
    }
    session.write("}");
  }

  /** `object/path/attribute`; a slash in the attribute's own name is written `\/`. */
  private attribute(start: EngineObject, path: string): void {
    const { session } = this;
    const slash = lastPlainSlash(path);
    const objectPath = slash < 0 ? "/" : path.slice(0, slash + 1);
    const name = path.slice(slash + 1).replaceAll("\\/", "/");
    const object = this.open(start, objectPath);
    session.indented(() => {
      if (object !== undefined) {
        this.objects.attribute(object, byteText(name), object.attribute(name));
        return;
      }
      const sheet = session.sheet();
      sheet.line(`ATTRIBUTE "${byteText(path)}" {`);
      session.fail(`unable to open object "${objectPath}"`);
      sheet.line("}");
    });
  }

  /** Everything in the file that has this name: attributes of any object, objects by path, links. */
  private anyPath(wanted: string): void {
    const attributeName = wanted.slice(lastPlainSlash(wanted) + 1).replaceAll("\\/", "/");
    traverse(
      this.root.file,
      {
        object: (path, object) => {
          for (const { name } of sortedAttributes(object, { by: "name", descending: false })) {
            if (name === attributeName) this.attribute(object, attributePath(path, wanted));
          }
          if (path !== wanted) return;
          if (object instanceof GroupObject) this.group(path);
          else if (object instanceof DatasetObject) this.dataset(path, undefined);
          else this.datatype(path);
        },
        link: (path, { target }) => {
          if (path !== (wanted.startsWith("/") ? wanted : `/${wanted}`)) return;
          if (target.kind === "soft" || target.kind === "external") this.link(wanted);
          else this.session.fail("unknown link type value");
        },
      },
      this.session.options.order,
    );
  }
}

/** The path under which a wanted attribute is looked up from the object that has it. */
function attributePath(objectPath: string, wanted: string): string {
  if (wanted.startsWith("/")) return wanted;
  return `${objectPath}${objectPath.endsWith("/") ? "" : "/"}${wanted}`;
}

/** Position of the last slash that is not escaped, or -1. */
function lastPlainSlash(path: string): number {
  for (let i = path.length - 1; i >= 0; i--) if (path[i] === "/" && (i === 0 || path[i - 1] !== "\\")) return i;
  return -1;
}
