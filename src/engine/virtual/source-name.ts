/**
 * Names of the sources of virtual datasets, which may count: `%b` stands for the number of a block, `%%` for a percent
 * sign.
 *
 * Reference implementation: H5Dvirtual.c, `H5D_virtual_parse_source_name`.
 */

/** Whether the name is another one for every block. */
export function countsBlocks(name: string): boolean {
  return /^(?:[^%]|%[^b])*%b/.test(name);
}

/** The name for a block; of a name that does not count, the same for all. */
export function sourceName(name: string, block: number): string {
  return name.replace(/%([%b])/g, (_, code: string) => (code === "b" ? String(block) : "%"));
}
