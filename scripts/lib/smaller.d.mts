/** A module made smaller, and the map that leads from it to what was given, which it names so. */
export function smaller(code: string, name?: string): Promise<{ code: string; map: string }>;

/** A plugin for tsup, which joins the maps. */
export function smallerPlugin(): {
  name: string;
  renderChunk(code: string, chunk: { type: string; path: string }): Promise<{ code: string; map: string }> | undefined;
};
