/** Lists the objects of files. Reference implementation: `list_obj`, `list_lnk`, `visit_obj` in h5ls.c. */
import { isHdf5Error } from "../../base/errors.ts";
import type { Attribute } from "../../engine/attribute-values.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { DatatypeObject } from "../../engine/datatype-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import { GroupObject } from "../../engine/group-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { compareNames } from "../../engine/names.ts";
import { resolveObject } from "../../engine/resolve.ts";
import type { Datatype } from "../../format/datatype.ts";
import type { Link } from "../../format/link.ts";
import { byteText } from "../byte-text.ts";
import { dumpData, dumpValues } from "../data/data-block.ts";
import { attributeHolder, type DataHolder, datasetHolder } from "../data/data-holder.ts";
import { dumpReferences } from "../data/reference-data.ts";
import { LineLayout } from "../line-layout.ts";
import { memoryType } from "../memory-type.ts";
import { isOpenable } from "../openable.ts";
import { Sheet } from "../sheet.ts";
import { traverse } from "../traverse.ts";
import { dateText } from "./date-text.ts";
import type { ListSession } from "./list-session.ts";
import { datasetText, extentText, labelled } from "./object-text.ts";
import { rawAddresses } from "./raw-addresses.ts";
import { listedName, typeText } from "./type-text.ts";

const KIND_NAMES = { group: "Group", dataset: "Dataset", datatype: "Type" } as const;
const NAME_COLUMNS = 24;
/** Column of the text behind "Type:". */
const TYPE_COLUMN = 15;

/** Lists what a word of the command line names: a file, or an object in one. */
export class Listing {
  private readonly session: ListSession;
  private readonly file: H5File;
  private readonly fileName: string;
  /** The file's number among all that the run has opened. */
  private readonly ownNumber: number;
  /** Characters of a path that names are printed without. */
  private nameStart: number;
  private readonly baseLength: number;
  /** Whether what comes next is the target of a link that was just listed. */
  private isLinkTarget = false;
  private groupItself: boolean;
  private readonly visitedLinks = new Set<string>();
  hasDanglingLink = false;

  constructor(session: ListSession, file: H5File, fileName: string, objectPath: string) {
    this.session = session;
    this.file = file;
    this.fileName = fileName;
    session.openings++;
    this.ownNumber = session.openings;
    this.baseLength = objectPath === "/" ? 0 : objectPath.length - (objectPath.endsWith("/") ? 1 : 0);
    this.nameStart = objectPath === "/" ? 0 : 1;
    this.groupItself = session.options.groupItself;
  }

  private write(text: string): void {
    this.session.output.write(text);
  }

  private get isVerbose(): boolean {
    return this.session.options.verbosity > 0;
  }

  private name(path: string, ending = ""): string {
    const { options } = this.session;
    let name = byteText(path).slice(this.nameStart);
    if (options.files.length > 1) name = `${byteText(this.fileName)}/${name}`;
    if (!options.fullNames) name = name.slice(name.lastIndexOf("/") + 1);
    const listed = listedName(name, true);
    return `${listed}${ending.padStart(Math.max(0, NAME_COLUMNS - listed.length))} `;
  }

  private resolve(path: string): EngineObject | undefined {
    try {
      return resolveObject(this.file.root(), path);
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      if (error.code === "format" || error.code === "limit") this.session.warn(`${path}: ${error.message}`);
      return undefined;
    }
  }

  notFound(path: string): void {
    this.write(this.name(path, "**NOT FOUND**"));
  }

  /** @returns false when there is no such object. */
  visit(path: string): boolean {
    const object = this.resolve(path);
    if (object === undefined) {
      if (this.isLinkTarget) this.write("{**NOT FOUND**}\n");
      else this.notFound(path);
      this.isLinkTarget = false;
      return false;
    }
    if (object.file !== this.file) this.session.openings += 3;
    if (!(object instanceof GroupObject) || this.groupItself) {
      this.object(path, object, undefined);
      return true;
    }
    this.nameStart = this.baseLength;
    if (object.file !== this.file) this.session.openings++;
    const { recursive } = this.session.options;
    const visitStart = this.isLinkTarget || this.session.showsStart;
    try {
      traverse(
        object.file,
        {
          object: (name, found, seenAs) => this.object(name, found, seenAs),
          link: (name, link) => this.link(name, link),
          broken: (name, error) => {
            // The C tool ends here; what comes behind a damaged object is there all the same.
            this.session.warn(`${name}: ${error.message}`);
          },
        },
        undefined,
        { object, path, recurse: recursive, visitStart },
      );
    } catch (error) {
      // What a damaged file lists up to the damage counts.
      if (!isHdf5Error(error)) throw error;
      this.session.warn(error.message);
    }
    return true;
  }

  private object(path: string, object: EngineObject, seenAs: string | undefined): void {
    const isTarget = this.isLinkTarget;
    this.write(`${isTarget ? "{" : this.name(path)}${KIND_NAMES[object.kind]}`);
    if (seenAs !== undefined) this.write(`, same as ${listedName(byteText(seenAs), true)}${isTarget ? "" : "\n"}`);
    else if (!isOpenable(object)) this.write(" *ERROR*\n");
    else this.details(path, object, isTarget);
    if (isTarget) {
      this.write("}\n");
      this.isLinkTarget = false;
    }
  }

  private details(path: string, object: EngineObject, isTarget: boolean): void {
    const { options } = this.session;
    if (object instanceof DatasetObject) this.write(extentText(object.dataspace, this.isVerbose));
    if (!isTarget || this.isVerbose) this.write("\n");
    if (this.isVerbose) {
      for (const attribute of this.attributesOf(object)) this.attribute(object, attribute);
      this.write(labelled("Location:", `${this.fileNumber(object.file)}:${object.address}`));
      this.write(labelled("Links:", String(object.linkCount)));
      this.times(object);
      const comment = object.comment() ?? "";
      if (comment !== "") this.write(labelled("Comment:", `"${listedName(byteText(comment), false)}"`));
    }
    if (object instanceof DatasetObject) {
      const { datatype } = object;
      if (this.isVerbose) {
        this.write(datasetText(object, (error) => this.session.warn(`${path}: ${error.message}`)));
        this.write(labelled("Type:", this.typeText(datatype, object.file, object.committedTypeAddress)));
        if (options.addresses) this.addresses(path, object);
      }
      if (options.data) this.datasetValues(datasetHolder(object));
    } else if (object instanceof DatatypeObject && this.isVerbose) {
      this.write(labelled("Type:", this.typeText(object.datatype, object.file, object.address)));
    }
  }

  private addresses(path: string, dataset: DatasetObject): void {
    try {
      this.write(rawAddresses(dataset));
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.session.warn(`${path}: ${error.message}`);
    }
  }

  private attributesOf(object: EngineObject): readonly Attribute[] {
    try {
      return object.attributes().toSorted((a, b) => compareNames(a.name, b.name));
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.session.warn(error.message);
      return [];
    }
  }

  private fileNumber(file: H5File): number {
    return file === this.file ? this.ownNumber : this.session.openings;
  }

  private times(object: EngineObject): void {
    const { fields } = object.header;
    if (fields.version !== 2 || fields.times === undefined || fields.times.modificationTime === 0) return;
    this.write(labelled("Modified:", dateText(fields.times.modificationTime, this.session.options.simple)));
  }

  private typeText(type: Datatype, file: H5File, committedAddress: number | undefined): string {
    const shared = committedAddress === undefined ? "" : `shared-${this.fileNumber(file)}:${committedAddress}`;
    return shared + typeText(memoryType(type), TYPE_COLUMN, this.session.options.simple);
  }

  private attribute(object: EngineObject, attribute: Attribute): void {
    const { dataspace, datatype } = attribute;
    const extent = dataspace.kind === "simple" ? `{${dataspace.dims.join(", ")}}` : dataspace.kind;
    this.write(`    Attribute: ${listedName(byteText(attribute.name), true)} ${extent}\n`);
    this.write(
      `        ${"Type:".padEnd(10)} ${this.typeText(datatype, object.file, attribute.committedTypeAddress)}\n`,
    );
    if (this.session.options.data) this.attributeValues(attributeHolder(object.file, attribute));
  }

  private datasetValues(holder: DataHolder): void {
    this.write("    Data:\n");
    this.values(holder, 1, 1, this.session.options.simple ? "         " : "         ");
  }

  private attributeValues(holder: DataHolder): void {
    this.write("        Data:\n");
    this.values(holder, 3, 3, this.session.options.simple ? "        " : "          ");
  }

  private values(holder: DataHolder, level: number, referenceLevel: number, continuation: string): void {
    const { session } = this;
    const { options } = session;
    const layout = new LineLayout();
    layout.needPrefix = true;
    if (holder.datatype.class === "reference") {
      layout.level = referenceLevel;
      const sheet = new Sheet(session.output, session.dataStyle(continuation), layout);
      const look = { indices: false, characters: false, subset: undefined };
      dumpReferences(session, sheet, holder, look, dumpData);
      this.write("\n");
    } else {
      layout.level = level;
      const isText = options.strings && !options.hexadecimal;
      const isCharacters = isText && holder.datatype.size === 1 && holder.datatype.class === "fixed-point";
      const style = isCharacters ? session.characterStyle(continuation) : session.dataStyle(continuation);
      const format = isCharacters
        ? { ...session.valueFormat, characters: true, elementSuffix: "" }
        : session.valueFormat;
      if (!dumpValues(session, { style, layout, format }, holder, undefined)) {
        layout.element(session.output, style, "        Unable to print data.", 0, 0);
      }
    }
    this.write("\n");
  }

  /** A link that is no hard link, and what it leads to if links are followed. */
  link(path: string, link: Link): void {
    const { options } = this.session;
    const { target } = link;
    switch (target.kind) {
      case "soft":
        this.followed(path, `Soft Link {${byteText(target.path)}}`, `soft ${target.path}`, options.followSoftLinks);
        break;
      case "external": {
        const slash = target.path.startsWith("/") ? "/" : "//";
        const text = `External Link {${byteText(target.file)}${slash}${byteText(target.path)}}`;
        // That the file differs does not keep a path from counting as visited.
        this.followed(path, text, `external ${target.path}`, options.followSoftLinks || options.followExternalLinks);
        break;
      }
      default:
        this.write(`${this.name(path)}UD Link {cannot follow UD links}\n`);
    }
  }

  private followed(path: string, text: string, key: string, follows: boolean): void {
    if (follows && this.session.options.refuseDanglingLinks && this.resolve(path) === undefined)
      this.hasDanglingLink = true;
    this.write(this.name(path) + text);
    if (!follows) {
      this.write("\n");
      return;
    }
    if (this.visitedLinks.has(key)) {
      this.write(" {Already Visited}\n");
      return;
    }
    this.write(" ");
    this.visitedLinks.add(key);
    this.isLinkTarget = true;
    const { groupItself } = this;
    if (!this.session.options.recursive) this.groupItself = true;
    this.visit(path);
    this.groupItself = groupItself;
  }
}
