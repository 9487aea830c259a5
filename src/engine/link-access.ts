import { Running } from "../base/running.ts";

/** How the links of the running operation are followed. C: a link access property list, in `H5CX_t`. */
export interface LinkAccessSettings {
  /** Soft and external links followed for one name, in place of the file's limit. C: `H5Pset_nlinks`. */
  readonly maxLinkHops?: number | undefined;
  /** Folder of files that external links name, in place of the file's setting. C: `H5Pset_elink_prefix`. */
  readonly folder?: string | undefined;
}

const DEFAULTS: LinkAccessSettings = {};
const running = new Running(DEFAULTS);

export function currentLinkAccess(): LinkAccessSettings {
  return running.value;
}

/** Runs an operation whose links are followed so. */
export function withLinkAccess<T>(settings: LinkAccessSettings, operation: () => T): T {
  return running.during(settings, operation);
}
