/** The command line: `h5ts dump`, `h5ts ls`, ...; `cli.ts` starts it. */
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
import { nodePlatform, OutputError, type Platform } from "./platform.ts";
import { runRepack } from "./repack/command.ts";
import { runRepart } from "./repart/command.ts";
import { runStat } from "./stat/command.ts";
import { runUnjam } from "./unjam/command.ts";
import { VERSION } from "./version.ts";

type Tool = (words: readonly string[], platform: Platform) => number;

interface Entry {
  readonly run: Tool;
  readonly summary: string;
  /** Whether it changes files, which it must finish even when nobody reads what it prints. */
  readonly writes?: true;
}

const TOOLS: Readonly<Record<string, Entry>> = {
  clear: { run: runClear, summary: "take away what a writer that died left in a file", writes: true },
  copy: { run: runCopy, summary: "copy an object to another name or file", writes: true },
  diff: { run: runDiff, summary: "compare two files or objects" },
  dump: { run: runDump, summary: "print the contents of HDF5 files as text" },
  "format-convert": { run: runFormatConvert, summary: "make a file readable for HDF5 1.8", writes: true },
  import: { run: runImport, summary: "make datasets of text and of binary numbers", writes: true },
  jam: { run: runJam, summary: "put a user block in front of a file", writes: true },
  ls: { run: runList, summary: "list the objects of HDF5 files" },
  map: { run: runMap, summary: "tell which structure of an HDF5 file owns which bytes" },
  mkgrp: { run: runMkgrp, summary: "make groups in a file", writes: true },
  repack: { run: runRepack, summary: "copy a file without unused space, with other filters and layouts", writes: true },
  repart: { run: runRepart, summary: "copy a file into members of another size, or into one", writes: true },
  stat: { run: runStat, summary: "count the objects of an HDF5 file and the bytes they take" },
  unjam: { run: runUnjam, summary: "take the user block from a file", writes: true },
};

/** Each tool reads its own options, whose grammar is that of the HDF5 tool of the same name. */
function main(platform: Platform): void {
  const program = new Command("h5ts").description("HDF5 files from the command line");
  program.enablePositionalOptions();
  program.version(`h5ts: Version ${VERSION}`, "-V, --version", "version of the program");
  for (const [name, { run, summary, writes = false }] of Object.entries(TOOLS)) {
    program
      .command(name)
      .description(summary)
      .argument("[words...]", "options and files, see --help of the tool")
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(() => {
        const [, ...words] = platform.arguments;
        if (!writes) platform.stopWithoutReader();
        try {
          platform.setExitCode(run(words, platform));
        } catch (error) {
          if (!(error instanceof OutputError)) throw error;
          platform.writeStandardError(`h5ts ${name} error: ${error.message}\n`);
          platform.setExitCode(1);
        }
      });
  }
  program.parse([...platform.arguments], { from: "user" });
}

main(nodePlatform());
