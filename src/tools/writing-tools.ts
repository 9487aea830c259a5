/** The tools that write files. */
import { runClear } from "./clear/command.ts";
import { runCopy } from "./copy/command.ts";
import { runFormatConvert } from "./format-convert/command.ts";
import { runImport } from "./import/command.ts";
import { runJam } from "./jam/command.ts";
import { runMkgrp } from "./mkgrp/command.ts";
import { runRepack } from "./repack/command.ts";
import { runRepart } from "./repart/command.ts";
import type { Tool } from "./tool.ts";
import { runUnjam } from "./unjam/command.ts";

export const WRITING_TOOLS = {
  clear: runClear,
  copy: runCopy,
  "format-convert": runFormatConvert,
  import: runImport,
  jam: runJam,
  mkgrp: runMkgrp,
  repack: runRepack,
  repart: runRepart,
  unjam: runUnjam,
} as const satisfies Record<string, Tool>;
