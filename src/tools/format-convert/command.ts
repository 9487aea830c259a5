/** `h5ts format-convert`: makes a file readable for HDF5 1.8. Reference implementation: h5format_convert.c. */

import { HDF5Error } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { resolveObject } from "../../engine/resolve.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import { OptionReader, type OptionTable, UsageError } from "../option-reader.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { traverse } from "../traverse.ts";
import { FORMAT_CONVERT_HELP } from "./help.ts";

interface FormatConvertCommand {
  readonly request: "convert" | "help" | "version";
  readonly file: string;
  readonly dataset: string | undefined;
  readonly isTrial: boolean;
  readonly isVerbose: boolean;
}

const TABLE: OptionTable = {
  letters: "hVvd:nE#",
  words: { help: "h", version: "V", verbose: "v", dname: "d:", noop: "n", "enable-error-stack": "E" },
};

function parse(words: readonly string[]): FormatConvertCommand {
  const flags = new Set<string>();
  let dataset: string | undefined;
  const reader = new OptionReader(words, TABLE);
  for (let option = reader.next(); option !== undefined; option = reader.next()) {
    flags.add(option.letter);
    if (option.letter === "d") dataset = option.argument;
  }
  const request = flags.has("h") ? "help" : flags.has("V") ? "version" : "convert";
  const [file = ""] = reader.rest();
  if (request === "convert" && file === "") throw new UsageError("missing file name");
  return { request, file, dataset, isTrial: flags.has("n"), isVerbose: flags.has("v") };
}

/** @returns the exit code. */
export function runFormatConvert(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "format-convert",
    help: FORMAT_CONVERT_HELP,
    parse,
    run: (command, { platform, output }) => {
      new Conversion(command, output).run(platform);
      return 0;
    },
  });
}

class Conversion {
  private readonly command: FormatConvertCommand;
  private readonly output: StandardOutput;

  constructor(command: FormatConvertCommand, output: StandardOutput) {
    this.command = command;
    this.output = output;
  }

  run(platform: Platform): void {
    const { file: path, dataset: name, isTrial } = this.command;
    this.tell("Process command line options");
    if (isTrial) this.tell("It is noop...");
    const files = new OpenFiles(platform);
    try {
      this.tell(`Open the file ${path}`);
      const file = isTrial ? files.open(path) : files.openForWriting(path);
      if (name === undefined) {
        this.tell("Processing all datasets in the file...");
        traverse(file, {
          object: (at, object, seenAs) => {
            if (object instanceof DatasetObject && seenAs === undefined) this.convert(object, `:${at}`);
          },
        });
      } else {
        const object = resolveObject(file.root(), name);
        if (!(object instanceof DatasetObject)) throw new HDF5Error("argument", `"${name}" is no dataset`, { path });
        this.convert(object, `: ${name}`);
      }
      this.tell(isTrial ? "Not processing the file's superblock..." : "Processing the file's superblock...");
      if (!isTrial) file.convertFormat();
      this.tell("Close the file");
    } finally {
      files.closeAll();
    }
  }

  private convert(dataset: DatasetObject, named: string): void {
    this.tell(`Going to process dataset${named}...`, "Open the dataset", "Retrieve the dataset's layout");
    if (this.wantsConversion(dataset)) {
      this.tell(this.command.isTrial ? "Not converting the dataset" : "Converting the dataset...");
      if (!this.command.isTrial) dataset.convertLayout();
    }
    this.tell("Close the dataset", "Close the dataset creation property list");
  }

  private wantsConversion({ layout }: DatasetObject): boolean {
    switch (layout.kind) {
      case "chunked": {
        this.tell("Dataset is a chunked dataset", "Retrieve the dataset's chunk indexing type");
        const isDone = layout.indexing.type === "b-tree-v1";
        const state = isDone ? "already version 1 B-tree: no further action" : "not version 1 B-tree";
        this.tell(`Dataset's chunk indexing type is ${state}`);
        return !isDone;
      }
      case "contiguous":
      case "compact":
        this.tell(`Dataset is a ${layout.kind} dataset: downgrade layout version as needed`);
        return true;
      case "virtual":
        this.tell("No further action for virtual dataset");
        return false;
      default:
        return layout satisfies never;
    }
  }

  private tell(...lines: readonly string[]): void {
    if (this.command.isVerbose) for (const line of lines) this.output.write(byteText(`${line}\n`));
  }
}
