/** The version of the program, that of the package. */
export const VERSION = "0.1.0";

/** What `--version` of a tool prints. */
export function versionLine(tool: string): string {
  return `h5ts ${tool}: Version ${VERSION}\n`;
}
