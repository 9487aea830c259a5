/** `h5ts copy`: copies an object to another name or file. Reference implementation: h5copy.c. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { createIntermediateGroups } from "../../engine/intermediate-groups.ts";
import { copyObject } from "../../engine/object-copy.ts";
import { lookupLink, resolveObject } from "../../engine/resolve.ts";
import type { LinkTarget } from "../../format/link.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { problemText, reasonText } from "../problem-text.ts";
import { COPY_HELP } from "./help.ts";
import { type CopyCommand, parseCopyOptions } from "./options.ts";

/** @returns the exit code. */
export function runCopy(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "copy",
    help: COPY_HELP,
    parse: parseCopyOptions,
    run: (command, { platform, output, warn }) => {
      return new CopyRun(command, platform, output, warn).run();
    },
  });
}

class CopyRun {
  private readonly command: CopyCommand;
  private readonly files: OpenFiles;
  private readonly output: StandardOutput;
  private readonly warn: (problem: string) => void;

  constructor(command: CopyCommand, platform: Platform, output: StandardOutput, warn: (problem: string) => void) {
    this.command = command;
    this.files = new OpenFiles(platform);
    this.output = output;
    this.warn = warn;
  }

  run(): number {
    const { input, output, source, destination, flag } = this.command;
    try {
      const opened = this.open();
      if (opened === undefined) return 1;
      const objects = `file <${input}> and object <${source}> to file <${output}> and object <${destination}>`;
      this.say(`Copying ${objects}\n`);
      if (flag !== undefined && flag !== "nullmsg") this.say(`Using ${flag} flag\n`);
      try {
        this.copy(opened.from, opened.to);
      } finally {
        this.files.closeAll();
      }
      return 0;
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      this.warn(problemText(error));
      this.output.write("Error in copy...Exiting\n");
      return 1;
    }
  }

  private say(text: string): void {
    if (this.command.verbose) this.output.write(byteText(text));
  }

  /** The output first: it may be the input as well. */
  private open(): { readonly from: H5File; readonly to: H5File } | undefined {
    const { input, output } = this.command;
    const existing = attempt(() => this.files.openForWriting(output));
    const from = attempt(() => this.files.open(input));
    if (from instanceof HDF5Error) return this.fail(`Could not open input file <${input}>`, from);
    const to = existing instanceof HDF5Error ? attempt(() => this.files.create(output)) : existing;
    if (to instanceof HDF5Error) return this.fail(`Could not open output file <${output}>`, to);
    return { from, to };
  }

  private fail(problem: string, reason: HDF5Error): undefined {
    this.warn(`${problem}...Exiting (${reasonText(reason)})`);
    this.files.closeAll();
    return undefined;
  }

  private copy(from: H5File, to: H5File): void {
    const { source, destination, parents, copy } = this.command;
    const root = to.root();
    if (parents) this.say("h5copy: Creating parent groups\n");
    else this.requireParents(to);
    const dangling = danglingLink(from, source);
    const object = dangling === undefined ? resolveObject(from.root(), source) : undefined;
    const { group, name, link } = parents ? createIntermediateGroups(root, destination) : lookupLink(root, destination);
    if (link !== undefined) throw new HDF5Error("exists", "destination object already exists", { path: destination });
    if (object !== undefined) {
      const { address } = copyObject(object, group.file, copy);
      group.insertLink(name, { kind: "hard", objectHeaderAddress: address });
    } else if (dangling !== undefined) {
      group.insertLink(name, dangling);
    }
  }

  private requireParents(to: H5File): void {
    const { destination } = this.command;
    for (let end = destination.indexOf("/", 1); end > 0; end = destination.indexOf("/", end + 1)) {
      const parent = destination.slice(0, end);
      if (lookupLink(to.root(), parent).link !== undefined) continue;
      throw new HDF5Error("not-found", `group <${parent}> doesn't exist. Use -p to create parent groups.`);
    }
  }
}

/** A link that leads nowhere, which is copied as it is. */
function danglingLink(file: H5File, path: string): LinkTarget | undefined {
  if (path === "/" || path === ".") return undefined;
  const { link } = lookupLink(file.root(), path);
  if (link === undefined || link.target.kind === "hard") return undefined;
  try {
    resolveObject(file.root(), path);
    return undefined;
  } catch (error) {
    if (isHdf5Error(error, "not-found")) return link.target;
    throw error;
  }
}

function attempt(open: () => H5File): H5File | HDF5Error {
  try {
    return open();
  } catch (error) {
    if (isHdf5Error(error)) return error;
    throw error;
  }
}
