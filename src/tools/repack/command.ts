/** `h5ts repack`: a copy of a file, without unused space, stored in other ways. Reference implementation: h5repack.c. */

import { HDF5Error, isHdf5Error } from "../../base/errors.ts";
import { nativeTypeOf } from "../../engine/conversion/native-type.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { fileSpaceSettings } from "../../engine/free-space-managers.ts";
import type { GroupObject } from "../../engine/group-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { copyTree } from "../../engine/object-copy.ts";
import { resolveObject } from "../../engine/resolve.ts";
import { DEFAULT_LINK_PHASE_CHANGE } from "../../format/group-info.ts";
import type { Link } from "../../format/link.ts";
import { byteText } from "../byte-text.ts";
import { runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import type { StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { orderedLinks } from "../traverse.ts";
import { isSameFile, readText } from "../user-blocks.ts";
import { FileContents } from "./file-contents.ts";
import { REPACK_HELP } from "./help.ts";
import { newStorage } from "./new-storage.ts";
import { parseRepackOptions, type RepackOptions } from "./options.ts";
import { reportObjects } from "./report.ts";
import { UserBlock } from "./user-block.ts";

/** @returns the exit code. */
export function runRepack(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "repack",
    help: REPACK_HELP,
    parse: (words) => parseRepackOptions(words, readText),
    run: (options, { platform, output }) => {
      try {
        new Repack(options, platform, output).run();
      } catch (error) {
        output.write("Error occurred while repacking\n");
        throw error;
      }
      return 0;
    },
  });
}

class Repack {
  private readonly options: RepackOptions;
  private readonly files: OpenFiles;
  private readonly output: StandardOutput;

  constructor(options: RepackOptions, platform: Platform, output: StandardOutput) {
    this.options = options;
    this.files = new OpenFiles(platform, options.driver);
    this.output = output;
  }

  run(): void {
    const { input, output } = this.options;
    if (isSameFile(input, output)) throw new HDF5Error("argument", "file names cannot be the same", { path: output });
    try {
      const source = this.files.open(input);
      const contents = FileContents.of(source, this.linkOrder);
      this.requireNamed(contents);
      const userBlock = UserBlock.of(source, this.options);
      const target = this.create(source, userBlock.byteLength);
      const refused = this.copy(source, target, contents);
      if (this.options.verbose) reportObjects(contents, target, refused, this.output);
      this.files.closeAll();
      userBlock.writeTo(output);
    } finally {
      this.files.closeAll();
    }
  }

  private get linkOrder() {
    const { sortBy, descending } = this.options;
    return { by: sortBy, descending } as const;
  }

  /** @throws HDF5Error when an option names what is not there. */
  private requireNamed(contents: FileContents): void {
    const { filters, layouts, input } = this.options;
    for (const { objects = [] } of [...filters, ...layouts]) {
      for (const name of objects) {
        const object = contents.objectAt(name);
        if (object === undefined) {
          throw new HDF5Error("not-found", `Could not find <${name}> in file <${input}>. Exiting...`, { path: name });
        }
        if (!(object instanceof DatasetObject))
          throw new HDF5Error("argument", `<${name}> is not a dataset`, { path: name });
      }
    }
  }

  /** With the properties of the file that is copied. */
  private create(source: H5File, userBlockBytes: number): H5File {
    const root = source.root();
    const { sizeOfOffsets, sizeOfLengths } = source.superblock;
    return this.files.create(
      this.options.output,
      {
        lowBound: this.options.lowBound,
        highBound: this.options.highBound,
        userBlockBytes,
        sizeOfOffsets,
        sizeOfLengths,
        ranks: source.groupRanks,
        fileSpace: { ...fileSpaceSettings(source), ...this.options.fileSpace },
        space: this.options.space,
        ...this.sharedMessages(source),
        trackLinkOrder: root.tracksCreationOrder,
        indexLinkOrder: root.indexesCreationOrder,
        linkPhaseChange: this.linkPhaseChange ?? root.groupInfo?.linkPhaseChange,
        trackAttributeOrder: root.header.fields.attributeCreationOrderTracked,
      },
      "w",
    );
  }

  /** As given; one that is given alone takes the other with it where they would contradict. */
  private get linkPhaseChange() {
    const { maximumCompact, minimumDense } = this.options;
    if (maximumCompact === undefined && minimumDense === undefined) return undefined;
    const maximum = maximumCompact ?? Math.max(DEFAULT_LINK_PHASE_CHANGE.maximumCompact, minimumDense ?? 0);
    const minimum = minimumDense ?? Math.min(DEFAULT_LINK_PHASE_CHANGE.minimumDense, maximum);
    return { maximumCompact: maximum, minimumDense: minimum };
  }

  /** As given, else as the input shares them. */
  private sharedMessages(source: H5File) {
    const given = this.options.sharedMessages;
    const indexes = given.length > 0 ? given : source.sharedMessages.indexes;
    return indexes.length === 0 ? {} : { sharedMessages: { indexes } };
  }

  /** @returns Paths of datasets that the storage asked for does not suit: they are stored as they were. */
  private copy(source: H5File, target: H5File, contents: FileContents): ReadonlySet<string> {
    const { options } = this;
    const refused = new Set<string>();
    const dropped = this.prunedLinks(contents);
    copyTree(source.root(), target.root(), {
      storageOf: (dataset) => newStorage(dataset, contents.pathOf(dataset), options),
      storageRefused: (dataset) => refused.add(contents.pathOf(dataset)),
      linksOf: (group) => orderedLinks(group, this.linkOrder),
      linkAs: (group, link) => {
        if (dropped.has(linkKey(group, link))) return "nothing";
        return options.merge && isSymbolic(link) ? "object" : "link";
      },
      linkPhaseChange: this.linkPhaseChange,
      ...(options.native ? { convertedType: nativeTypeOf } : {}),
    });
    return refused;
  }

  /** Links that have no place in the copy, which are told. */
  private prunedLinks(contents: FileContents): ReadonlySet<string> {
    const { merge, prune } = this.options;
    const dropped = new Set<string>();
    if (!prune) return dropped;
    for (const { path, link, group } of contents.links) {
      if (!isSymbolic(link) || (merge && leadsSomewhere(group, link))) continue;
      dropped.add(linkKey(group, link));
      this.output.write(`Pruned ${byteText(path)}.\n`);
    }
    return dropped;
  }
}

function isSymbolic({ target }: Link): boolean {
  return target.kind === "soft" || target.kind === "external";
}

function linkKey(group: GroupObject, { name }: Link): string {
  return `${group.address}/${name}`;
}

function leadsSomewhere(group: GroupObject, { name }: Link): boolean {
  try {
    resolveObject(group, name);
    return true;
  } catch (error) {
    if (isHdf5Error(error)) return false;
    throw error;
  }
}
