/**
 * Groups, datasets, committed datatypes, attributes and links in the data description language.
 *
 * Reference implementation: h5dump_ddl.c.
 */
import { isHdf5Error } from "../../base/errors.ts";
import type { Attribute } from "../../engine/attribute-values.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { DatatypeObject } from "../../engine/datatype-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import { GroupObject } from "../../engine/group-object.ts";
import { compareNames } from "../../engine/names.ts";
import { resolveObject } from "../../engine/resolve.ts";
import type { Datatype } from "../../format/datatype.ts";
import type { Link } from "../../format/link.ts";
import { byteText } from "../byte-text.ts";
import { dumpData } from "../data/data-block.ts";
import { attributeHolder, datasetHolder } from "../data/data-holder.ts";
import type { FullSubset } from "../data/subset.ts";
import { dataspaceDdl, datatypeDdl } from "../datatype-ddl.ts";
import { nativeIntegerSize } from "../number-reader.ts";
import type { Sheet } from "../sheet.ts";
import { type LinkOrder, ordered, orderedLinks } from "../traverse.ts";
import { ObjectTables, type TableEntry } from "./object-tables.ts";
import { dumpProperties } from "./properties.ts";
import { type DumpSession, INDENT } from "./session.ts";

/** Prints objects of one session. */
export class ObjectDump {
  private readonly session: DumpSession;

  constructor(session: DumpSession) {
    this.session = session;
  }

  /** `GROUP "name" { ... }`, with everything below it. */
  group(group: GroupObject, name: string): void {
    const { session } = this;
    const sheet = session.sheet();
    const identifier = session.identifiers.group(session.options.includeAttributes);
    sheet.line(`GROUP "${name}" {`);
    sheet.layout.level++;
    session.indented(() => {
      if (name === "/") this.unnamedDatatypes();
      this.identifier(sheet, identifier);
      this.comment(sheet, group);
      const entry = session.current.groups.get(group.address);
      if (entry === undefined) session.fail(`internal error: group "${name}" was not found before`);
      else if (entry.displayed) sheet.line(`HARDLINK "${entry.path}"`);
      else {
        entry.displayed = true;
        this.attributesOf(group);
        for (const link of this.linksOf(group)) this.member(group, link);
      }
    });
    sheet.layout.level--;
    sheet.line("}");
  }

  private linksOf(group: GroupObject): readonly Link[] {
    try {
      return orderedLinks(group, this.session.options.order);
    } catch (error) {
      this.report("unable to list a group", error);
      return [];
    }
  }

  /** Committed datatypes that no link leads to stand in the root group, under their addresses. */
  private unnamedDatatypes(): void {
    for (const entry of this.session.current.unnamedDatatypes()) {
      const object = this.session.current.file.object(entry.address);
      if (object instanceof DatatypeObject) this.namedDatatype(object, `#${entry.address}`);
    }
  }

  private report(what: string, error: unknown): void {
    if (!isHdf5Error(error)) throw error;
    this.session.fail(`${what}: ${error.message}`);
  }

  /** One link of a group and what it leads to. */
  private member(group: GroupObject, link: Link): void {
    const name = byteText(link.name);
    const { target } = link;
    const sheet = this.session.sheet();
    switch (target.kind) {
      case "hard":
        try {
          this.object(group.file.object(target.objectHeaderAddress), name);
        } catch (error) {
          this.report(`unable to dump "${name}"`, error);
        }
        break;
      case "soft":
        sheet.block(`SOFTLINK "${name}"`, () => sheet.line(`LINKTARGET "${byteText(target.path)}"`));
        break;
      case "external":
        sheet.block(`EXTERNAL_LINK "${name}"`, () => {
          sheet.line(`TARGETFILE "${byteText(target.file)}"`);
          sheet.line(`TARGETPATH "${byteText(target.path)}"`);
          this.externalTarget(group, link.name, byteText(target.path));
        });
        break;
      case "user":
        sheet.block(`USERDEFINED_LINK "${name}"`, () => sheet.line(`LINKCLASS ${target.linkType}`));
    }
  }

  private object(object: EngineObject, name: string): void {
    if (object instanceof GroupObject) this.group(object, name);
    else if (object instanceof DatatypeObject) this.namedDatatype(object, name);
    else if (object instanceof DatasetObject) this.linkedDataset(object, name);
  }

  private linkedDataset(dataset: DatasetObject, name: string): void {
    const { session } = this;
    const entry = this.sharedEntry(dataset);
    if (entry === "unknown") {
      session.fail(`internal error: dataset "${name}" was not found before`);
      return;
    }
    if (entry?.displayed === true) {
      const sheet = session.sheet();
      sheet.block(`DATASET "${name}"`, () => sheet.line(`HARDLINK "${entry.path}"`));
      return;
    }
    if (entry !== undefined) entry.displayed = true;
    this.dataset(dataset, name, undefined);
  }

  /** The table's entry of a dataset that may be met more than once; undefined for one that cannot. */
  sharedEntry(dataset: DatasetObject): TableEntry | "unknown" | undefined {
    const { session } = this;
    if (dataset.linkCount <= 1 && !session.followedExternal) return undefined;
    return session.current.datasets.get(dataset.address) ?? "unknown";
  }

  /** What an external link leads to, unless that is nothing or back into the first file. */
  private externalTarget(group: GroupObject, linkName: string, name: string): void {
    const { session } = this;
    let target: EngineObject;
    let tables: ObjectTables | undefined;
    session.identifiers.externalLinkFollowed();
    try {
      target = resolveObject(group, linkName);
      tables = session.tables.find(({ file }) => file === target.file);
      if (tables === undefined) {
        tables = new ObjectTables(target.file, session.options.order, (name, error) =>
          session.fail(`"${byteText(name)}": ${error.message}`),
        );
        session.tables.push(tables);
      }
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      return;
    }
    if (tables === session.tables[0]) return;
    const { current, followedExternal } = session;
    session.current = tables;
    session.followedExternal = true;
    session.indent += 2 * INDENT;
    if (target instanceof GroupObject) this.group(target, name);
    else if (target instanceof DatatypeObject) this.namedDatatype(target, name);
    else if (target instanceof DatasetObject) {
      session.indent -= INDENT;
      this.selectedDataset(target, name, undefined);
      session.indent += INDENT;
    }
    session.indent -= 2 * INDENT;
    session.current = current;
    session.followedExternal = followedExternal;
  }

  /** A dataset asked for by itself, one level further in; under a second name it is only said to be the same. */
  selectedDataset(dataset: DatasetObject, name: string, subset: FullSubset | undefined): void {
    const { session } = this;
    const entry = this.sharedEntry(dataset);
    if (entry === "unknown") {
      session.exitCode = 1;
      return;
    }
    if (entry?.displayed === true) {
      session.write("\n");
      session.writeIndent(session.indent);
      session.write(`DATASET "${name}" {\n`);
      session.writeIndent(session.indent + INDENT);
      session.write(`HARDLINK "${entry.path}"\n`);
      session.writeIndent(session.indent);
      session.write("}");
      return;
    }
    if (entry !== undefined) entry.displayed = true;
    session.indented(() => this.dataset(dataset, name, subset));
  }

  /** `DATATYPE "name" type;`, then its attributes. */
  namedDatatype(object: DatatypeObject, name: string): void {
    const { session } = this;
    const sheet = session.sheet();
    sheet.line(`DATATYPE "${name}" `);
    if (object.linkCount > 1 || session.followedExternal) {
      const entry = session.current.datatypes.get(object.address);
      if (entry === undefined) {
        session.fail(`internal error: datatype "${name}" was not found before`);
        return;
      }
      if (entry.displayed) {
        sheet.put(`HARDLINK "${entry.path}"`);
        return;
      }
      entry.displayed = true;
    }
    const { datatype } = object;
    sheet.put(datatypeDdl(sheet, "", datatype) + (datatype.class === "compound" ? "" : ";"));
    session.indented(() => this.attributesOf(object));
  }

  /** `DATASET "name" { ... }` at the current indentation. */
  dataset(dataset: DatasetObject, name: string, subset: FullSubset | undefined): void {
    const { session } = this;
    const { options } = session;
    const { virtual } = dataset;
    if (virtual !== undefined && options.showData) {
      const view = options.firstMissing ? "first-missing" : "last-available";
      virtual.view = { view, printfGap: options.virtualGap };
    }
    const sheet = session.sheet();
    const identifier = session.identifiers.dataset(options.includeAttributes);
    sheet.begunLine(`DATASET "${name}" {`);
    this.comment(sheet, dataset);
    session.indented(() => {
      sheet.layout.level++;
      const { datatype } = dataset;
      this.datatypeLine(sheet, datatype, dataset.committedTypeAddress);
      sheet.line(`DATASPACE ${dataspaceDdl(dataset.dataspace)}`);
      this.identifier(sheet, identifier);
      if (options.properties) dumpProperties(session, sheet, dataset);
      if (options.showData) this.datasetData(sheet, dataset, datatype, subset);
      if (options.binary === undefined) this.attributesOf(dataset);
      sheet.layout.level--;
    });
    sheet.begunLine("}");
  }

  private datasetData(sheet: Sheet, dataset: DatasetObject, datatype: Datatype, subset: FullSubset | undefined): void {
    const { session } = this;
    const { indices, characters, packedBits } = session.options;
    const print = (): void => {
      if (datatype.class === "time") sheet.indented(() => sheet.begunLine("DATA{ not yet implemented.}"));
      else dumpData(session, sheet, datasetHolder(dataset), { indices, characters, subset });
    };
    if (packedBits.length === 0) print();
    for (const { offset, length } of packedBits) {
      session.packedBits = { offset, length };
      if (datatype.class === "fixed-point") {
        const bits = 8 * nativeIntegerSize(datatype.bitPrecision);
        if (offset + length > bits) {
          session.warn(`Packed Bit offset+length value(${offset + length}) too large. Max is ${bits}`);
          session.packedBits = { offset, length: 0 };
        }
      }
      sheet.begunLine(`PACKED_BITS OFFSET=${offset} LENGTH=${length}`);
      print();
    }
  }

  private datatypeLine(sheet: Sheet, datatype: Datatype, committedAddress: number | undefined): void {
    sheet.layout.needPrefix = true;
    if (committedAddress === undefined) {
      sheet.put(datatypeDdl(sheet, "DATATYPE  ", datatype));
      return;
    }
    const entry = this.session.current.datatypes.get(committedAddress);
    if (entry === undefined) this.session.fail("unknown committed type.");
    const name = entry === undefined ? "" : entry.named ? `"${entry.path}"` : `"/#${entry.address}"`;
    sheet.put(`DATATYPE  ${name}`);
  }

  private identifier(sheet: Sheet, identifier: bigint): void {
    if (this.session.options.showIds) sheet.line(`OBJECTID { ${identifier} }`);
  }

  private comment(sheet: Sheet, object: EngineObject): void {
    const comment = object.comment();
    if (comment !== undefined && comment !== "") sheet.line(`COMMENT "${byteText(comment)}"`);
  }

  /** The attributes of an object, at the current indentation. */
  private attributesOf(object: EngineObject): void {
    const { includeAttributes, order } = this.session.options;
    if (!includeAttributes) return;
    try {
      for (const attribute of sortedAttributes(object, order))
        this.attribute(object, byteText(attribute.name), attribute);
    } catch (error) {
      this.report("error getting attribute information", error);
    }
  }

  /** @param attribute - undefined when there is none of that name. */
  attribute(object: EngineObject, name: string, attribute: Attribute | undefined): void {
    const { session } = this;
    const { options } = session;
    const sheet = session.sheet();
    sheet.line(`ATTRIBUTE "${name}" {`);
    if (attribute === undefined) session.fail(`unable to open attribute "${name}"`);
    else {
      sheet.indented(() => {
        this.datatypeLine(sheet, attribute.datatype, attribute.committedTypeAddress);
        sheet.line(`DATASPACE ${dataspaceDdl(attribute.dataspace)}`);
        this.identifier(sheet, session.identifiers.attribute());
        if (options.showData || options.showAttributeData) {
          const { indices, characters } = options;
          dumpData(session, sheet, attributeHolder(object.file, attribute), { indices, characters, subset: undefined });
        }
      });
    }
    sheet.line("}");
  }
}

/** The attributes of an object in the order asked for. */
export function sortedAttributes(object: EngineObject, order: LinkOrder): readonly Attribute[] {
  const attributes = object.attributes();
  const isTracked = attributes.every(({ creationOrder }) => creationOrder !== undefined);
  // Those that claim the same place stay as they are stored.
  if (order.by === "creation order" && isTracked) return ordered(attributes, order, isTracked);
  const byName = attributes.toSorted((a, b) => compareNames(a.name, b.name));
  return ordered(byName, order, isTracked);
}
