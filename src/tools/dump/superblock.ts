/** `SUPER_BLOCK { ... }` (`-B`): the file's own properties. Reference implementation: `dump_fcpl` in h5dump_ddl.c. */
import { isDefined } from "../../base/address.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { decodeFileSpaceInfo, type FileSpaceInfo, upgradeFileSpaceInfo } from "../../format/file-space-info.ts";
import { MESSAGE } from "../../format/message-types.ts";
import { type DumpSession, INDENT } from "./session.ts";

const STRATEGIES: Readonly<Record<string, string>> = {
  "free-space-managers": "H5F_FSPACE_STRATEGY_FSM_AGGR",
  page: "H5F_FSPACE_STRATEGY_PAGE",
  aggregators: "H5F_FSPACE_STRATEGY_AGGR",
  none: "H5F_FSPACE_STRATEGY_NONE",
};

const DEFAULT_THRESHOLD = 1;
const DEFAULT_PAGE_SIZE = 4096;

/** The message of the superblock extension that tells of file space, where there is one. */
function fileSpaceOf(file: H5File): FileSpaceInfo | undefined {
  const { superblock, storage } = file;
  if (superblock.version < 2 || !("superblockExtensionAddress" in superblock)) return undefined;
  const address = superblock.superblockExtensionAddress;
  if (!isDefined(address)) return undefined;
  const message = file.header(address).first(MESSAGE.FILE_SPACE_INFO);
  return message && decodeFileSpaceInfo(storage.cursor(message.data, "File space info message", address));
}

export function dumpSuperblock(session: DumpSession, file: H5File): void {
  const { superblock, groupRanks } = file;
  const fileSpace = fileSpaceOf(file);
  const space = fileSpace && upgradeFileSpaceInfo(fileSpace, 0);
  const line = (text: string, levels = 1): void => {
    session.writeIndent(session.indent + levels * INDENT);
    session.write(`${text}\n`);
  };
  session.write("\nSUPER_BLOCK {\n");
  line(`SUPERBLOCK_VERSION ${superblock.version}`);
  line("FREELIST_VERSION 0");
  line("SYMBOLTABLE_VERSION 0");
  line("OBJECTHEADER_VERSION 0");
  line(`OFFSET_SIZE ${superblock.sizeOfOffsets}`);
  line(`LENGTH_SIZE ${superblock.sizeOfLengths}`);
  line(`BTREE_RANK ${groupRanks.internalK}`);
  line(`BTREE_LEAF ${groupRanks.leafK}`);
  line(`ISTORE_K ${groupRanks.chunkK}`);
  line(`FILE_SPACE_STRATEGY ${STRATEGIES[space?.strategy ?? "free-space-managers"]}`);
  line(`FREE_SPACE_PERSIST ${space?.persist === true ? "TRUE" : "FALSE"}`);
  line(`FREE_SPACE_SECTION_THRESHOLD ${space?.threshold ?? DEFAULT_THRESHOLD}`);
  line(`FILE_SPACE_PAGE_SIZE ${space?.pageSize ?? DEFAULT_PAGE_SIZE}`);
  line("USER_BLOCK {");
  line(`USERBLOCK_SIZE ${superblock.baseAddress}`, 2);
  line("}");
  session.write("}");
}
