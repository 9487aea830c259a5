/** `h5ts map`: which structure of a file owns which bytes. */

import { isHdf5Error } from "../../base/errors.ts";
import { type SpaceMap, spaceMap } from "../../engine/space-map/space-map.ts";
import { byteText } from "../byte-text.ts";
import { OpenFiles } from "../open-files.ts";
import { UsageError } from "../option-reader.ts";
import { FileOutput, StandardOutput } from "../output.ts";
import type { Platform } from "../platform.ts";
import { problemText, reasonText } from "../problem-text.ts";
import { versionLine } from "../version.ts";
import { MAP_HELP } from "./help.ts";
import { type MapOptions, parseMapOptions } from "./options.ts";
import { mapAsSvg } from "./picture.ts";
import { mapAsJson, printRegions, printSummary } from "./text.ts";

/** @returns the exit code. */
export function runMap(words: readonly string[], platform: Platform): number {
  const output = new StandardOutput(platform);
  const warn = (problem: string): void => platform.writeStandardError(`h5ts map: ${problem}\n`);
  try {
    const options = parseMapOptions(words);
    if (options.request === "help") output.write(MAP_HELP);
    else if (options.request === "version") output.write(versionLine("map"));
    else if (options.file !== undefined) return mapOne(options.file, options, platform, output, warn);
    else {
      warn("missing file name");
      output.write(MAP_HELP);
      return 1;
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    warn(problemText(error));
    return 1;
  } finally {
    output.flush();
  }
}

function mapOne(
  path: string,
  options: MapOptions,
  platform: Platform,
  output: StandardOutput,
  warn: (problem: string) => void,
): number {
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
