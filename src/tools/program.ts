/** The command line: `h5ts dump`, `h5ts ls`, ...; `cli.ts` starts it. */
import { Command } from "commander";
import { nodePlatform, OutputError, type Platform } from "./platform.ts";
import type { READING_TOOLS } from "./reading-tools.ts";
import type { Tool } from "./tool.ts";
import { VERSION } from "./version.ts";
import type { WRITING_TOOLS } from "./writing-tools.ts";

const READING: Readonly<Record<keyof typeof READING_TOOLS, string>> = {
  diff: "compare two files or objects",
  dump: "print the contents of HDF5 files as text",
  ls: "list the objects of HDF5 files",
  map: "tell which structure of an HDF5 file owns which bytes",
  stat: "count the objects of an HDF5 file and the bytes they take",
};

const WRITING: Readonly<Record<keyof typeof WRITING_TOOLS, string>> = {
  clear: "take away what a writer that died left in a file",
  copy: "copy an object to another name or file",
  "format-convert": "make a file readable for HDF5 1.8",
  import: "make datasets of text and of binary numbers",
  jam: "put a user block in front of a file",
  mkgrp: "make groups in a file",
  repack: "copy a file without unused space, with other filters and layouts",
  repart: "copy a file into members of another size, or into one",
  unjam: "take the user block from a file",
};

/** Each tool reads its own options, whose grammar is that of the HDF5 tool of the same name. */
function addTool(program: Command, name: string, summary: string, run: () => Promise<void>): void {
  program
    .command(name)
    .description(summary)
    .argument("[words...]", "options and files, see --help of the tool")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(run);
}

async function main(platform: Platform): Promise<void> {
  const program = new Command("h5ts").description("HDF5 files from the command line");
  program.enablePositionalOptions();
  program.configureHelp({ sortSubcommands: true });
  program.version(`h5ts: Version ${VERSION}`, "-V, --version", "version of the program");
  const run = (name: string, tool: Tool) => {
    const [, ...words] = platform.arguments;
    try {
      platform.setExitCode(tool(words, platform));
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      platform.writeStandardError(`h5ts ${name} error: ${error.message}\n`);
      platform.setExitCode(1);
    }
  };
  for (const [name, summary] of entriesOf(READING)) {
    addTool(program, name, summary, async () => {
      const { READING_TOOLS } = await import("./reading-tools.ts");
      platform.stopWithoutReader();
      run(name, READING_TOOLS[name]);
    });
  }
  // What changes files must finish even when nobody reads what it prints.
  for (const [name, summary] of entriesOf(WRITING)) {
    addTool(program, name, summary, async () => {
      const { WRITING_TOOLS } = await import("./writing-tools.ts");
      run(name, WRITING_TOOLS[name]);
    });
  }
  await program.parseAsync([...platform.arguments], { from: "user" });
}

function entriesOf<K extends string>(summaries: Readonly<Record<K, string>>): [K, string][] {
  return Object.entries(summaries) as [K, string][];
}

await main(nodePlatform());
