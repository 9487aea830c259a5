/** `h5ts map`: which structure of a file owns which bytes. */

import { isHdf5Error } from "../../base/errors.ts";
import { type SpaceMap, spaceMap } from "../../engine/space-map/space-map.ts";
import { byteText } from "../byte-text.ts";
import { type CommandOutput, runCommand } from "../command-frame.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import { FileOutput, type StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { reasonText } from "../problem-text.ts";
import { MAP_HELP } from "./help.ts";
import { type MapOptions, parseMapOptions } from "./options.ts";
import { mapAsSvg } from "./picture.ts";
import { mapAsJson, printRegions, printSummary } from "./text.ts";

/** @returns the exit code. */
export function runMap(words: readonly string[], platform: Platform): number {
  return runCommand(words, platform, {
    name: "map",
    help: MAP_HELP,
    helpsWithErrors: false,
    parse: parseMapOptions,
    run: (options, to) => {
      return mapOne(options, to);
    },
  });
}

function mapOne(options: MapOptions, { platform, output, warn }: CommandOutput): number {
  const { file: path } = options;
  if (path === undefined) {
    output.write(MAP_HELP);
    throw new UsageError("missing file name");
  }
  const files = new OpenFiles(platform);
  try {
    const map = spaceMap(files.open(path));
    print(path, map, options, platform, output);
    for (const problem of map.problems) warn(problem);
    const bad = map.regions.some(({ kind }) => kind === "doubly-owned" || (options.check && kind === "unaccounted"));
    return bad || map.problems.length > 0 ? 1 : 0;
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    warn(`unable to map "${path}": ${reasonText(error)}`);
    return 1;
  } finally {
    files.closeAll();
  }
}

function print(path: string, map: SpaceMap, options: MapOptions, platform: Platform, output: StandardOutput): void {
  if (options.svg !== undefined) {
    const picture = new FileOutput(platform, options.svg);
    picture.write(byteText(mapAsSvg(path, map)));
    picture.flush();
  }
  if (options.json) {
    output.write(`${byteText(mapAsJson(path, map, options.messages))}\n`);
    return;
  }
  if (!options.summaryOnly && options.svg === undefined) {
    printRegions(map, options.messages, output);
    output.write("\n");
  }
  printSummary(map, output);
}
