/** Groups, datasets, committed datatypes, attributes and links in XML. Reference implementation: h5dump_xml.c. */
import { isHdf5Error } from "../../../base/errors.ts";
import type { Attribute } from "../../../engine/attribute-values.ts";
import { DatasetObject } from "../../../engine/dataset-object.ts";
import { DatatypeObject } from "../../../engine/datatype-object.ts";
import type { EngineObject } from "../../../engine/engine-object.ts";
import { GroupObject } from "../../../engine/group-object.ts";
import { lookupLink, resolveObject } from "../../../engine/resolve.ts";
import type { Datatype } from "../../../format/datatype.ts";
import type { Link } from "../../../format/link.ts";
import { byteText } from "../../byte-text.ts";
import { attributeHolder, type DataHolder, datasetHolder } from "../../data/data-holder.ts";
import { hasData } from "../../external-files.ts";
import { orderedLinks } from "../../traverse.ts";
import { sortedAttributes } from "../objects.ts";
import type { DumpSession } from "../session.ts";
import { xmlStorage } from "./xml-storage.ts";
import { xmlDataspace, xmlDatatype } from "./xml-types.ts";
import { XmlValues } from "./xml-values.ts";
import { escapeXmlName, XmlWriter } from "./xml-writer.ts";

/** What nothing in the file can have as its address; counted down for each further nameless thing. */
const FIRST_FAKE_ADDRESS = 0xffff_ffff_ffff_fffen;

export class XmlDump {
  private readonly session: DumpSession;
  private readonly root: GroupObject;
  private readonly writer: XmlWriter;
  private readonly values: XmlValues;
  private fakeAddress = FIRST_FAKE_ADDRESS;
  private nextPointer = 1;

  constructor(session: DumpSession, root: GroupObject) {
    this.session = session;
    this.root = root;
    this.writer = new XmlWriter(session.ddl, session.options.xmlPrefix);
    this.values = new XmlValues(session, this.writer);
  }

  dump(): void {
    this.group(this.root, "", "");
  }

  /** The address of what a path leads to, undefined for nothing. User-defined links lead nowhere. */
  private addressOf(path: string): number | undefined {
    if (path === "" || path === "/") return this.root.address;
    try {
      if (lookupLink(this.root, path).link?.target.kind === "user") return undefined;
      return resolveObject(this.root, path).address;
    } catch (error) {
      if (isHdf5Error(error)) return undefined;
      throw error;
    }
  }

  private identifier(path: string): string {
    return `xid_${this.addressOf(path) ?? this.fakeAddress--}`;
  }

  /** @param path - Of the group, "" for the root; `parent` likewise. */
  private group(group: GroupObject, path: string, name: string): void {
    const { writer, session } = this;
    const isRoot = path === "";
    const entry = group.linkCount > 1 ? session.current.groups.get(group.address) : undefined;
    const element = isRoot ? "RootGroup" : "Group";
    const slash = path.lastIndexOf("/");
    const parent = slash <= 0 ? "/" : path.slice(0, slash);
    const parents = (): string =>
      `Parents="${this.identifier(parent)}" H5ParentPaths="${escapeXmlName(byteText(parent))}"`;
    if (isRoot) writer.open(element, ` OBJ-XID="${this.identifier("/")}" H5Path="/">`);
    else if (entry?.displayed === true) {
      const first = escapeXmlName(entry.path);
      const id = `${this.identifier(path)}-${this.nextPointer++}`;
      writer.open(element, ` Name="${escapeXmlName(byteText(name))}" OBJ-XID="${id}" H5Path="${first}" ${parents()}>`);
      writer.nested(() =>
        writer.open("GroupPtr", ` OBJ-XID="${this.identifier(entry.path)}" H5Path="${first}" ${parents()} />`),
      );
    } else {
      const id = this.identifier(path);
      const label = ` Name="${escapeXmlName(byteText(name))}" OBJ-XID="${id}" H5Path="${escapeXmlName(byteText(path))}"`;
      writer.open(element, `${label} ${parents()} >`);
    }
    if (entry?.displayed !== true) {
      if (entry !== undefined) entry.displayed = true;
      writer.nested(() => {
        this.attributesOf(group);
        if (isRoot) this.unnamedDatatypes();
        for (const link of orderedLinks(group, session.options.order)) this.member(group, path, link);
      });
    }
    writer.close(element);
  }

  private unnamedDatatypes(): void {
    for (const { address } of this.session.current.unnamedDatatypes()) {
      const object = this.session.current.file.object(address);
      if (object instanceof DatatypeObject) this.namedDatatype(object, "", `#${address}`);
    }
  }

  private member(group: GroupObject, groupPath: string, link: Link): void {
    const { writer } = this;
    const path = `${groupPath}/${link.name}`;
    const { target } = link;
    if (target.kind === "hard") {
      this.object(group.file.object(target.objectHeaderAddress), groupPath, link.name);
      return;
    }
    const name = escapeXmlName(byteText(link.name));
    const escapedPath = escapeXmlName(byteText(path));
    const id = this.identifier(escapedPath);
    const head = ` LinkName="${name}" OBJ-XID="${id}" H5SourcePath="${escapedPath}"`;
    const parents = `Parents="${this.identifier(groupPath)}" H5ParentPaths="${parentText(groupPath)}" />`;
    switch (target.kind) {
      case "soft": {
        const address = this.addressOf(target.path.startsWith("/") ? target.path : `${groupPath}/${target.path}`);
        const object = address === undefined ? "" : `TargetObj="xid_${address}"`;
        writer.open("SoftLink", `${head} TargetPath="${escapeXmlName(byteText(target.path))}" ${object} ${parents}`);
        break;
      }
      case "external": {
        const where = `TargetFilename="${byteText(target.file)}"  TargetPath="${byteText(target.path)}"`;
        writer.open("ExternalLink", `${head} ${where}  ${parents}`);
        break;
      }
      case "user":
        writer.open("UserDefined", `${head} LinkClass="${target.linkType}"  ${parents}`);
    }
  }

  private object(object: EngineObject, groupPath: string, name: string): void {
    if (object instanceof GroupObject) this.group(object, `${groupPath}/${name}`, name);
    else if (object instanceof DatatypeObject) this.namedDatatype(object, groupPath, name);
    else if (object instanceof DatasetObject) this.dataset(object, groupPath, name);
  }

  private namedDatatype(object: DatatypeObject, groupPath: string, name: string): void {
    const { writer, session } = this;
    const path = `${groupPath}/${name}`;
    const id = this.identifier(path);
    const isUnnamed = name.startsWith("#");
    const location = isUnnamed ? "" : ` H5Path="${escapeXmlName(byteText(path))}"`;
    const parents = `Parents="${this.identifier(groupPath)}" H5ParentPaths="${parentText(groupPath)}"`;
    const label = ` Name="${escapeXmlName(byteText(name))}" OBJ-XID="${id}"`;
    writer.element("NamedDataType", `${label}${location} ${parents}>`, () => {
      const entry = !isUnnamed && object.linkCount > 1 ? session.current.datatypes.get(object.address) : undefined;
      if (entry?.displayed === true) {
        writer.open(
          "NamedDatatypePtr",
          ` OBJ-XID="${this.identifier(entry.path)}" H5Path="${escapeXmlName(entry.path)}"/>`,
        );
        return;
      }
      if (entry !== undefined) entry.displayed = true;
      writer.element("DataType", ">", () => xmlDatatype(writer, object.datatype));
    });
  }

  private datatype(type: Datatype, committedAddress: number | undefined): void {
    const { writer, session } = this;
    if (committedAddress === undefined) {
      writer.element("DataType", ">", () => xmlDatatype(writer, type));
      return;
    }
    const entry = session.current.datatypes.get(committedAddress);
    if (entry === undefined) {
      writer.text("<!-- h5dump error: unknown committed type. -->");
      session.exitCode = 1;
      return;
    }
    const id = this.identifier(entry.path);
    writer.open(
      "NamedDataTypePtr",
      ` OBJ-XID="${id}"${entry.named ? ` H5Path="${escapeXmlName(entry.path)}" ` : ""}/>`,
    );
  }

  private dataset(dataset: DatasetObject, groupPath: string, name: string): void {
    const { writer, session } = this;
    const path = `${groupPath}/${name}`;
    const head = ` Name="${escapeXmlName(byteText(name))}" OBJ-XID="${this.identifier(path)}`;
    const parents = `Parents="${this.identifier(groupPath)}" H5ParentPaths="${parentText(groupPath)}">`;
    const escapedPath = escapeXmlName(byteText(path));
    const entry = dataset.linkCount > 1 ? session.current.datasets.get(dataset.address) : undefined;
    if (entry?.displayed === true) {
      writer.element("Dataset", `${head}-${this.nextPointer++}" H5Path="${escapedPath}" ${parents}`, () =>
        writer.open("DatasetPtr", ` OBJ-XID="${this.identifier(entry.path)}" H5Path="${escapeXmlName(entry.path)}"/>`),
      );
      return;
    }
    if (entry !== undefined) entry.displayed = true;
    writer.element("Dataset", `${head}" H5Path= "${escapedPath}" ${parents}`, () => {
      const { datatype } = dataset;
      xmlStorage(writer, dataset);
      xmlDataspace(writer, dataset.dataspace);
      this.datatype(datatype, dataset.committedTypeAddress);
      this.attributesOf(dataset);
      if (session.options.showData && hasData(dataset)) this.data(datasetHolder(dataset), true);
      else this.noData();
    });
  }

  private noData(): void {
    this.writer.element("Data", ">", () => this.writer.open("NoData", "/>"));
  }

  private attributesOf(object: EngineObject): void {
    const { writer, session } = this;
    for (const attribute of sortedAttributes(object, session.options.order)) {
      writer.element("Attribute", ` Name="${escapeXmlName(byteText(attribute.name))}">`, () =>
        this.attribute(object, attribute),
      );
    }
  }

  private attribute(object: EngineObject, attribute: Attribute): void {
    xmlDataspace(this.writer, attribute.dataspace);
    this.datatype(attribute.datatype, attribute.committedTypeAddress);
    const isShown = this.session.options.showAttributeData && attribute.dataspace.kind !== "null";
    if (isShown) this.data(attributeHolder(object.file, attribute), false);
    else this.noData();
  }

  /** Values, with notes about those whose form the schema does not define; a dataset's notes stand further out. */
  private data(holder: DataHolder, isDataset: boolean): void {
    const { writer, values } = this;
    const { datatype } = holder;
    const isSequence = datatype.class === "variable-length" && datatype.kind === "sequence";
    switch (isSequence ? "sequence" : datatype.class) {
      case "compound":
        writer.nested(() => writer.text("<!-- Note: format of compound data not specified -->"), isDataset ? -1 : 0);
        values.data(holder);
        break;
      case "sequence":
        writer.nested(() => writer.text("<!-- Note: format of VL data not specified -->"), isDataset ? -2 : 0);
        values.data(holder);
        break;
      case "reference":
        this.references(holder, isDataset ? -1 : 0);
        break;
      case "time":
        writer.nested(
          () => {
            writer.open("Data");
            writer.text("<!-- Time data not yet implemented. -->");
            writer.open("NoData", isDataset ? " />" : "/>");
            writer.close("Data");
          },
          isDataset ? 0 : 1,
        );
        break;
      default:
        values.data(holder);
    }
  }

  private references(holder: DataHolder, shift: number): void {
    const { writer, values } = this;
    writer.nested(() => {
      writer.open("Data");
      if (holder.datatype.class === "reference" && holder.datatype.kind === "object") {
        writer.open("DataFromFile");
        writer.nested(() => values.references(holder));
        writer.close("DataFromFile");
      } else {
        writer.text("<!-- Note: Region references not supported -->");
        writer.open("NoData", " />");
      }
      writer.close("Data");
    }, shift);
  }
}

function parentText(groupPath: string): string {
  return groupPath === "" ? "/" : escapeXmlName(byteText(groupPath));
}
