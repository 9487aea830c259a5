/** Header message type numbers. Specification: IV.A.2, one subsection a message. */
export const MESSAGE = {
  NIL: 0x0000,
  DATASPACE: 0x0001,
  LINK_INFO: 0x0002,
  DATATYPE: 0x0003,
  FILL_VALUE_OLD: 0x0004,
  FILL_VALUE: 0x0005,
  LINK: 0x0006,
  EXTERNAL_FILES: 0x0007,
  DATA_LAYOUT: 0x0008,
  BOGUS: 0x0009,
  GROUP_INFO: 0x000a,
  FILTER_PIPELINE: 0x000b,
  ATTRIBUTE: 0x000c,
  COMMENT: 0x000d,
  MODIFICATION_TIME_OLD: 0x000e,
  SHARED_MESSAGE_TABLE: 0x000f,
  CONTINUATION: 0x0010,
  SYMBOL_TABLE: 0x0011,
  MODIFICATION_TIME: 0x0012,
  B_TREE_K: 0x0013,
  DRIVER_INFO: 0x0014,
  ATTRIBUTE_INFO: 0x0015,
  REFERENCE_COUNT: 0x0016,
  FILE_SPACE_INFO: 0x0017,
  CACHE_IMAGE: 0x0018,
} as const;

/** Types that flag 0x02 may turn into the shared form. C: classes with `H5O_SHARE_IS_SHARABLE`. */
const SHAREABLE_TYPES: ReadonlySet<number> = new Set([
  MESSAGE.DATASPACE,
  MESSAGE.DATATYPE,
  MESSAGE.FILL_VALUE_OLD,
  MESSAGE.FILL_VALUE,
  MESSAGE.FILTER_PIPELINE,
  MESSAGE.ATTRIBUTE,
]);

/** Whether messages of a type may be kept once for several objects. */
export function isShareableType(type: number): boolean {
  return SHAREABLE_TYPES.has(type);
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [MESSAGE.NIL, "NIL message"],
  [MESSAGE.DATASPACE, "Dataspace message"],
  [MESSAGE.LINK_INFO, "Link info message"],
  [MESSAGE.DATATYPE, "Datatype message"],
  [MESSAGE.FILL_VALUE_OLD, "Fill value (old) message"],
  [MESSAGE.FILL_VALUE, "Fill value message"],
  [MESSAGE.LINK, "Link message"],
  [MESSAGE.EXTERNAL_FILES, "External data files message"],
  [MESSAGE.DATA_LAYOUT, "Data layout message"],
  [MESSAGE.BOGUS, "Bogus message"],
  [MESSAGE.GROUP_INFO, "Group info message"],
  [MESSAGE.FILTER_PIPELINE, "Filter pipeline message"],
  [MESSAGE.ATTRIBUTE, "Attribute message"],
  [MESSAGE.COMMENT, "Object comment message"],
  [MESSAGE.MODIFICATION_TIME_OLD, "Object modification time (old) message"],
  [MESSAGE.SHARED_MESSAGE_TABLE, "Shared message table message"],
  [MESSAGE.CONTINUATION, "Object header continuation message"],
  [MESSAGE.SYMBOL_TABLE, "Symbol table message"],
  [MESSAGE.MODIFICATION_TIME, "Object modification time message"],
  [MESSAGE.B_TREE_K, "B-tree 'K' values message"],
  [MESSAGE.DRIVER_INFO, "Driver info message"],
  [MESSAGE.ATTRIBUTE_INFO, "Attribute info message"],
  [MESSAGE.REFERENCE_COUNT, "Object reference count message"],
  [MESSAGE.FILE_SPACE_INFO, "File space info message"],
  [MESSAGE.CACHE_IMAGE, "Metadata cache image message"],
]);

/** The specification's name of a message type, for a cursor's `structure`. */
export function messageName(type: number): string {
  return NAMES.get(type) ?? `Message of unknown type ${type}`;
}

/** Header message flags. Specification: IV.A.1.a, "Header Message #n Flags". */
export const MESSAGE_FLAG = {
  CONSTANT: 0x01,
  SHARED: 0x02,
  DONT_SHARE: 0x04,
  FAIL_IF_UNKNOWN_AND_WRITING: 0x08,
  MARK_IF_UNKNOWN: 0x10,
  WAS_UNKNOWN: 0x20,
  SHAREABLE: 0x40,
  FAIL_IF_UNKNOWN: 0x80,
} as const;
