/** Which version of the format every structure of a file has. */
import type { Cursor } from "../../src/base/cursor.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import { GroupObject } from "../../src/engine/group-object.ts";
import type { H5File } from "../../src/engine/h5-file.ts";
import { ObjectHeader } from "../../src/engine/object-header.ts";
import { readReference } from "../../src/engine/references.ts";
import type { AttributeMessage } from "../../src/format/attribute.ts";
import type { DataLayout } from "../../src/format/data-layout.ts";
import type { Datatype } from "../../src/format/datatype.ts";
import { decodeMessage, type Message } from "../../src/format/message.ts";
import { MESSAGE, messageName } from "../../src/format/message-types.ts";
import type { StoredSelection } from "../../src/format/selection.ts";
import type { MaybeShared } from "../../src/format/shared-message.ts";
import { decodeVirtualMappingBlock } from "../../src/format/virtual-mapping-block.ts";

/** Where more of them are stored is not told. */
const MOST_COMPACT_LINKS = 8;

/** Lines like `version 3 chunked fixed-array`, in the order of the types of messages. */
export interface ObjectVersions {
  readonly header: string;
  readonly messages: readonly string[];
  /** Of the selections in region references. */
  readonly selections: readonly string[];
}

export interface FileVersions {
  readonly superblock: number;
  readonly extension: readonly string[];
  readonly objects: Readonly<Record<string, ObjectVersions>>;
}

export function versionsOfFile(file: H5File): FileVersions {
  const { superblock } = file;
  const extension =
    superblock.version >= 2 && "superblockExtensionAddress" in superblock && superblock.superblockExtensionAddress >= 0
      ? messagesOf(file, ObjectHeader.read(file.storage, superblock.superblockExtensionAddress))
      : [];
  const objects: Record<string, ObjectVersions> = {};
  const seen = new Set<number>();
  const visit = (path: string, object: EngineObject): void => {
    if (seen.has(object.address)) return;
    seen.add(object.address);
    objects[path] = versionsOfObject(object);
    if (!(object instanceof GroupObject)) return;
    for (const { name, target } of object.links()) {
      if (target.kind === "hard") visit(`${path}/${name}`, file.object(target.objectHeaderAddress));
    }
  };
  visit("", file.root());
  return { superblock: superblock.version, extension, objects };
}

function versionsOfObject(object: EngineObject): ObjectVersions {
  const { file, header } = object;
  const { fields } = header;
  const flags =
    fields.version === 1
      ? []
      : [
          fields.attributeCreationOrderTracked ? "order tracked" : "",
          fields.attributeCreationOrderIndexed ? "order indexed" : "",
          fields.times === undefined ? "" : "times",
          fields.attributePhaseChange === undefined ? "" : "phase change",
        ].filter((flag) => flag !== "");
  return {
    header: [`version ${fields.version}`, ...flags].join(", "),
    messages: messagesOf(file, header),
    selections: selectionsOf(object),
  };
}

function messagesOf(file: H5File, header: ObjectHeader): string[] {
  const links = header.all(MESSAGE.LINK).length;
  const told = [...header.messages()].filter(({ type }) => type !== MESSAGE.LINK || links <= MOST_COMPACT_LINKS);
  const found = told.map(({ type, flags, data }) => {
    const name = messageName(type);
    const cursor = file.storage.cursor(data, name, header.address);
    const text = describe(file, decodeMessage(type, flags, cursor));
    return { type, line: `${name}, flags ${flags}${text === "" ? "" : `: ${text}`}` };
  });
  return found.sort((a, b) => a.type - b.type || (a.line < b.line ? -1 : 1)).map(({ line }) => line);
}

function describe(file: H5File, message: Message): string {
  if (message.type === "unknown") return `${message.bytes.length} bytes`;
  if (message.shared) return shared(message);
  switch (message.type) {
    case MESSAGE.DATASPACE:
      return `version ${message.value.version} ${message.value.kind}`;
    case MESSAGE.DATATYPE:
      return typeVersions(message.value);
    case MESSAGE.FILL_VALUE:
      return `version ${message.value.version} ${message.value.status} ${message.value.allocationTime} ${message.value.fillTime}`;
    case MESSAGE.FILTER_PIPELINE:
      return `version ${message.value.version}`;
    case MESSAGE.DATA_LAYOUT:
      return layoutVersions(file, message.value);
    case MESSAGE.ATTRIBUTE:
      return attributeVersions(message.value);
    case MESSAGE.LINK:
      return `${message.value.name} ${message.value.characterSet} ${message.value.creationOrder === undefined ? "" : "ordered"}`;
    case MESSAGE.LINK_INFO:
      return `tracked ${message.value.maximumCreationIndex !== undefined}, indexed ${message.value.creationOrderIndexAddress !== undefined}`;
    case MESSAGE.ATTRIBUTE_INFO:
      return `tracked ${message.value.maximumCreationIndex !== undefined}, indexed ${message.value.creationOrderIndexAddress !== undefined}`;
    case MESSAGE.FILE_SPACE_INFO:
      return `version ${message.value.version}`;
    default:
      return "";
  }
}

function shared(part: Extract<MaybeShared<unknown>, { shared: true }>): string {
  return `shared, version ${part.location.version} ${part.location.kind}`;
}

function attributeVersions({ version, name, characterSet, datatype, dataspace }: AttributeMessage): string {
  const type = datatype.shared ? shared(datatype) : typeVersions(datatype.value);
  const space = dataspace.shared ? shared(dataspace) : `version ${dataspace.value.version} ${dataspace.value.kind}`;
  return `${name} version ${version} ${characterSet}; ${type}; ${space}`;
}

function typeVersions(type: Datatype): string {
  const own = `${type.class} ${type.version}`;
  if (type.class === "compound")
    return `${own} {${type.members.map((member) => typeVersions(member.type)).join(", ")}}`;
  return "base" in type && type.base !== undefined ? `${own} (${typeVersions(type.base)})` : own;
}

function layoutVersions(file: H5File, layout: DataLayout): string {
  const own = `version ${layout.version} ${layout.kind}`;
  if (layout.kind === "chunked") return `${own} ${layout.indexing.type}`;
  if (layout.kind !== "virtual" || layout.heapAddress < 0) return own;
  const bytes = file.globalHeap.read(layout.heapAddress, layout.heapIndex);
  const block = decodeVirtualMappingBlock(file.storage.cursor(bytes, "Virtual dataset mapping block", 0) as Cursor);
  const selections = block.mappings.map(
    ({ sourceSelection, virtualSelection }) =>
      `${selectionVersion(sourceSelection)} to ${selectionVersion(virtualSelection)}`,
  );
  return `${own}, block version ${block.version}: ${selections.join("; ")}`;
}

function selectionVersion(selection: StoredSelection): string {
  return "version" in selection
    ? `${selection.kind} ${selection.version} of ${selection.coordinateSize} bytes`
    : selection.kind;
}

function selectionsOf(object: EngineObject): string[] {
  if (!(object instanceof DatasetObject) || object.datatype.class !== "reference") return [];
  const { kind, size } = object.datatype;
  const bytes = object.readBytes();
  const found: string[] = [];
  for (let i = 0; i < bytes.length; i += size) {
    const reference = readReference(object.file, kind, bytes.subarray(i, i + size));
    if (reference?.selection !== undefined) found.push(selectionVersion(reference.selection.stored));
  }
  return found;
}
