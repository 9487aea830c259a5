/** The command line: `h5ts dump`, `h5ts ls`, ... */
import { Command } from "commander";
import { runClear } from "./clear/command.ts";
import { runCopy } from "./copy/command.ts";
import { runDiff } from "./diff/command.ts";
import { runDump } from "./dump/command.ts";
import { runFormatConvert } from "./format-convert/command.ts";
import { runImport } from "./import/command.ts";
import { runJam } from "./jam/command.ts";
import { runList } from "./ls/command.ts";
import { runMap } from "./map/command.ts";
import { runMkgrp } from "./mkgrp/command.ts";
import { nodePlatform, type Platform } from "./platform.ts";
import { runRepack } from "./repack/command.ts";
import { runRepart } from "./repart/command.ts";
import { runStat } from "./stat/command.ts";
import { runUnjam } from "./unjam/command.ts";

type Tool = (words: readonly string[], platform: Platform) => number;

const TOOLS: Readonly<Record<string, { readonly run: Tool; readonly summary: string }>> = {
  clear: { run: runClear, summary: "take away what a writer that died left in a file" },
  copy: { run: runCopy, summary: "copy an object to another name or file" },
  diff: { run: runDiff, summary: "compare two files or objects" },
  dump: { run: runDump, summary: "print the contents of HDF5 files as text" },
  "format-convert": { run: runFormatConvert, summary: "make a file readable for HDF5 1.8" },
  import: { run: runImport, summary: "make datasets of text and of binary numbers" },
  jam: { run: runJam, summary: "put a user block in front of a file" },
  ls: { run: runList, summary: "list the objects of HDF5 files" },
  map: { run: runMap, summary: "tell which structure of an HDF5 file owns which bytes" },
  mkgrp: { run: runMkgrp, summary: "make groups in a file" },
  repack: { run: runRepack, summary: "copy a file without unused space, with other filters and layouts" },
  repart: { run: runRepart, summary: "copy a file into members of another size, or into one" },
  stat: { run: runStat, summary: "count the objects of an HDF5 file and the bytes they take" },
  unjam: { run: runUnjam, summary: "take the user block from a file" },
};

/** Each tool reads its own options, whose grammar is that of the HDF5 tool of the same name. */
function main(platform: Platform): void {
  const program = new Command("h5ts").description("HDF5 files from the command line");
  program.enablePositionalOptions();
  for (const [name, { run, summary }] of Object.entries(TOOLS)) {
    program
      .command(name)
      .description(summary)
      .argument("[words...]", "options and files, see --help of the tool")
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(() => {
        const [, ...words] = platform.arguments;
        platform.setExitCode(run(words, platform));
      });
  }
  program.parse([...platform.arguments], { from: "user" });
}

main(nodePlatform());
