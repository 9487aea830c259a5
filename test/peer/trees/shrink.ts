/** Fewer operations with the same problem. */
const MOST_MILLISECONDS = 30_000;

/** The beginning of a problem tells one from another: who found it, and what, without the numbers. */
function kindOf(problem: string): string {
  return problem.slice(0, 60).replace(/\d+|".*/g, "");
}

/** Leaves out operations, first many at once, as long as the same kind of problem stays. */
export async function shrink<T extends { readonly operations: readonly unknown[] }>(
  tree: T,
  problem: string,
  problemOf: (tree: T) => Promise<string | undefined>,
): Promise<{ readonly tree: T; readonly problem: string }> {
  const end = Date.now() + MOST_MILLISECONDS;
  let best = { tree, problem };
  for (let size = Math.ceil(tree.operations.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = best.tree.operations.length - size; at > -size; at -= size) {
      if (Date.now() > end) return best;
      const operations = best.tree.operations.toSpliced(Math.max(at, 0), size);
      if (operations.length === best.tree.operations.length) continue;
      const candidate = { ...tree, operations };
      const found = await problemOf(candidate);
      if (found !== undefined && kindOf(found) === kindOf(problem)) best = { tree: candidate, problem: found };
    }
  }
  return best;
}
