/** A whole file in XML. */

import type { GroupObject } from "../../../engine/group-object.ts";
import { byteText } from "../../byte-text.ts";
import type { DumpSession } from "../session.ts";
import { XmlDump } from "./xml-objects.ts";

const SCHEMA_URI = "http://www.hdfgroup.org/HDF5/XML/schema/HDF5-File.xsd";
const DTD_URI = "http://www.hdfgroup.org/HDF5/XML/DTD/HDF5-File.dtd";
const NAMESPACE = "http://hdfgroup.org/HDF5/XML/schema/HDF5-File";
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

export function dumpXml(session: DumpSession, root: GroupObject): void {
  const { xmlPrefix, xmlSchema, xmlDtdUri } = session.options;
  if (xmlDtdUri !== undefined && xmlSchema && xmlPrefix !== "") {
    session.fail("Cannot set Schema URL for a qualified namespace--use -X or -U option with -D");
    return;
  }
  session.write('<?xml version="1.0" encoding="UTF-8"?>\n');
  if (!xmlSchema) {
    session.write(`<!DOCTYPE HDF5-File PUBLIC "HDF5-File.dtd" "${byteText(xmlDtdUri ?? DTD_URI)}">\n<HDF5-File>\n`);
  } else if (xmlPrefix === "") {
    session.write(`<HDF5-File ${XSI} xsi:noNamespaceSchemaLocation="${byteText(xmlDtdUri ?? SCHEMA_URI)}">\n`);
  } else {
    const colon = xmlPrefix.lastIndexOf(":");
    const name = byteText(colon < 0 ? xmlPrefix : xmlPrefix.slice(0, colon));
    const location = `xsi:schemaLocation="${NAMESPACE} ${SCHEMA_URI}"`;
    session.write(`<${byteText(xmlPrefix)}HDF5-File xmlns:${name}="${NAMESPACE}.xsd" ${XSI} ${location}>\n`);
  }
  new XmlDump(session, root).dump();
  session.write(`\n</${byteText(xmlPrefix)}HDF5-File>\n`);
}
