/** The tools that only read: a program that starts one of them need not load what writes. */
import { runDiff } from "./diff/command.ts";
import { runDump } from "./dump/command.ts";
import { runList } from "./ls/command.ts";
import { runMap } from "./map/command.ts";
import { runStat } from "./stat/command.ts";
import type { Tool } from "./tool.ts";

export const READING_TOOLS = {
  diff: runDiff,
  dump: runDump,
  ls: runList,
  map: runMap,
  stat: runStat,
} as const satisfies Record<string, Tool>;
